"""Names of days, cities and countries in the languages of the interface, from Unicode's tables."""

from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton

# Day and month as each language writes them in a line; 24-hour clocks stand beside them everywhere.
_DAY = {"ko": "M.d(EEE)", "en": "EEE d MMM", "id": "EEE d MMM", "vi": "EEE d/M", "ar": "EEE d MMM"}
_FULL_DAY = {
    "ko": "y.M.d(EEE)",
    "en": "EEE d MMM y",
    "id": "EEE d MMM y",
    "vi": "EEE d/M/y",
    "ar": "EEE d MMM y",
}


@lru_cache(maxsize=8192)
def day_label(on: date, language: str) -> str:
    """``6.24(수)``, ``Wed 24 Jun``: for lines and table heads where the year is known."""
    return format_date(on, _DAY.get(language, _DAY["en"]), locale=_locale(language))


@lru_cache(maxsize=8192)
def full_day_label(on: date, language: str) -> str:
    """``2026.6.24(수)``, ``Wed 24 Jun 2026``."""
    return format_date(on, _FULL_DAY.get(language, _FULL_DAY["en"]), locale=_locale(language))


@lru_cache(maxsize=512)
def month_label(on: date, language: str) -> str:
    """``2026년 12월``, ``December 2026``."""
    return str(format_skeleton("yMMMM", on, locale=_locale(language)))


@lru_cache(maxsize=64)
def weekday_name(weekday: int, language: str) -> str:
    """Short: ``월``, ``Mon``; Monday is 0."""
    return str(_locale(language).days["stand-alone"]["abbreviated"][weekday])


@lru_cache(maxsize=4096)
def zone_city(zone: str, language: str) -> str:
    """The city a zone is named after: ``자카르타``, ``Ho Chi Minh City``."""
    named = _CITY.get((zone, language))
    known = _locale(language).time_zones.get(_CLDR_NAME.get(zone, zone), {})
    return named or str(known.get("city") or zone.rpartition("/")[2].replace("_", " "))


@lru_cache(maxsize=4096)
def country_name(code: str, language: str) -> str:
    """``인도네시아``, ``Indonesia``; the code itself where Unicode knows no name."""
    return _COUNTRY.get((code, language)) or str(_locale(language).territories.get(code, code))


# Unicode never renames a zone, so its tables keep the names these had at first.
_CLDR_NAME = {
    "Africa/Asmara": "Africa/Asmera",
    "America/Argentina/Buenos_Aires": "America/Buenos_Aires",
    "America/Argentina/Catamarca": "America/Catamarca",
    "America/Argentina/Cordoba": "America/Cordoba",
    "America/Argentina/Jujuy": "America/Jujuy",
    "America/Argentina/Mendoza": "America/Mendoza",
    "America/Atikokan": "America/Coral_Harbour",
    "America/Indiana/Indianapolis": "America/Indianapolis",
    "America/Kentucky/Louisville": "America/Louisville",
    "America/Nuuk": "America/Godthab",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
    "Asia/Kathmandu": "Asia/Katmandu",
    "Asia/Kolkata": "Asia/Calcutta",
    "Asia/Yangon": "Asia/Rangoon",
    "Atlantic/Faroe": "Atlantic/Faeroe",
    "Europe/Kyiv": "Europe/Kiev",
    "Pacific/Chuuk": "Pacific/Truk",
    "Pacific/Pohnpei": "Pacific/Ponape",
}
# What people in the trade say today, where the tables have an older name.
_CITY = {
    ("America/Coyhaique", "ko"): "코이아이케",
    ("Asia/Ho_Chi_Minh", "ko"): "호찌민",
    ("Asia/Kolkata", "ko"): "콜카타",
    ("Asia/Yangon", "ko"): "양곤",
    ("Europe/Kyiv", "ko"): "키이우",
}
_COUNTRY = {
    ("AU", "ko"): "호주",
    ("HK", "ko"): "홍콩",
    ("HK", "en"): "Hong Kong",
    ("KR", "ko"): "한국",
    ("KR", "en"): "Korea",
    ("MO", "ko"): "마카오",
    ("MO", "en"): "Macao",
    ("MM", "en"): "Myanmar",
    ("ZA", "ko"): "남아프리카공화국",
}


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    return Locale.parse(language)
