"""Countries by the names people write them with."""

from dataclasses import dataclass
from functools import lru_cache

import pytz

from scheduler.timezones.names import country_name
from scheduler.timezones.spelling import folded
from scheduler.wording import LANGUAGES

# Spellings seen in lists of buyers that no official table has.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "AE": ("UAE", "U.A.E.", "아랍에미레이트", "아랍에미리트연합", "아랍에미리트 연합국"),
    "AU": ("오스트레일리아",),
    "BY": ("벨로루시",),
    "CD": ("콩고민주공화국", "DR Congo"),
    "CG": ("콩고공화국",),
    "CI": ("아이보리코스트", "Ivory Coast", "Cote d'Ivoire"),
    "CN": ("중화인민공화국", "PRC", "P.R. China", "중국대륙"),
    "CZ": ("체코공화국", "Czech Republic"),
    "DE": ("도이칠란트", "Deutschland"),
    "GB": ("UK", "U.K.", "England", "Great Britain", "Britain", "잉글랜드", "Scotland", "스코틀랜드"),
    "GE": ("그루지야",),
    "HK": ("홍콩", "Hong Kong", "Hong Kong SAR"),
    "ID": ("인니", "인도네시아공화국"),
    "IR": ("이란이슬람공화국",),
    "KG": ("키르기스", "키르기즈스탄", "Kyrgyz Republic"),
    "KP": ("조선민주주의인민공화국", "DPRK"),
    "KR": ("한국", "대한민국", "Korea", "Republic of Korea", "ROK", "South Korea", "국내"),
    "KZ": ("카자흐",),
    "LA": ("라오", "Lao PDR"),
    "MK": ("마케도니아",),
    "MM": ("미얀마", "버마", "Myanmar", "Burma"),
    "MO": ("마카오", "Macau", "Macao"),
    "NL": ("홀란드", "Holland", "The Netherlands"),
    "PH": ("The Philippines", "Pilipinas"),
    "PS": ("팔레스타인", "Palestine"),
    "RU": ("러시아연방", "Russian Federation"),
    "SA": ("사우디", "KSA", "사우디 아라비아", "Saudi"),
    "SG": ("싱가폴",),
    "SZ": ("스와질란드",),
    "TR": ("터키", "튀르키에", "Turkey", "Turkiye"),
    "TW": ("타이완", "중화민국"),
    "US": ("USA", "U.S.A.", "U.S.", "America", "United States of America", "미합중국"),
    "UZ": ("우즈벡", "우즈베크"),
    "VN": ("월남", "Viet Nam", "Việt Nam"),
    "ZA": ("남아공", "남아프리카공화국"),
}


@dataclass(frozen=True, kw_only=True)
class Country:
    """``code`` is ISO 3166-1 alpha-2; ``names`` are other spellings it is found by."""

    code: str
    name_ko: str
    name_en: str
    names: tuple[str, ...]

    def name(self, language: str) -> str:
        return country_name(self.code, language)

    def text(self, language: str) -> str:
        return self.name(language)


@lru_cache(maxsize=1)
def countries() -> tuple[Country, ...]:
    """Every country the zone rules know, by its code."""
    return tuple(_country(code) for code in sorted(pytz.country_timezones))


@lru_cache(maxsize=4096)
def find_country(text: str) -> Country | None:
    """The country somebody wrote: ``인니``, ``미국``, ``UAE``, ``vietnam``, ``id``."""
    return _by_spelling().get(folded(text))


def country(code: str) -> Country:
    """The country of an ISO code; KeyError if there is none."""
    return _by_code()[code]


def _country(code: str) -> Country:
    said = (country_name(code, language) for language in LANGUAGES)
    names = dict.fromkeys((*said, *_SPELLINGS.get(code, ())))
    name_ko, name_en = country_name(code, "ko"), country_name(code, "en")
    others = tuple(name for name in names if name not in (name_ko, name_en))
    return Country(code=code, name_ko=name_ko, name_en=name_en, names=others)


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Country]:
    return {found.code: found for found in countries()}


@lru_cache(maxsize=1)
def _by_spelling() -> dict[str, Country]:
    spelt = {
        folded(name): found for found in countries() for name in (found.name_ko, found.name_en, *found.names)
    }
    return spelt | {folded(found.code): found for found in countries()}
