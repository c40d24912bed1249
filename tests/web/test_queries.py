"""A list asks the database as often for 300 sessions as for three."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from scheduler.booking.fair import Fair, slots_of
from scheduler.booking.match import Match
from scheduler.booking.people import Resource
from scheduler.booking.slot import Slot
from scheduler.grid.plan import Plan, Status
from scheduler.mail.mailbox import FolderPost
from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.services.answer import answer
from scheduler.services.cancel import cancel
from scheduler.services.deliver import BATCH, deliver_due
from scheduler.services.display import make_display
from scheduler.services.links import buyer_address
from scheduler.services.picking_rules import set_picking_rules
from scheduler.services.publish import publish
from scheduler.storage import meetings
from scheduler.storage.db import Database
from scheduler.web import create_web
from tests.builders import FIRST_DAY, a_buyer, a_company, a_fair, a_match, a_placement, a_room, an_interpreter
from tests.services.stage import COORDINATOR as COORDINATOR_ACTOR
from tests.services.stage import NOW, Stage, a_stage, mailed
from tests.web.visitors import COORDINATOR, PASSWORD, Visitor, keep_plan

SIDES = {3: (1, 3), 300: (10, 30)}
"""Sessions -> companies and buyers who all meet."""
ACCOUNTS = {COORDINATOR: None, "c1@company.example": "c1", "i1@interpreter.example": "i1"}
FAIR = "/fairs/sample"
PAGES = {
    "fairs": "/fairs/",
    "overview": f"{FAIR}/",
    "participants": f"{FAIR}/participants/",
    "matches": f"{FAIR}/participants/?tab=matches",
    "build": f"{FAIR}/build/",
    "board": f"{FAIR}/board/",
    "board by companies": f"{FAIR}/board/?across=company",
    "publication": f"{FAIR}/publish",
    "changes": f"{FAIR}/changes",
    "reminders": f"{FAIR}/reminders/",
    "today": f"{FAIR}/today/",
    "run sheets": f"{FAIR}/sheets/?on=2026-06-24",
    "replies": "/replies/",
    "mailbox": "/mailbox/",
}


@contextmanager
def queries_of(db: Database) -> Iterator[list[str]]:
    """Every statement that reaches the database, in order."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    for engine in (db.reader, db.writer):
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in (db.reader, db.writer):
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return published(tmp_path_factory.mktemp("small"), 3)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return published(tmp_path_factory.mktemp("large"), 300)


def test_both_fairs_hold_what_is_said_of_them(small: Stage, large: Stage) -> None:
    assert [len(one.meetings()) for one in (small, large)] == [3, 300]
    assert [sum(1 for _ in one.settings.mailbox.glob("*.eml")) for one in (small, large)] == [9, BATCH]


@pytest.mark.parametrize("path", PAGES.values(), ids=list(PAGES))
def test_a_page_of_the_coordinator_asks_as_often_for_300_sessions_as_for_three(
    small: Stage, large: Stage, path: str
) -> None:
    few, many = (queries_for(one, path, COORDINATOR) for one in (small, large))

    assert many == few


@pytest.mark.parametrize("email", ["c1@company.example", "i1@interpreter.example"])
def test_an_own_schedule_asks_as_often_for_many_sessions_as_for_few(
    small: Stage, large: Stage, email: str
) -> None:
    few, many = (queries_for(one, "/my/", email) for one in (small, large))

    assert many == few


@pytest.mark.parametrize("path", ["/my/fairs/sample/", "/my/fairs/sample/buyers/b1", "/my/team/"])
def test_a_company_that_picks_asks_as_often_among_many_buyers_as_among_few(
    small: Stage, large: Stage, path: str
) -> None:
    for one in (small, large):
        set_picking_rules(one.db, "sample", {"is_on": "yes"}, now=NOW, actor=SYSTEM)
    few, many = (queries_for(one, path, "c1@company.example") for one in (small, large))

    assert many == few


