"""What a workbook means: one fair with its people, rooms and matches, before the database gave anybody an id.

The dataclasses are those of booking; each `id` is a key made from the name, so that importing again finds the
same row. A key begins with its kind (`company:`, `buyer:`, `interpreter:`, `room:`), since a company and its
buyer abroad may bear one name. The rest is the name after NFKC, in small letters, without spaces, punctuation
and the words for the legal form: (주), ㈜, 주식회사, 유한회사, Co., Ltd., Inc., Corp. for a company; PT, Tbk,
LLC, GmbH and the like stay with a buyer, because abroad they tell firms apart. A room whose name is a number
and words for "room" is called by the number: 1호실, 제1호, Room 1 and 화상상담실 1 are `room:1`.
"""

import re
import unicodedata
from dataclasses import dataclass

from scheduler.booking.assign import Placement
from scheduler.booking.fair import Fair, Programme
from scheduler.booking.match import Match
from scheduler.booking.people import Buyer, Company, Interpreter, Room

_LEGAL_FORM = re.compile(
    r"\(주\)|\(유\)|\(사\)|\(재\)|주식회사|유한회사|농업회사법인|영농조합법인|어업회사법인"
    r"|\b(?:co(?:mpany)?\b[.,\s]*(?:ltd|limited)|ltd|limited|inc(?:orporated)?|corp(?:oration)?)\b\.?",
    re.IGNORECASE,
)
_ROOM_WORDS = re.compile(
    r"화상|상담|회의|호실|호|실|제|룸|번|no\.?|meeting|video|consultation|room|#", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class FairDraft:
    """One fair as a workbook says it. `fair.id` is the fair's key, `programme.id` the programme's.

    `matches` name companies and buyers by their keys, `pins` are placements that a new plan must keep, naming
    matches, interpreters and rooms by theirs. The order of every tuple is that of the rows.
    """

    fair: Fair
    companies: tuple[Company, ...] = ()
    buyers: tuple[Buyer, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    rooms: tuple[Room, ...] = ()
    matches: tuple[Match, ...] = ()
    pins: tuple[Placement, ...] = ()
    programme: Programme | None = None


def company_key(name: str) -> str:
    """`(주)가람식품`, `㈜ 가람식품` and `가람식품 Co., Ltd.` are one company: `company:가람식품`."""
    return f"company:{_bare(_LEGAL_FORM.sub(' ', _normal(name))) or _bare(_normal(name))}"


def buyer_key(name: str) -> str:
    """`PT Sample  Buyer-A` is `buyer:ptsamplebuyera`."""
    return f"buyer:{_bare(_normal(name))}"


def interpreter_key(name: str) -> str:
    return f"interpreter:{_bare(_normal(name))}"


def room_key(name: str) -> str:
    """`1호실`, `제1호`, `Room 1`, `화상상담실 1` are `room:1`; `대회의실 A` keeps its words."""
    rest = _bare(_ROOM_WORDS.sub(" ", _normal(name)))
    return f"room:{int(rest)}" if rest.isdecimal() else f"room:{_bare(_normal(name))}"


def match_key(company_id: str, buyer_id: str) -> str:
    """A pair is matched once in a fair, so the pair is the key."""
    return f"{company_id}~{buyer_id}"


def is_nameless(key: str) -> bool:
    """Whether nothing was left of the name."""
    return key.endswith(":")


def _normal(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _bare(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum() or unicodedata.category(letter) == "Mn")
