"""The sheets of a workbook and their columns: their names in our own files, and in those of offices."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class SheetKind(StrEnum):
    FAIR = "fair"
    COMPANIES = "companies"
    BUYERS = "buyers"
    INTERPRETERS = "interpreters"
    ROOMS = "rooms"
    MATCHES = "matches"
    COUNTRIES = "countries"
    PINS = "pins"


@dataclass(frozen=True)
class Column:
    """One column, or one line of the overview. `aliases` are other headers seen for it, parted by `|`."""

    field: str
    ko: str
    en: str
    aliases: str = ""
    width: int = 16

    def header(self, language: str) -> str:
        return self.ko if language == "ko" else self.en

    @property
    def names(self) -> tuple[str, ...]:
        return (self.ko, self.en, *filter(None, self.aliases.split("|")))


TITLES: dict[SheetKind, tuple[str, ...]] = {
    SheetKind.FAIR: ("상담회", "Fair", "개요", "운영계획", "행사개요", "사업개요", "상담회개요", "overview"),
    SheetKind.COMPANIES: (
        "참가기업",
        "Companies",
        "기업",
        "기업명단",
        "참가업체",
        "업체",
        "기업현황",
        "company",
    ),
    SheetKind.BUYERS: ("바이어", "Buyers", "바이어명단", "해외바이어", "바이어현황", "buyer"),
    SheetKind.INTERPRETERS: (
        "통역사",
        "Interpreters",
        "통역",
        "통역원",
        "통역현황",
        "통역사명단",
        "interpreter",
    ),
    SheetKind.ROOMS: ("상담실", "Rooms", "화상상담실", "회의실", "room"),
    SheetKind.MATCHES: (
        "매칭",
        "Matches",
        "매칭표",
        "상담매칭",
        "상담매칭표",
        "매칭현황",
        "match",
        "matching",
    ),
    SheetKind.COUNTRIES: ("국가별", "Countries", "국가별운영", "국가별시간", "country"),
    SheetKind.PINS: ("고정", "Pins", "고정배정", "고정상담", "pin", "pinned"),
}
"""Titles by kind: ours in Korean, ours in English, then others."""

_NUMBER = Column("number", "연번", "No.", "NO|번호|순번|#|nr|연 번", 6)
_PERSON = Column(
    "person", "담당자", "Contact person", "담당자명|성명|이름|참석자|대표자|person|contact|contact name"
)
_PHONE = Column(
    "phone", "연락처", "Phone", "전화|전화번호|휴대폰|휴대전화|핸드폰|mobile|tel|telephone|phone number"
)
_EMAIL = Column("email", "이메일", "E-mail", "메일|전자우편|이메일주소|메일주소|email|email address|mail", 26)
_WRITTEN_TO = Column("contact_language", "연락 언어", "Language of mail", "안내 언어|mail language", 12)
_HOURS = Column(
    "hours",
    "상담 가능시간",
    "Hours",
    "가능시간|가능일시|상담가능일시|참여가능시간|참가가능시간|근무시간|희망시간|상담시간|상담희망시간"
    "|운영시간|이용시간|available|available hours|availability|available time|working hours|local hours"
    "|opening hours",
    30,
)
_AWAY = Column(
    "away",
    "불가시간",
    "Not available",
    "상담 불가시간|불가일시|상담불가일시|불가능시간|참석불가|불가|away|unavailable|busy|blocked",
    26,
)
_ZONE = Column("zone", "시간대", "Time zone", "timezone|zone|표준시", 18)
_LIMIT = Column(
    "daily_limit",
    "1일 최대",
    "Daily limit",
    "1일최대건수|일 최대|하루 최대|1일 상담 한도"
    "|max per day|maximum per day|limit per day|per day|daily maximum",
    10,
)
_NOTE = Column("note", "비고", "Note", "메모|특이사항|참고|remark|remarks|notes|comment|comments", 24)
_COMPANY = Column(
    "company",
    "기업명",
    "Company",
    "업체명|회사명|참가기업|참가업체|기업|업체|상호|company name|companies|exhibitor",
    24,
)
_BUYER = Column(
    "buyer", "바이어명", "Buyer", "바이어|바이어사|해외바이어|buyer name|buyers|업체명|회사명", 26
)
_INTERPRETATION = Column(
    "languages", "통역", "Interpretation", "통역언어|필요통역|interpreter|interpretation needed", 20
)
_ROOM = Column("room", "상담실", "Room", "화상상담실|호실|상담실명|회의실|room name|rooms", 14)

_IN_ENGLISH = "영문명|english name|name (english)"
COLUMNS: dict[SheetKind, tuple[Column, ...]] = {
    SheetKind.COMPANIES: (
        _NUMBER,
        Column("name", _COMPANY.ko, _COMPANY.en, _COMPANY.aliases, 24),
        Column(
            "name_en",
            "영문 기업명",
            "Name in English",
            "영문명|기업명(영문)|영문기업명|english name|name (english)",
            24,
        ),
        Column(
            "products",
            "대표품목",
            "Products",
            "품목|취급품목|주요품목|주요제품|생산품|수출품목|product|items",
            20,
        ),
        _PERSON,
        _PHONE,
        _EMAIL,
        _WRITTEN_TO,
        Column(
            "languages", "가능 언어", "Languages", "구사언어|언어|외국어|상담언어|language|spoken languages"
        ),
        _HOURS,
        _AWAY,
        Column(
            "attendance",
            "참가형태",
            "Attendance",
            "참가방식|참여형태|참여방식|접속장소|상담장소|attends from|joins from",
        ),
        Column("preferred_room", "희망 상담실", "Preferred room", "선호 상담실|희망호실|room preference"),
        _LIMIT,
        _ZONE,
        _NOTE,
    ),
    SheetKind.BUYERS: (
        _NUMBER,
        Column(
            "name", _BUYER.ko, _BUYER.en, _BUYER.aliases + "|company|company name|기업명|바이어 업체명", 26
        ),
        Column("country", "국가", "Country", "국가명|나라|nation"),
        Column("city", "도시", "City", "도시명|지역|소재지|state|city/state|location", 18),
        _ZONE,
        _PERSON,
        _PHONE,
        _EMAIL,
        _WRITTEN_TO,
        Column(
            "interests",
            "관심품목",
            "Interests",
            "희망품목|관심분야|수입희망품목|수입품목|interest|interested in|items",
            20,
        ),
        Column(
            "languages",
            "통역",
            "Languages",
            "언어|통역언어|상담언어|사용언어|language|interpretation|interpreter",
            20,
        ),
        Column(
            _HOURS.field,
            "상담가능시간(현지)",
            "Hours (local)",
            f"{_HOURS.ko}|{_HOURS.en}|{_HOURS.aliases}",
            30,
        ),
        _AWAY,
        _LIMIT,
        Column("is_verified", "검증", "Verified", "검증여부|확인|바이어검증|checked", 8),
        _NOTE,
    ),
    SheetKind.INTERPRETERS: (
        _NUMBER,
        Column("name", "통역사명", "Interpreter", "성명|이름|통역사|통역원|통역|name|interpreter name"),
        Column("name_en", "영문 성명", "Name in English", _IN_ENGLISH + "|영문이름|영문 이름", 20),
        Column(
            "pairs",
            "언어",
            "Languages",
            "통역언어|언어쌍|가능언어|language|language pairs|language pair|pairs",
            24,
        ),
        _HOURS,
        _AWAY,
        _LIMIT,
        Column("rest", "휴식(분)", "Rest (minutes)", "휴식|휴식시간|rest|rest minutes|break", 10),
        _PHONE,
        _EMAIL,
        _WRITTEN_TO,
        _ZONE,
        _NOTE,
    ),
    SheetKind.ROOMS: (
        _NUMBER,
        Column("name", _ROOM.ko, _ROOM.en, _ROOM.aliases + "|명칭|이름|name", 16),
        Column("name_en", "영문 상담실명", "Name in English", _IN_ENGLISH + "|영문 명칭", 20),
        _HOURS,
        _AWAY,
        Column(
            "change_over",
            "교대(분)",
            "Change-over (minutes)",
            "교대|교대시간|준비시간|정리시간|change-over|changeover",
            10,
        ),
        Column("link", "접속 링크", "Link", "링크|접속주소|화상링크|url|meeting link|video link", 30),
        _ZONE,
        _NOTE,
    ),
    SheetKind.MATCHES: (
        _NUMBER,
        _COMPANY,
        _BUYER,
        Column("priority", "구분", "Priority", "우선순위|중요도|매칭구분|희망도|mark|marks|wish", 14),
        Column("rank", "순위", "Rank", "희망순위|선호순위|지망|order|ranking", 8),
        _INTERPRETATION,
        Column("attendance", "참가형태", "Attendance", "참가방식|접속장소|attends from|joins from"),
        Column("walk_in", "현장 상담", "Walk-in", "현장|워크인|walkin", 10),
        _NOTE,
    ),
    SheetKind.COUNTRIES: (
        Column("country", "국가", "Country", "국가명|나라"),
        Column(
            "slot",
            "상담 1건당(분)",
            "Session (minutes)",
            "상담시간(분)|1건당|slot|session length|slot minutes",
            12,
        ),
        Column("break", "교대(분)", "Break (minutes)", "교대|교대시간|휴식|break|change-over", 12),
        Column("opening", "상담시간", "Opening hours", "운영시간|hours|opening", 26),
    ),
    SheetKind.PINS: (
        _COMPANY,
        _BUYER,
        Column("start", "시작", "Start", "시작시각|일시|start time|starts at", 24),
        Column("minutes", "상담 1건당(분)", "Minutes", "분|길이|length|duration|session (minutes)", 10),
        Column("interpreters", "통역사", "Interpreters", "통역|interpreter|interpreter name", 20),
        _ROOM,
    ),
}

OVERVIEW: tuple[Column, ...] = (
    Column("name", "사업명", "Name", "행사명|상담회명|상담회|명칭|fair|event|title"),
    Column("name_en", "영문 사업명", "Name in English", "영문명|english name|name (english)"),
    Column("key", "코드", "Key", "키|식별자|code|id"),
    Column(
        "days",
        "상담기간",
        "Days",
        "기간|일시|상담일|상담일자|일자|개최기간|행사기간|상담일정|dates|date|period",
    ),
    Column("opening", "상담시간", "Opening hours", "운영시간|시간|hours|opening|time|상담운영시간"),
    Column("lunch", "휴게시간", "Lunch break", "점심시간|휴식시간|중식|휴게|lunch"),
    Column(
        "slot",
        "상담 1건당",
        "Session length",
        "1건당|1건당 시간|상담길이|건당 상담시간|건당시간|1회 상담|slot|session|slot length|slot minutes",
    ),
    Column("break", "교대시간", "Change-over", "교대|준비시간|상담간격|break|changeover|break minutes"),
    Column("zone", "시간대", "Time zone", "timezone|zone|기준시간"),
    Column("venue", "상담장소", "Venue", "장소|개최장소|place|location"),
    Column("organiser", "주관", "Organiser", "주최|주최/주관|주관부서|담당부서|organizer|host"),
    Column(
        "organiser_email",
        "주관 이메일",
        "Organiser's e-mail",
        "담당 이메일|이메일|문의 이메일|email|e-mail|organizer email",
    ),
    Column(
        "company_daily_limit",
        "기업 1일 최대",
        "Daily limit per company",
        "기업당 1일 최대|company daily limit",
    ),
    Column(
        "buyer_daily_limit", "바이어 1일 최대", "Daily limit per buyer", "바이어당 1일 최대|buyer daily limit"
    ),
    Column("programme", "프로그램", "Programme", "연간사업|상위사업|program"),
    Column("programme_key", "프로그램 코드", "Programme key", "program key"),
    Column("programme_en", "영문 프로그램명", "Programme in English", "program in english"),
    Column("note", "비고", "Note", "메모|참고|remarks|notes"),
)


def title_of(kind: SheetKind, language: str) -> str:
    return TITLES[kind][0 if language == "ko" else 1]


def plain(text: str) -> str:
    """A header or title as it is compared: NFKC, small letters, no spaces and no punctuation but `/`."""
    return re.sub(r"[^\w/#]|_", "", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=16)
def headers_of(kind: SheetKind) -> Mapping[str, str]:
    """Plain header to field, for one kind of sheet; where two fields share a name the first column has it."""
    return _names(COLUMNS[kind])


@lru_cache(maxsize=1)
def overview_labels() -> Mapping[str, str]:
    return _names(OVERVIEW)


def kind_of_title(title: str) -> SheetKind | None:
    """Which sheet a title names, if it is one of the known titles, maybe with a number or year in it."""
    bare = re.sub(r"[\d/#]+년?", "", plain(title))
    return next((kind for kind, names in TITLES.items() if bare in map(plain, names)), None)


def _names(columns: tuple[Column, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for rank in range(max(len(column.names) for column in columns)):
        for column in columns:
            if rank < len(column.names):
                names.setdefault(plain(column.names[rank]), column.field)
    return names
