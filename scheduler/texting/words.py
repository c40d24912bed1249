"""How long a text message may be. Korean networks count octets of EUC-KR: 90 for an SMS, 2,000 for an LMS."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

SMS_OCTETS = 90
LMS_OCTETS = 2000
_CHARSET = "cp949"
"""EUC-KR with the syllables it lacks, as Korean networks take it."""
_PLAIN = str.maketrans({"–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})
_HOME_COUNTRY = "KR"


class Kind(StrEnum):
    SMS = "SMS"
    LMS = "LMS"


@dataclass(frozen=True, kw_only=True)
class Text:
    """One message: `to` is a number such as +821012345678, `words` can be written in EUC-KR."""

    to: str
    words: str
    kind: Kind


def text_for(to: str, wordings: Sequence[str]) -> Text:
    """The first wording that fits an SMS; where none does the first as an LMS, cut at its end if need be."""
    carried = [writable(one) for one in wordings]
    for words in carried:
        if octets(words) <= SMS_OCTETS:
            return Text(to=to, words=words, kind=Kind.SMS)
    return Text(to=to, words=cut(carried[0], LMS_OCTETS), kind=Kind.LMS)


def octets(words: str) -> int:
    return len(words.encode(_CHARSET))


def writable(words: str) -> str:
    """The same in characters that a text message can carry: é becomes e, an emoji a question mark."""
    return "".join(_written(one) for one in " ".join(words.translate(_PLAIN).split()))


def cut(words: str, limit: int) -> str:
    """No more than so many octets, and no half letter."""
    return words.encode(_CHARSET)[:limit].decode(_CHARSET, "ignore")


def phone_number(written: str) -> str | None:
    """A number as people write it, Korean where it names no country, as +821012345678; None when it is none."""
    # Its tables take as long to load as many pages together, and most days bring no number.
    phonenumbers = import_module("phonenumbers")
    try:
        number = phonenumbers.parse(written, _HOME_COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    found: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return found


def _written(letter: str) -> str:
    for one in (letter, unicodedata.normalize("NFKC", letter), _bare(letter)):
        try:
            one.encode(_CHARSET)
        except UnicodeEncodeError:
            continue
        return one
    return "?"


def _bare(letter: str) -> str:
    apart = unicodedata.normalize("NFKD", letter)
    return "".join(one for one in apart if not unicodedata.combining(one)) or "?"
