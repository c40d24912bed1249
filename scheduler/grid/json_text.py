"""JSON text read so that nothing in it is lost or breaks later: no field twice, no half character, no endless file."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from scheduler.booking.errors import BadInput, Fault
from scheduler.grid.reading import MOST_FAULTS
from scheduler.wording import Phrase

MOST_BYTES = 64_000_000
_ESCAPED = "\\ud"
"""So begins each half of a character beyond the first 65,536 (and some Korean syllables); one half alone is no text."""

_NO_JSON = Fault(place="$", wrong=Phrase("this is not JSON"))


class Repeating(NamedTuple):
    """An object of a file, and those of its fields that are given more than once."""

    fields: dict[str, object]
    repeated: tuple[str, ...]


def loads(text: str | bytes) -> object:
    """JSON text as plain lists and objects.

    Raises BadInput with the line and column of what is no JSON, and with the place of every field that is given twice
    (JSON itself would silently take the last) and of every text that cannot be written down again.
    """
    if len(text) > MOST_BYTES:
        wrong = Phrase("the file is too large: at most %(most)s MB are taken", most=MOST_BYTES // 1_000_000)
        raise BadInput([Fault(place="$", wrong=wrong)])
    decoded, repeating = _decoded(text), list[Repeating]()
    read = _parsed(decoded, repeating)
    faults = _given_twice(read, repeating) if repeating else iter(())
    halves = _half_characters(read) if _ESCAPED in decoded.lower() else iter(())
    found = tuple(islice(chain(faults, halves), MOST_FAULTS))
    if found:
        raise BadInput(found)
    return read


def _decoded(text: str | bytes) -> str:
    try:
        return text if isinstance(text, str) else text.decode(json.detect_encoding(text))
    except UnicodeDecodeError:
        raise BadInput([_NO_JSON]) from None


def _parsed(text: str, repeating: list[Repeating]) -> object:
    """What the text says. Objects with a field more than once are added to `repeating`, with those fields alone."""

    def kept(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            times = Counter(name for name, _ in pairs)
            repeating.append(Repeating(found, tuple(name for name in found if times[name] > 1)))
        return found

    try:
        read: object = json.loads(text, object_pairs_hook=kept)
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise BadInput([replace(_NO_JSON, place=place)]) from None
    except (RecursionError, ValueError):
        raise BadInput([_NO_JSON]) from None
    return read


def _given_twice(read: object, repeating: Iterable[Repeating]) -> Iterator[Fault]:
    names = {id(one.fields): one.repeated for one in repeating}
    for place, value in _everything(read):
        for name in names.get(id(value), ()):
            yield Fault(place=f"{place}.{name}", wrong=Phrase("this field is given twice"))


def _half_characters(read: object) -> Iterator[Fault]:
    for place, value in _everything(read):
        texts = list(value) if isinstance(value, dict) else [value] if isinstance(value, str) else []
        if not all(_is_writable(text) for text in texts):
            yield Fault(
                place=place.encode(errors="replace").decode(),
                wrong=Phrase("there is half of a character in this text"),
            )


def _everything(read: object) -> Iterator[tuple[str, object]]:
    """Every value with its place, each before what it holds. Without recursion: a file may be nested deeply."""
    waiting = [("$", read)]
    while waiting:
        place, value = waiting.pop()
        yield place, value
        inner: list[tuple[str, object]] = []
        if isinstance(value, dict):
            inner = [(f"{place}.{name}", one) for name, one in value.items()]
        elif isinstance(value, list):
            inner = [(f"{place}[{number}]", one) for number, one in enumerate(value)]
        waiting += reversed(inner)


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
