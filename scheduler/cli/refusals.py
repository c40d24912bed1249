"""Refusals on the screen: everything that is wrong at once, each with its place."""

from scheduler.booking.errors import Refusal
from scheduler.cli.screen import Screen


def show_refusal(refusal: Refusal, screen: Screen, *, as_json: bool) -> None:
    """Why the answer is no, line by line on standard error; for a program as one object."""
    if as_json:
        screen.emit(refusal_facts(refusal, screen))
        return
    screen.tell(refusal.phrase, *(f"  {fault}" for fault in _faults_of(refusal, screen)))


def refusal_facts(refusal: Refusal, screen: Screen) -> dict[str, object]:
    """The same for a program."""
    return {
        "error": screen.text(refusal.phrase),
        "kind": type(refusal).__name__,
        "faults": _faults_of(refusal, screen),
    }


def _faults_of(refusal: Refusal, screen: Screen) -> list[str]:
    return [one.text(screen.language) for one in getattr(refusal, "faults", ())]
