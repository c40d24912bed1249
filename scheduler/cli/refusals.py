"""Refusals on the screen: everything that is wrong at once, each with its place."""

from scheduler.booking.errors import Refusal
from scheduler.cli.screen import Screen


def show_refusal(refusal: Refusal, screen: Screen, *, as_json: bool) -> None:
    """Why the answer is no, line by line on standard error; for a program as one object."""
    faults = [one.text(screen.language) for one in getattr(refusal, "faults", ())]
    if as_json:
        screen.emit({"error": screen.text(refusal.phrase), "kind": type(refusal).__name__, "faults": faults})
        return
    screen.tell(refusal.phrase, *(f"  {fault}" for fault in faults))
