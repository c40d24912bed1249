"""Addresses and telephone numbers as people write them."""

import re
import unicodedata

from scheduler.sheets.ledger import Ledger, Spot
from scheduler.sheets.reading import Expected, Suggestion
from scheduler.wording import Phrase

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_NO_ADDRESS = frozenset({"-", "없음", "none", "n/a", "x"})
_SAME_SIGNS = str.maketrans({"＠": "@", "。": ".", "．": "."})


def email_in(spot: Spot, ledger: Ledger, *, is_wanted: bool = True) -> str:
    """The address in a cell, or nothing and a question. A blank one is noted, for nobody will be invited by it."""
    written = unicodedata.normalize("NFKC", ledger.line(spot).translate(_SAME_SIGNS)).strip()
    if not written or written.casefold() in _NO_ADDRESS:
        if is_wanted:
            ledger.note(spot, Phrase("No e-mail address: no invitation can be sent."), Expected.EMAIL)
        return ""
    bare = re.sub(r"^mailto:", "", written, flags=re.IGNORECASE)
    if _ADDRESS.fullmatch(bare) and len(bare) <= 254:
        return bare
    suggestions = tuple(Suggestion(answer=one, label=Phrase("%(text)s", text=one)) for one in _repaired(bare))
    ledger.ask(
        spot,
        Phrase("“%(written)s” is no e-mail address.", written=written),
        Phrase("Write one address, such as name@company.com."),
        Expected.EMAIL,
        (*suggestions, Suggestion(answer="-", label=Phrase("There is no e-mail address"))),
    )
    return ""


def _repaired(written: str) -> list[str]:
    named = re.search(r"<([^<>]+)>", written)
    candidates = [
        *([named[1]] if named else []),
        *re.split(r"[;,/\s]+", written),
        re.sub(r"\s+", "", written),
        re.sub(r"\s*,\s*", ".", written),
        re.sub(r"\s*(?:\(at\)|\[at\]|#)\s*", "@", written),
        re.sub(r"\.\.+", ".", written),
    ]
    return [one for one in dict.fromkeys(candidates) if _ADDRESS.fullmatch(one)]


def phone_in(spot: Spot, ledger: Ledger, *, country: str = "KR") -> str:
    """The number in a cell. One kept as a number has lost its first 0; put back for Korea, and noted."""
    written = ledger.line(spot)
    if not spot.is_number:
        return written
    if country == "KR" and 8 <= len(written) <= 10 and not written.startswith("0"):
        shown = _korean_number(f"0{written}")
        meaning = Phrase("The number has lost its first 0: %(phone)s", phone=shown)
        ledger.note(spot, meaning)
        return shown
    return _korean_number(written) if country == "KR" else written


def _korean_number(digits: str) -> str:
    found = re.fullmatch(r"(02|0\d{2})(\d{3,4})(\d{4})", digits)
    return "-".join(found.groups()) if found else digits
