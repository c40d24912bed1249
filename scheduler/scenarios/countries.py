"""Countries that buyers come from: the zone of their main business city and the language they bargain in."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Country:
    code: str
    zone: str
    language: str


# In the order in which a fair invites from them: the first send most buyers.
_LIST = """
US America/New_York en | CN Asia/Shanghai zh | JP Asia/Tokyo ja
VN Asia/Ho_Chi_Minh vi | ID Asia/Jakarta en | IN Asia/Kolkata en
TH Asia/Bangkok en | RU Europe/Moscow ru | AE Asia/Dubai en
MY Asia/Kuala_Lumpur en | DE Europe/Berlin en | TW Asia/Taipei zh
PH Asia/Manila en | SG Asia/Singapore en | HK Asia/Hong_Kong zh
AU Australia/Sydney en | GB Europe/London en | TR Europe/Istanbul en
MX America/Mexico_City es | SA Asia/Riyadh ar | BR America/Sao_Paulo es
PL Europe/Warsaw en | UZ Asia/Tashkent ru | KZ Asia/Almaty ru
CA America/Toronto en | FR Europe/Paris en | IT Europe/Rome en
ES Europe/Madrid es | CL America/Santiago es | PE America/Lima es
CO America/Bogota es | EG Africa/Cairo ar | KE Africa/Nairobi en
NG Africa/Lagos en | ZA Africa/Johannesburg en | MM Asia/Yangon en
KH Asia/Phnom_Penh en | LA Asia/Vientiane en | MN Asia/Ulaanbaatar ru
BD Asia/Dhaka en | LK Asia/Colombo en | PK Asia/Karachi en
NZ Pacific/Auckland en | NL Europe/Amsterdam en | BE Europe/Brussels en
CZ Europe/Prague en | HU Europe/Budapest en | RO Europe/Bucharest en
BG Europe/Sofia en | GR Europe/Athens en | UA Europe/Kyiv ru
IL Asia/Jerusalem en | JO Asia/Amman ar | KW Asia/Kuwait ar
QA Asia/Qatar ar | OM Asia/Muscat ar | BH Asia/Bahrain ar
MA Africa/Casablanca ar | DZ Africa/Algiers ar | TN Africa/Tunis ar
GH Africa/Accra en | ET Africa/Addis_Ababa en | TZ Africa/Dar_es_Salaam en
UG Africa/Kampala en | RW Africa/Kigali en | CI Africa/Abidjan en
SE Europe/Stockholm en | NO Europe/Oslo en | DK Europe/Copenhagen en
FI Europe/Helsinki en | AT Europe/Vienna en | CH Europe/Zurich en
PT Europe/Lisbon en | IE Europe/Dublin en | HR Europe/Zagreb en
RS Europe/Belgrade en | LT Europe/Vilnius en | AR America/Argentina/Buenos_Aires es
UY America/Montevideo es | EC America/Guayaquil es | GT America/Guatemala es
PA America/Panama es | DO America/Santo_Domingo es | AZ Asia/Baku ru
"""


def _country(entry: str) -> Country:
    code, zone, language = entry.split()
    return Country(code=code, zone=zone, language=language)


COUNTRIES = tuple(_country(entry) for line in _LIST.strip().splitlines() for entry in line.split("|"))
