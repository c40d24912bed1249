"""Which pictures there are, and where each belongs: those that a document shows in docs/pictures, others in build."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.browser.tour import STOPS, Stop

ROOT = Path(__file__).resolve().parents[2]
SHOWN, OTHERS = ROOT / "docs" / "pictures", ROOT / "build" / "pictures"
_LINK = re.compile(r"pictures/([\w-]+)\.webp")
SCREENS = ("wide", "phone")
STATES = ("board-dialog", "board-picked", "room-lost")
"""Pages in the middle of something: a session is open or in the hand, the network has dropped."""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture of a page."""

    stop: Stop
    screen: str
    language: str

    @property
    def name(self) -> str:
        return picture_name(self.stop.name, self.screen, self.language)


def picture_name(page: str, screen: str, language: str) -> str:
    """`board`, `board-en`, `board-phone`, `board-en-phone`: Korean and wide are not said."""
    said = [page, *([language] if language != "ko" else []), *([screen] if screen != "wide" else [])]
    return "-".join(said)


def shots() -> Iterator[Shot]:
    """Every page, wide and on a phone, in each language of its readers."""
    for stop in STOPS:
        for screen in SCREENS:
            for language in stop.languages:
                yield Shot(stop=stop, screen=screen, language=language)


def all_names() -> frozenset[str]:
    states = {
        picture_name(one, screen, language)
        for one in STATES
        for screen in SCREENS
        for language in ("ko", "en")
    }
    return frozenset({one.name for one in shots()} | states)


def shown_names() -> frozenset[str]:
    """Those that a document shows."""
    documents = (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    return frozenset(name for one in documents for name in _LINK.findall(one.read_text(encoding="utf-8")))


def file_of(name: str) -> Path:
    return (SHOWN if name in shown_names() else OTHERS) / f"{name}.webp"
