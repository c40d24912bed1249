"""Free times that a buyer marks, and what a coordinator makes of them."""

from datetime import timedelta

import pytest

from scheduler.booking.errors import BadInput, NotFound
from scheduler.services.actor import Actor, Role
from scheduler.services.book import book
from scheduler.services.options import options_for
from scheduler.services.proposals import (
    Settled,
    accept,
    decline,
    free_grid,
    open_proposals,
    proposal_page,
    propose,
)
from scheduler.storage import people
from tests.builders import DALLAS, FIRST_DAY, JAKARTA, a_fair, a_slot
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_stage

BUYER = Actor(role=Role.BUYER, name="buyer", resource_id="b1")
MINUTE = timedelta(minutes=1)


def key(clock: str, day: int = 0) -> str:
    return str(int(a_slot(clock, day=day).start_at.timestamp()))


def sent(stage: Stage, *clocks: str, **given: object) -> str:
    facts = {"now": NOW, "actor": BUYER, **given}
    return propose(stage.db, "b1", stage.fair.id, [key(one) for one in clocks], **facts).id  # type: ignore[arg-type]


def hours_of(stage: Stage, buyer_id: str = "b1") -> list[str]:
    with stage.db.read() as work:
        found = people.get_resource(work, buyer_id, stage.fair.id).hours
    return [one.text() for one in dict(found.dated).get(FIRST_DAY, ())]


def test_the_grid_shows_the_fair_in_the_reader_s_own_days_and_clocks(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    grid = free_grid(stage.db, "b1", stage.fair.id, zone=JAKARTA, now=NOW)

    assert [clock.strftime("%H:%M") for clock, _ in grid.rows] == [
        "07:00",
        "07:30",
        "08:00",
        "08:30",
        "09:00",
        "09:30",
    ]
    assert grid.days == (FIRST_DAY,)
    assert [cell.session and cell.session.id for cell in grid.cells] == [meeting.id, *[None] * 5]
    assert all(cell.is_free and not cell.is_over for cell in grid.cells)


def test_two_days_in_korea_are_two_evenings_in_dallas(tmp_path) -> None:
    stage = a_stage(tmp_path, fair=a_fair(days=(FIRST_DAY, FIRST_DAY + timedelta(days=1))))
    grid = free_grid(stage.db, "b2", stage.fair.id, zone=DALLAS, now=NOW)

    assert [day.isoformat() for day in grid.days] == ["2026-06-23", "2026-06-24"]
    assert [clock.strftime("%H:%M") for clock, _ in grid.rows][0::5] == ["19:00", "21:30"]
    assert len(grid.cells) == 12


def test_a_proposal_waits_and_changes_nothing_until_it_is_accepted(stage: Stage) -> None:
    sent(stage, "09:00", "09:30", "11:00", comment="mornings please")

    assert hours_of(stage) == []
    [(waiting, fair, person)] = open_proposals(stage.db)
    assert (waiting.comment, fair.id, person.id) == ("mornings please", stage.fair.id, "b1")
    accept(stage.db, waiting.id, now=NOW, actor=COORDINATOR)
    assert hours_of(stage) == ["07:00-08:00", "09:00-09:30"]
    assert open_proposals(stage.db) == ()


def test_a_later_proposal_takes_the_place_of_an_earlier_one_and_the_same_again_is_none(stage: Stage) -> None:
    first = sent(stage, "09:00")
    assert sent(stage, "09:00", now=NOW + MINUTE) == first
    second = sent(stage, "09:30", now=NOW + 2 * MINUTE)

    assert [one.id for one, _, _ in open_proposals(stage.db)] == [second]
    with pytest.raises(Settled):
        accept(stage.db, first, now=NOW, actor=COORDINATOR)


def test_what_is_accepted_is_what_the_moments_of_a_session_are_judged_by(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COMPANY)
    waiting = sent(stage, "10:00", "10:30")
    page = proposal_page(stage.db, waiting, now=NOW)

    assert [one.meeting and one.meeting.id for one in page.outside] == [meeting.id]
    assert (page.added, len(page.dropped)) == ((), 4)
    accept(stage.db, waiting, now=NOW, actor=COORDINATOR)
    free = [one.slot for one in options_for(stage.db, meeting.id, now=NOW) if not one.conflicts]
    assert free == [a_slot("10:00"), a_slot("10:30")]


def test_a_declined_proposal_leaves_the_hours_alone(stage: Stage) -> None:
    waiting = sent(stage, "10:00")
    decline(stage.db, waiting, now=NOW, actor=COORDINATOR)

    assert hours_of(stage) == []
    with pytest.raises(Settled):
        accept(stage.db, waiting, now=NOW, actor=COORDINATOR)


@pytest.mark.parametrize(
    ("marked", "comment", "places"),
    [([], "", ["slots"]), (["1"], "", ["slots"]), (["x"], "y" * 501, ["slots", "comment"])],
)
def test_what_is_no_slot_ahead_is_refused_with_all_faults_at_once(
    stage: Stage, marked: list[str], comment: str, places: list[str]
) -> None:
    with pytest.raises(BadInput) as refused:
        propose(stage.db, "b1", stage.fair.id, marked, comment=comment, now=NOW, actor=BUYER)
    assert [fault.place for fault in refused.value.faults] == places


def test_a_fair_that_is_not_there_has_no_grid(stage: Stage) -> None:
    with pytest.raises(NotFound):
        free_grid(stage.db, "b1", "fair-9", zone=JAKARTA, now=NOW)
