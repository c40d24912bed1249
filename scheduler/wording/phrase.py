"""A sentence with its facts, not yet in any language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, Self, runtime_checkable

from scheduler.wording.catalogue import catalogue


@runtime_checkable
class Sayable(Protocol):
    """Whatever can be read in a language: a Phrase, a day, a moment, a country."""

    def text(self, language: str) -> str: ...


@dataclass(frozen=True, init=False)
class Phrase:
    """``Phrase("Room %(room)s is closed", room="1").text("ko")``.

    ``msgid`` is English and is what translators see; write it as a literal, so that it can be found.
    Facts go in by ``%(name)s``; a literal per cent sign is ``%%``. A fact that is Sayable is said in
    the reader's language, a tuple of facts is said as a list. Facts must be hashable.
    """

    msgid: str
    plural: str | None
    facts: tuple[tuple[str, object], ...] = field(hash=True)

    def __init__(self, msgid: str, facts: Mapping[str, object] | None = None, /, **more: object) -> None:
        self._keep(msgid, None, {**(facts or {}), **more})

    @classmethod
    def counted(cls, singular: str, plural: str, number: int, /, **facts: object) -> Self:
        """A phrase whose wording depends on a number, which it can show as ``%(num)s``."""
        phrase = cls.__new__(cls)
        phrase._keep(singular, plural, {"num": number, **facts})
        return phrase

    def _keep(self, msgid: str, plural: str | None, facts: Mapping[str, object]) -> None:
        object.__setattr__(self, "msgid", msgid)
        object.__setattr__(self, "plural", plural)
        object.__setattr__(self, "facts", tuple(sorted(facts.items())))

    def text(self, language: str) -> str:
        said = {name: as_text(fact, language) for name, fact in self.facts}
        if self.plural is None:
            return catalogue(language).say(self.msgid, **said)
        number = dict(self.facts)["num"]
        if not isinstance(number, int):
            raise TypeError(f"a counted phrase needs a whole number, not {number!r}")
        return catalogue(language).say_plural(self.msgid, self.plural, number, **said)

    def __str__(self) -> str:
        """English, for logs and tracebacks; people get ``text`` in their own language."""
        return self.text("en")


def as_text(fact: object, language: str) -> object:
    """The fact as ``%`` formatting takes it: said if it can be said, a tuple joined, else as it is."""
    if isinstance(fact, str):
        return fact
    # What a Sayable has; asking whether a protocol is kept takes twenty times as long.
    said = getattr(fact, "text", None)
    # First, because codes that are said by their names are a tuple that is Sayable.
    if said is not None:
        return said(language)
    return joined(fact, language) if isinstance(fact, tuple) else fact


def joined(facts: Iterable[object], language: str) -> str:
    """Several facts as one enumeration: ``1, 2, 3``."""
    comma = "، " if language == "ar" else ", "
    return comma.join(str(as_text(fact, language)) for fact in facts)


def msgid(text: str) -> str:
    """Marks a sentence that becomes a Phrase later, so that translators find it."""
    return text
