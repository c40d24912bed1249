"""From the words of a command line to an exit code: 0, 1 when the answer is no, 2 when it was used wrongly."""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from itertools import zip_longest

from scheduler import __version__
from scheduler.booking.errors import Refusal
from scheduler.cli.call import Call, Edges
from scheduler.cli.commands import COMMANDS, Command
from scheduler.cli.parser import WrongUse
from scheduler.cli.refusals import of_the_system, show_refusal
from scheduler.cli.screen import Screen, screen_for
from scheduler.settings import BadSettings
from scheduler.timezones.clock import utc_now
from scheduler.timezones.errors import TimeError
from scheduler.wording import Phrase

DONE, NO, WRONG_USE = 0, 1, 2


def run(
    argv: Sequence[str],
    *,
    edges: Edges,
    environ: Mapping[str, str],
    clock: Callable[[], datetime] = utc_now,
) -> int:
    """Carries out one command line and returns its exit code."""
    screen = screen_for(sys.stdout, sys.stderr, asked=_language_asked(argv), environ=dict(environ))
    try:
        return _carry_out(list(argv), screen, edges, environ, clock)
    except WrongUse as wrong:
        screen.tell(*filter(None, [wrong.usage.strip()]), wrong.phrase)
    except TimeError as wrong:
        screen.tell(wrong.phrase)
    except BrokenPipeError:
        # Whoever read the answer has read enough.
        return NO
    except BadSettings as wrong:
        screen.tell(str(wrong))
    except OSError as wrong:
        screen.tell(of_the_system(wrong))
    except KeyboardInterrupt:
        screen.tell(Phrase("Interrupted. The next call goes on from here."))
        return NO
    return WRONG_USE


def _carry_out(
    argv: list[str],
    screen: Screen,
    edges: Edges,
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
) -> int:
    command, rest = _command_in(argv)
    if command is None:
        return _overview(argv, screen)
    parser = command.parser(screen.language)
    parser.usual()
    if "-h" in rest or "--help" in rest:
        screen.show(parser.format_help().rstrip())
        return DONE
    call = Call(options=parser.parse_args(rest), screen=screen, edges=edges, environ=environ, clock=clock)
    try:
        return command.carry_out(call)
    except Refusal as refusal:
        show_refusal(refusal, screen, as_json=getattr(call.options, "json", False))
        return NO


def _command_in(argv: list[str]) -> tuple[Command | None, list[str]]:
    """The command whose words the line begins with, and what follows them."""
    skipped = _after_language(argv)
    for command in COMMANDS:
        words = command.words.split()
        if skipped[: len(words)] == words:
            return command, skipped[len(words) :]
    return None, skipped


def _overview(argv: list[str], screen: Screen) -> int:
    """The list of commands, or of one group of them, when the line names no command."""
    words = [word for word in _after_language(argv) if not word.startswith("-")]
    if "--version" in argv:
        screen.show(f"sangdam {__version__}")
        return DONE
    group = [one for one in COMMANDS if words and one.words.split()[0] == words[0] and " " in one.words]
    if words and (not group or len(words) > 1):
        raise WrongUse(_unknown(" ".join(words[:2] if group else words[:1])))
    _list_commands(group or COMMANDS, screen)
    return DONE if {"-h", "--help"} & set(argv) else WRONG_USE


def _list_commands(commands: Sequence[Command], screen: Screen) -> None:
    screen.show(Phrase("Sangdam, the scheduler for video export consultations"), "")
    width = max(len(one.words) for one in commands) + 2
    for one in commands:
        screen.show(f"  sangdam {one.words:<{width}}{screen.text(one.summary)}")
    screen.show("", Phrase("“sangdam COMMAND --help” shows how to use one, with an example."))


def _unknown(given: str) -> Phrase:
    near = get_close_matches(given, [one.words for one in COMMANDS], n=3)
    if near:
        return Phrase(
            "There is no command “%(given)s”. Did you mean: %(near)s?", given=given, near=tuple(near)
        )
    return Phrase("There is no command “%(given)s”. “sangdam --help” lists them.", given=given)


def _language_asked(argv: Sequence[str]) -> str | None:
    """What stands after `--language`, wherever it stands; the command's parser refuses what is no language."""
    for word, following in zip_longest(argv, argv[1:], fillvalue=""):
        asked = following if word == "--language" else word.partition("--language=")[2]
        if asked in ("ko", "en"):
            return asked
    return None


def _after_language(argv: Sequence[str]) -> list[str]:
    """The line without a `--language` in front of the command."""
    words = list(argv)
    while words and words[0].startswith("--language"):
        words = words[1:] if "=" in words[0] else words[2:]
    return words