def test_a_buyer_s_page_asks_as_often_for_many_sessions_as_for_few(small: Stage, large: Stage) -> None:
    few, many = (queries_for(one, buyer_path(one)) for one in (small, large))

    assert many == few


@pytest.mark.parametrize("page", ["/free", "/check", "/settings"])
def test_the_other_pages_of_a_buyer_do_so_too(small: Stage, large: Stage, page: str) -> None:
    few, many = (queries_for(one, buyer_path(one) + page) for one in (small, large))

    assert many == few


@pytest.mark.parametrize(
    ("path", "days"), [("/interpreter/", 0), ("/interpreter/hours", 0), ("/interpreter/worked/2026-06", 8)]
)
def test_an_interpreter_s_pages_ask_as_often_for_many_sessions_as_for_few(
    small: Stage, large: Stage, path: str, days: int
) -> None:
    now = NOW + timedelta(days=days)
    few, many = (queries_for(one, path, "i1@interpreter.example", now=now) for one in (small, large))

    assert many == few


def test_everybody_s_hours_and_the_screen_of_all_rooms_are_asked_for_at_once(
    small: Stage, large: Stage
) -> None:
    before, after = NOW + timedelta(days=6), NOW + timedelta(days=8)
    hours = [queries_for(one, "/hours/2026-06/", COORDINATOR, now=after) for one in (small, large)]
    screens = [queries_for(one, f"{waiting_area(one)}.json", now=before) for one in (small, large)]

    assert hours[0] == hours[1]
    assert screens[0] == screens[1]


def test_the_results_of_a_fair_and_whom_to_ask_are_read_with_as_many_queries_for_many_as_for_few(
    small: Stage, large: Stage
) -> None:
    for path in (f"{FAIR}/results/", f"{FAIR}/results/export.csv", f"{FAIR}/results/follow-up?days=7"):
        few, many = (
            queries_for(one, path, COORDINATOR, now=NOW + timedelta(days=40)) for one in (small, large)
        )
        assert many == few, path


def test_a_session_asks_as_often_among_300_as_among_three(small: Stage, large: Stage) -> None:
    few, many = (queries_for(one, f"/meetings/{first_meeting(one)}", COORDINATOR) for one in (small, large))

    assert many == few


def test_a_company_s_own_pages_are_read_in_one_transaction_besides_the_login(large: Stage) -> None:
    set_picking_rules(large.db, "sample", {"is_on": "yes"}, now=NOW, actor=SYSTEM)
    visitor = Visitor(create_web(large.settings, large.db, clock=lambda: NOW).test_client())
    assert visitor.log_in("c1@company.example").status_code == 303
    begun: list[object] = []
    note = begun.append
    event.listen(large.db.reader, "begin", note)
    pages = [visitor.get(path).status_code for path in ("/my/", "/my/fairs/sample/buyers/b1")]
    event.remove(large.db.reader, "begin", note)
    assert (pages, len(begun)) == ([200, 200], 2 * 2)


def queries_for(stage: Stage, path: str, email: str | None = None, *, now: datetime = NOW) -> list[str]:
    visitor = Visitor(create_web(stage.settings, stage.db, clock=lambda: now).test_client())
    if email is not None:
        assert visitor.log_in(email).status_code == 303
    with queries_of(stage.db) as seen:
        answer = visitor.get(path)
    assert answer.status_code == 200, path
    assert seen
    return [statement.partition(" IN (")[0] for statement in seen]


def buyer_path(stage: Stage) -> str:
    with stage.db.write() as work:
        address = buyer_address(work, stage.settings, buyer_id="b1", fair_id=stage.fair.id, now=NOW)
    return address.removeprefix(stage.settings.base_address)


def waiting_area(stage: Stage) -> str:
    made = make_display(stage.db, stage.settings, stage.fair.key, None, now=NOW, actor=SYSTEM)
    return made.removeprefix(stage.settings.base_address)


