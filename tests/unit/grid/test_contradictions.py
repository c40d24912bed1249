"""Problems that no plan can keep: what contradicts what, and where in the file it stands."""

from scheduler.booking.match import Priority
from scheduler.booking.rules import Busy
from scheduler.grid.contradictions import contradictions_in, contradictory_places
from scheduler.grid.problem import Problem
from tests.builders import SEOUL, a_company, a_match, a_placement, a_problem, a_room, a_slot, hours

OTHER = a_placement(a_match(company="c2", buyer="b2"), interpreter_ids=("i2",), room_id="r2")


def places_of(problem: Problem) -> list[tuple[str, str]]:
    """Where the file is at fault and which rule says so."""
    rules = [one.rule for one in contradictions_in(problem)]
    return [(one.place, rule) for one, rule in zip(contradictory_places(problem), rules, strict=True)]


def test_pins_that_fit_together_contradict_nothing() -> None:
    assert places_of(a_problem(pins=(a_placement(), OTHER))) == []


def test_a_pair_pinned_and_never_is_told_at_the_pin() -> None:
    matches = (a_match(priority=Priority.NEVER), a_match(company="c2", buyer="b2"))
    problem = a_problem(matches=matches, pins=(OTHER, a_placement()))

    assert places_of(problem) == [("$.pins[1]", "never_pair")]
    assert contradictory_places(problem)[0].wrong.text("en").endswith("are marked never to meet")


def test_a_pair_of_which_another_match_says_never_cannot_be_pinned_either() -> None:
    matches = (a_match(), a_match(id="again", priority=Priority.NEVER))

    assert places_of(a_problem(matches=matches, pins=(a_placement(),))) == [("$.pins[0]", "never_pair")]


def test_two_pins_that_want_the_same_at_once_are_told_together() -> None:
    same_room = a_placement(a_match(company="c2", buyer="b2"), interpreter_ids=("i2",))

    assert places_of(a_problem(pins=(a_placement(), same_room))) == [
        ("$.pins[0], $.pins[1]", "room_once_at_a_time")
    ]


def test_a_pin_in_a_closed_room_or_elsewhere_booked_is_told_at_its_place() -> None:
    closed = (a_room("r1", hours=hours(SEOUL, "13:00-18:00")), a_room("r2"))
    problem = a_problem(
        rooms=closed, pins=(a_placement(), OTHER), busy=(Busy(resource_id="c2", slot=a_slot()),)
    )

    assert places_of(problem) == [("$.pins[0]", "room_hours"), ("$.pins[1]", "busy_elsewhere")]


def test_a_pin_of_somebody_else_s_match_is_told_at_its_place() -> None:
    stranger = a_placement(company_id="c2")

    assert places_of(a_problem(pins=(OTHER, stranger)))[0] == ("$.pins[1]", "right_people")


def test_more_pins_on_a_day_than_somebody_takes_are_all_told() -> None:
    problem = a_problem(
        companies=(a_company("c1", daily_limit=1), a_company("c2")),
        pins=(
            OTHER,
            a_placement(),
            a_placement(a_match(buyer="b2"), a_slot("11:00"), interpreter_ids=("i1",)),
        ),
    )

    assert places_of(problem) == [("$.pins[1], $.pins[2]", "company_daily_limit")]
