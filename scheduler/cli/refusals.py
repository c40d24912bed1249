"""Refusals on the screen: everything that is wrong at once, each with its place."""

from scheduler.booking.errors import Refusal
from scheduler.cli.screen import Screen
from scheduler.wording import Phrase


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


def of_the_system(error: OSError) -> Phrase | str:
    """What the system refused, with the file: in the reader's language where people meet it, else in its own words."""
    if error.filename is None:
        return str(error)
    match error:
        case FileNotFoundError():
            return Phrase("%(file)s: there is no such file or folder.", file=str(error.filename))
        case IsADirectoryError():
            return Phrase("%(file)s is a folder; a file is needed.", file=str(error.filename))
        case NotADirectoryError():
            return Phrase("%(file)s: there is a file where a folder is needed.", file=str(error.filename))
        case FileExistsError():
            return Phrase("%(file)s is there already.", file=str(error.filename))
        case PermissionError():
            return Phrase("%(file)s: this account may not read or write it.", file=str(error.filename))
    return str(error)


def _faults_of(refusal: Refusal, screen: Screen) -> list[str]:
    return [one.text(screen.language) for one in getattr(refusal, "faults", ())]
