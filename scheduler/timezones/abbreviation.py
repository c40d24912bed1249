"""The short name of a zone at an instant: KST, WIB, CDT, else the distance from UTC."""

from datetime import datetime
from functools import lru_cache

from scheduler.timezones.wall import in_zone

# Names in daily use where the IANA rules carry a bare number, or (Manila) a name that people would
# take for another zone's. Only zones with no change of the clocks belong here.
_IN_USE = {
    "America/Argentina/Buenos_Aires": "ART",
    "America/Bogota": "COT",
    "America/La_Paz": "BOT",
    "America/Lima": "PET",
    "America/Caracas": "VET",
    "America/Guayaquil": "ECT",
    "America/Manaus": "AMT",
    "America/Montevideo": "UYT",
    "America/Sao_Paulo": "BRT",
    "Asia/Aden": "AST",
    "Asia/Baghdad": "AST",
    "Asia/Bahrain": "AST",
    "Asia/Bangkok": "ICT",
    "Asia/Brunei": "BNT",
    "Asia/Dubai": "GST",
    "Asia/Ho_Chi_Minh": "ICT",
    "Asia/Kuala_Lumpur": "MYT",
    "Asia/Kuching": "MYT",
    "Asia/Kuwait": "AST",
    "Asia/Manila": "PHT",
    "Asia/Muscat": "GST",
    "Asia/Phnom_Penh": "ICT",
    "Asia/Qatar": "AST",
    "Asia/Riyadh": "AST",
    "Asia/Singapore": "SGT",
    "Asia/Tashkent": "UZT",
    "Asia/Tehran": "IRST",
    "Asia/Ulaanbaatar": "ULAT",
    "Asia/Vientiane": "ICT",
    "Europe/Istanbul": "TRT",
}


@lru_cache(maxsize=16384)
def zone_abbreviation(instant: datetime, zone: str) -> str:
    """``CDT``; where no name is in use, ``UTC+5:45``."""
    local = in_zone(instant, zone)
    if zone in _IN_USE:
        return _IN_USE[zone]
    name = local.tzname() or ""
    return name if name.isalpha() and name != "LMT" else utc_distance(local)


def utc_distance(local: datetime) -> str:
    """``UTC+9``, ``UTC+5:45``, ``UTC−3:30``, ``UTC``."""
    offset = local.utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")
