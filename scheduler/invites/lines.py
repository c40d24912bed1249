"""Content lines of RFC 5545: escaping, parameters after RFC 6868, folding at 75 octets.

Written here because a feed of 100 sessions has 20 ms, and the `icalendar` package takes 50 to 80 for it; that
package reads what is written here in `lint`, so each checks the other.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from scheduler.timezones.wall import as_utc

MAX_OCTETS = 75
# Whatever some reader takes for the end of a line, and what no reader may be given at all.
_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_PARAMETER = str.maketrans({"^": "^^", "\n": "^n", '"': "^'"})
_NEEDS_QUOTES = re.compile("[:;,]")


def text(value: str) -> str:
    """A TEXT value: escaped, its line breaks as ``\\n``, without control characters."""
    clean = _cleaned(value) if _ODD.search(value) else value
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def parameter(value: str) -> str:
    """A parameter's value: quoted where it must be; a quotation mark or line break in it as RFC 6868 says."""
    written = _cleaned(value).translate(_PARAMETER)
    return f'"{written}"' if _NEEDS_QUOTES.search(written) else written


@lru_cache(maxsize=16384)
def utc(instant: datetime) -> str:
    """``20260624T010000Z``."""
    at = as_utc(instant)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"


def mailto(email: str) -> str:
    return f"mailto:{email}"


def serialised(lines: Iterable[str]) -> bytes:
    """The lines folded, each ended by CRLF. A line given here has no line break in it."""
    return b"".join(map(_folded, lines))


def _cleaned(value: str) -> str:
    return _CONTROLS.sub("", _BREAKS.sub("\n", value))


def _folded(line: str) -> bytes:
    octets = line.encode("utf-8", "replace")
    if len(octets) <= MAX_OCTETS:
        return octets + b"\r\n"
    pieces, start, room = [], 0, MAX_OCTETS
    while len(octets) - start > room:
        end = _character_start(octets, start + room)
        pieces.append(octets[start:end])
        # The space that begins a continued line counts among its octets.
        start, room = end, MAX_OCTETS - 1
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces) + b"\r\n"


def _character_start(octets: bytes, at: int) -> int:
    """The last place not after `at` where a character begins: readers decode line by line."""
    while octets[at] & 0xC0 == 0x80:
        at -= 1
    return at