def first_meeting(stage: Stage) -> str:
    with stage.db.read() as work:
        return meetings.meetings_of_fair(work, stage.fair.id)[0].id


def published(folder: Path, sessions: int) -> Stage:
    """A fair of so many sessions: built, published, and the first mails in the mailbox."""
    companies, buyers = SIDES[sessions]
    fair = a_fair(days=tuple(FIRST_DAY + timedelta(days=number) for number in range(5)))
    stage = a_stage(
        folder,
        fair=fair,
        people_of_fair=the_people(companies, buyers),
        matched=tuple(match for match, _ in the_places(fair, companies, buyers)),
    )
    keep_plan(stage, the_plan(fair, companies, buyers))
    publish(stage.db, stage.settings, fair.key, now=NOW, actor=SYSTEM)
    deliver_due(stage.db, stage.settings, FolderPost(stage.settings.mailbox), now=NOW, owner="test")
    for email, resource_id in ACCOUNTS.items():
        add_account(
            stage.db,
            email=email,
            role="coordinator" if resource_id is None else email.partition("@")[2].partition(".")[0],
            name=email,
            password=PASSWORD,
            resource_id=resource_id,
            now=NOW,
            actor=SYSTEM,
        )
    return stage


def the_people(companies: int, buyers: int) -> tuple[Resource, ...]:
    """A room and an interpreter for each company."""
    own = [
        each
        for number in range(1, companies + 1)
        for each in (
            mailed(a_company(f"c{number}")),
            mailed(an_interpreter(f"i{number}")),
            a_room(f"r{number}"),
        )
    ]
    return (*own, *(mailed(a_buyer(f"b{number}"), "en") for number in range(1, buyers + 1)))


def the_places(fair: Fair, companies: int, buyers: int) -> tuple[tuple[Match, Slot], ...]:
    """Everybody meets everybody: in each slot the buyers have gone on by one place."""
    slots = slots_of(fair, "ID")
    return tuple(
        (a_match(company=f"c{company + 1}", buyer=f"b{(company + turn) % buyers + 1}"), slots[turn])
        for company in range(companies)
        for turn in range(buyers)
    )


def the_plan(fair: Fair, companies: int, buyers: int) -> Plan:
    places = the_places(fair, companies, buyers)
    placements = tuple(
        a_placement(
            match,
            slot,
            interpreter_ids=(match.company_id.replace("c", "i"),),
            room_id=match.company_id.replace("c", "r"),
        )
        for match, slot in places
    )
    return Plan(
        placements=placements, status=Status.OPTIMAL, wanted=len(places), bound=len(places), seconds=0.1
    )


def test_what_waits_for_the_coordinator_s_word_is_shown_with_as_many_queries_for_many_as_for_few(
    small: Stage, large: Stage
) -> None:
    for stage, sessions in ((small, 2), (large, 20)):
        with stage.db.read() as work:
            found = meetings.meetings_of_fair(work, stage.fair.id)[:sessions]
        for one in found:
            cancel(stage.db, one.id, seen_revision=one.revision, now=NOW, actor=COORDINATOR_ACTOR)
    few, many = (queries_for(one, f"{FAIR}/changes", COORDINATOR) for one in (small, large))

    assert many == few


def test_who_declines_is_shown_with_as_many_queries_for_many_as_for_few(small: Stage, large: Stage) -> None:
    for stage, sessions in ((small, 1), (large, 20)):
        with stage.db.read() as work:
            found = [
                one for one in meetings.meetings_of_fair(work, stage.fair.id) if one.state == "confirmed"
            ]
        for one in found[:sessions]:
            answer(
                stage.db,
                one.id,
                one.company_id or "",
                "declined",
                seen_start_at=one.slot.start_at,
                now=NOW,
                actor=SYSTEM,
            )
    for path in (f"{FAIR}/", f"{FAIR}/participants/", "/replies/"):
        few, many = (queries_for(one, path, COORDINATOR) for one in (small, large))
        assert many == few, path
