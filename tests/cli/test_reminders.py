"""Setting and showing when people are reminded."""

from datetime import timedelta

from scheduler.storage import fairs
from scheduler.storage.db import open_database
from tests.builders import a_fair
from tests.command_line import NOW, CommandLine


def with_a_fair(sangdam: CommandLine) -> None:
    assert sangdam("init").code == 0
    db = open_database(f"sqlite:///{sangdam.instance / 'scheduler.sqlite'}")
    with db.write() as work:
        fairs.save_fair(work, a_fair(), NOW - timedelta(days=1))
    db.dispose()


def test_reminders_are_shown_and_set_by_kind(sangdam: CommandLine) -> None:
    with_a_fair(sangdam)
    usual = sangdam("reminders", "sample", "--json").json
    chosen = sangdam("reminders", "sample", "--buyer", "day,10", "--interpreter", "off", "--json").json
    assert usual == {kind: ["1440", "60"] for kind in ("company", "buyer", "interpreter")}
    assert chosen == {"company": ["1440", "60"], "buyer": ["day", "10"], "interpreter": []}
    assert sangdam("reminders", "sample").out == "company: 1440, 60\nbuyer: day, 10\ninterpreter: off\n"


def test_what_is_no_reminder_is_refused(sangdam: CommandLine) -> None:
    with_a_fair(sangdam)
    answer = sangdam("reminders", "sample", "--buyer", "soon")
    assert (answer.code, "“soon” is no reminder" in answer.err) == (1, True)
