"""The words that name a person, taken out of texts and of JSON, wherever they stand in it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from email import message_from_bytes, policy
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, Text, cast, or_, select, update
from sqlalchemy.orm import Session

ERASED = "(erased)"
_OUR_OWN = frozenset({"format", "kind", "status", "solver", "versions"})
"""What stands under these names in JSON of ours is a word of the program, even where somebody is called so."""
_LONG_IN_HANGUL = 3
"""A shorter word may stand inside another, and is looked for where a word begins."""
_UNMISTAKABLE = 8
"""A word of so many letters, or with a space or an @ in it, is the same in capitals."""


def clear_words(work: Session, table: Table, columns: Iterable[Column[Any]], words: tuple[str, ...]) -> None:
    """In all rows of a table, whoever they are about."""
    keys, wanted = list(table.primary_key), list(columns)
    named = or_(*(condition for column in wanted for condition in _naming(column, words)))
    for row in work.execute(select(*keys, *wanted).where(named)).all() if words else ():
        values = row._mapping
        changed = {
            column.name: fresh
            for column in wanted
            if (fresh := cleared(values[column.name], words)) != values[column.name]
        }
        if changed:
            its = [key == values[key.name] for key in keys]
            work.execute(update(table).where(*its).values(changed))


def cleared(value: Any, words: tuple[str, ...]) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.dumps(cleared(json.loads(value), words), ensure_ascii=False)
        except ValueError:
            return _text_cleared(value, words)
    if isinstance(value, str):
        return _text_cleared(value, words)
    if isinstance(value, Mapping):
        return {key: one if key in _OUR_OWN else cleared(one, words) for key, one in value.items()}
    return [cleared(one, words) for one in value] if isinstance(value, list) else value


def is_named_in_mail(raw: bytes, words: tuple[str, ...]) -> bool:
    """Whether a mail as it came in names somebody, in its headers or in any of its texts."""
    return any(_pattern(words).search(text) for text in _texts_of(raw))


def _texts_of(raw: bytes) -> Iterator[str]:
    yield raw.decode(errors="replace")
    mail = message_from_bytes(raw, policy=policy.default)
    for part in mail.walk():
        try:
            yield from (str(value) for value in part.values())
            if part.get_content_maintype() == "text":
                yield str(part.get_content())
        except (LookupError, ValueError, IndexError, AttributeError):
            # What cannot be read as a mail has been looked at as it is.
            continue


def _naming(column: Column[Any], words: tuple[str, ...]) -> Iterator[ColumnElement[bool]]:
    """Rows that may hold one of the words: whether they do is seen in each of them."""
    written = cast(column, Text)
    for word in words:
        for spelling in {word, json.dumps(word, ensure_ascii=False)[1:-1]}:
            yield written.icontains(spelling, autoescape=True)


def _text_cleared(text: str, words: tuple[str, ...]) -> str:
    return _pattern(words).sub(ERASED, text) if words else text


@lru_cache(maxsize=32)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_looked_for, words)))


def _looked_for(word: str) -> str:
    """As a pattern. Korean puts its particles right behind a name, so there no word ends with it."""
    written = re.escape(word)
    if len(word) >= _UNMISTAKABLE or not {" ", "@"}.isdisjoint(word):
        return f"(?i:{written})"
    if len(word) == 1:
        return rf"\A{written}\Z"
    if word.isascii():
        return f"(?<![A-Za-z0-9]){written}(?![A-Za-z0-9])"
    return written if len(word) >= _LONG_IN_HANGUL else rf"(?<!\w){written}"
