"""Languages as people write them: 인니어, Indonesian, id; pairs such as 한-인니; a relay such as 한-영-태."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from babel import Locale

from scheduler.booking.people import LanguagePair


def _table(written: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in written.split())


_SHORT = _table("""
    한=ko 영=en 중=zh 일=ja 러=ru 불=fr 독=de 서=es 태=th 베=vi 아=ar 인니=id 말레이=ms
    몽=mn 포=pt 이=it 노=ru 스페인=es 베트남=vi 태국=th 중국=zh 일본=ja 러시아=ru 아랍=ar
    인도네시아=id 프랑스=fr 독일=de 터키=tr 튀르키예=tr 몽골=mn 우즈벡=uz 우즈베키스탄=uz
    미얀마=my 캄보디아=km 라오스=lo 필리핀=tl 이란=fa 카자흐스탄=kk 우크라이나=uk 폴란드=pl
    그리스=el 한국=ko 이탈리아=it 헝가리=hu 체코=cs 브라질=pt 포르투갈=pt 힌디=hi 네팔=ne
    벵골=bn
""")
_OTHER = _table("""
    한국말=ko 국어=ko 인니어=id 인도네시아말=id bahasa=id bahasaindonesia=id 말레이시아어=ms
    중문=zh 영문=en mandarin=zh 만다린=zh 서반아어=es 노어=ru 불어=fr 독어=de 서어=es
    일어=ja 베어=vi 태어=th 타이어=th 마인어=id 월남어=vi 터키어=tr 우즈벡어=uz 미얀마어=my
    캄보디아어=km 따갈로그어=tl 필리핀어=tl tagalog=tl filipino=tl 이란어=fa farsi=fa
    포어=pt 몽어=mn 크메르어=km 카자흐스탄어=kk 힌디=hi kor=ko eng=en ind=id chn=zh jpn=ja
    vie=vi tha=th rus=ru spa=es ara=ar english=en
""")
_JOINT = re.compile(r"\s*(?:-|–|—|↔|<->|⇔|:|·|/|→)\s*")
_NO_NEED = re.compile(
    r"통역\s*(?:은|이|사)?\s*(?:불요|불필요|필요\s*없음|없음|미필요|x)|불요|불필요"
    r"|no\s+interpret(?:er|ation)(?:\s+(?:needed|required|necessary))?|without\s+interpreter|not\s+needed|not\s+required",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"가능|구사|사용|통역|필요|능통|원활|희망|순차|동시|\b(?:speaks?|spoken|fluent|needed|ok|interpreter|interpretation)\b",
    re.IGNORECASE,
)


def without_no_need(text: str) -> tuple[str, bool]:
    """The text without "no interpreter needed", and whether it said so."""
    rest, found = _NO_NEED.subn(" ", unicodedata.normalize("NFKC", text))
    return rest, found > 0


def chains(text: str) -> tuple[tuple[str, ...], ...] | None:
    """Each entry as a chain of ISO 639 codes: `인니어, 한-영` is (("id",), ("ko", "en")).

    Entries are parted by commas, semicolons, `및`, `and`, or by a slash between whole language names.
    None when anything in the text is not a language.
    """
    cleaned = _FILLER.sub(" ", unicodedata.normalize("NFKC", text)).replace("(", ",").replace(")", ",")
    parts = [part.strip() for part in re.split(r"[,;\n]|\s및\s|\s와\s|\band\b|&|\+", cleaned) if part.strip()]
    found: list[tuple[str, ...]] = []
    for part in parts:
        read = _chain(part)
        if read is None:
            return None
        found.extend(read)
    return tuple(dict.fromkeys(found))


def _chain(part: str) -> list[tuple[str, ...]] | None:
    whole = language_of(part)
    if whole is not None:
        return [(whole,)]
    pieces = [piece for piece in _JOINT.split(part) if piece]
    codes = [language_of(piece) or _SHORT.get(piece.strip()) for piece in pieces]
    if len(codes) < 2 or None in codes:
        spaced = [language_of(word) for word in part.split()]
        return [(code,) for code in spaced if code] if spaced and None not in spaced else None
    known = tuple(code for code in codes if code)
    # "영어/인니어" lists two languages of one person; "한-인니" and "한국어/인니어" are a pair.
    if "/" in part and "ko" not in known:
        return [(code,) for code in known]
    return [known] if len(set(known)) == len(known) else None


def language_of(word: str) -> str | None:
    """One language by its name in Korean or English, or its code."""
    bare = re.sub(r"[\s._]", "", unicodedata.normalize("NFKC", word).casefold())
    return _names().get(bare)


def legs_of(chain: tuple[str, ...]) -> tuple[LanguagePair, ...]:
    """A chain as pairs, one interpreter each: ko-en-th is (ko-en, en-th)."""
    return tuple(LanguagePair(one, two) for one, two in pairwise(chain))


@lru_cache(maxsize=1024)
def language_name(code: str, language: str) -> str:
    """`인도네시아어`, `Indonesian`; the code where no name would be read back as the same one."""
    name = str(Locale.parse(language).languages.get(code, code))
    return name if language_of(name) == code else code


def pair_name(pair: LanguagePair, language: str) -> str:
    """`한국어-인도네시아어`, Korean first."""
    first, second = (pair.second, pair.first) if pair.second == "ko" else (pair.first, pair.second)
    return f"{language_name(first, language)}-{language_name(second, language)}"


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("ko", "en"):
        for code, name in Locale.parse(language).languages.items():
            if len(code) == 2:
                names.setdefault(re.sub(r"[\s._]", "", str(name).casefold()), code)
                names.setdefault(code, code)
    names.update(_OTHER)
    names.update({f"{short}어": code for short, code in _SHORT.items()})
    return names
