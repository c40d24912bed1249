"""The states of a meeting."""

from datetime import timedelta
from itertools import product

import pytest

from scheduler.booking.errors import IllegalMove
from scheduler.booking.meeting import LEGAL_MOVES, State, has_lapsed, lapses_at
from tests.builders import a_meeting, at

LEGAL = [(before, after) for before, moves in LEGAL_MOVES.items() for after in sorted(moves)]
ILLEGAL = [pair for pair in product(State, State) if pair not in LEGAL]


@pytest.mark.parametrize(("before", "after"), LEGAL)
def test_a_legal_move_changes_the_state_and_ends_the_hold(before: State, after: State) -> None:
    meeting = a_meeting(state=before, lapses_at=at("10:00"))

    kept = at("10:00") if after is State.CANCELLED else None
    assert meeting.to_state(after) == a_meeting(state=after, lapses_at=kept)


@pytest.mark.parametrize(("before", "after"), ILLEGAL)
def test_any_other_move_is_refused_with_both_states(before: State, after: State) -> None:
    with pytest.raises(IllegalMove) as refusal:
        a_meeting(state=before).to_state(after)

    assert (refusal.value.meeting_id, refusal.value.from_state, refusal.value.to_state) == (
        "m1",
        before,
        after,
    )


def test_only_a_cancelled_meeting_gives_up_its_claims() -> None:
    assert [state for state in State if not a_meeting(state=state).is_live] == [State.CANCELLED]


def test_a_meeting_claims_everybody_in_it_once() -> None:
    assert a_meeting().resource_ids == ("b1", "c1", "i1", "r1")
    bare = a_meeting(company_id=None, buyer_id=None, interpreter_ids=())
    assert bare.resource_ids == ("r1",)


def test_a_hold_lapses_at_its_moment() -> None:
    hold = a_meeting(state=State.HELD, lapses_at=lapses_at(at("09:00"), 30))

    assert not has_lapsed(hold, at("09:30") - timedelta(seconds=1))
    assert has_lapsed(hold, at("09:30"))


def test_what_is_no_hold_never_lapses() -> None:
    assert not has_lapsed(a_meeting(state=State.CONFIRMED, lapses_at=at("09:00")), at("10:00"))
    assert not has_lapsed(a_meeting(state=State.HELD, lapses_at=None), at("10:00"))
