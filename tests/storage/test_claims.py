from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from scheduler.booking.meeting import State
from scheduler.booking.slot import Slot
from scheduler.storage import claims, meetings
from scheduler.storage.db import Database
from scheduler.storage.errors import AlreadyThere, ClaimsTaken
from scheduler.storage.tables import ClaimTable, table_of
from tests.builders import a_meeting, a_slot
from tests.storage.invariants import claims_that_differ
from tests.storage.stage import NOW, book, ticks_of

CLAIM = table_of(ClaimTable)
EVERYONE = ("b1", "c1", "i1", "r1")


def test_a_meeting_claims_each_of_its_resources_for_each_tick(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting())
    with staged.read() as work:
        ticks = a_slot().ticks()
        assert claims.claims_between(work, EVERYONE, ticks.start, ticks.stop) == dict.fromkeys(
            EVERYONE, frozenset(ticks)
        )
        assert claims.owners_of(work, "r1", [*ticks, ticks.stop]) == dict.fromkeys(ticks, "m1")


def test_the_last_tick_asked_for_is_not_among_the_answers(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting())
    first = a_slot().ticks().start
    with staged.read() as work:
        assert claims.claims_between(work, ["c1", "c2"], first - 10, first) == {}
        assert claims.claims_between(work, ["c1", "c2"], first, first + 1) == {"c1": frozenset({first})}


def test_the_key_itself_refuses_a_resource_twice_at_one_moment(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting())
        meetings.add_meeting(work, a_meeting("m2", match_id="c1-b2"), NOW)
    stolen = {"resource_id": "r1", "tick": a_slot().ticks().start, "meeting_id": "m2"}
    with pytest.raises(AlreadyThere) as refused, staged.write() as work:
        work.execute(CLAIM.insert().values(stolen))
    assert (refused.value.table, refused.value.columns) == ("claim", ("resource_id", "tick"))


def test_a_claim_belongs_to_a_meeting(staged: Database) -> None:
    with pytest.raises(IntegrityError), staged.write() as work:
        claims.take_claims(work, "nobody", {"r1": range(3)})


def test_what_is_taken_is_named_with_its_owner_and_nothing_is_kept(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting())
    shifted = Slot.lasting(a_slot().start_at + timedelta(minutes=20), 45)
    late = a_meeting("m2", slot=shifted, company_id="c2", buyer_id="b2", match_id="c2-b2")
    with pytest.raises(ClaimsTaken) as lost, staged.write() as work:
        book(work, late)
    last = list(a_slot().ticks())[-2:]
    assert lost.value.taken == tuple((one, tick, "m1") for one in ("i1", "r1") for tick in last)
    with staged.read() as work:
        assert meetings.meetings_by_id(work, ["m2"]) == {}
        assert claims_that_differ(work) == set()


def test_back_to_back_touches_and_is_no_conflict(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting())
        book(work, a_meeting("m2", slot=a_slot("09:30"), match_id="c1-b2"))
    with staged.read() as work:
        assert claims_that_differ(work) == set()


def test_many_meetings_are_claimed_together_or_all_that_is_taken_is_named(staged: Database) -> None:
    first, second = a_meeting(), a_meeting("m2", slot=a_slot("09:30"), match_id="c1-b2")
    third = a_meeting("m3", slot=a_slot("09:30"), match_id="c2-b2", company_id="c2", buyer_id="b2")
    with staged.write() as work:
        book(work, third)
    with pytest.raises(ClaimsTaken) as lost, staged.write() as work:
        meetings.add_meetings(work, (first, second), NOW)
        claims.take_all_claims(work, {one.id: ticks_of(one) for one in (first, second)})
    ticks = a_slot("09:30").ticks()
    assert lost.value.taken == tuple((one, tick, "m3") for one in ("i1", "r1") for tick in ticks)


def test_two_meetings_of_one_publication_cannot_share_a_resource_either(staged: Database) -> None:
    first, second = a_meeting(), a_meeting("m2", match_id="c2-b2", company_id="c2", buyer_id="b2")
    with pytest.raises(ClaimsTaken) as lost, staged.write() as work:
        meetings.add_meetings(work, (first, second), NOW)
        claims.take_all_claims(work, {one.id: ticks_of(one) for one in (first, second)})
    assert {(resource_id, owner) for resource_id, _, owner in lost.value.taken} == {
        ("i1", "m1"),
        ("r1", "m1"),
    }


def test_what_a_meeting_gives_back_is_free_for_the_next(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting())
        claims.release_claims(work, "m1")
        meetings.save_meeting(work, replace(a_meeting(), state=State.CANCELLED, revision=1), NOW)
        book(work, a_meeting("m2"))
    with staged.read() as work:
        assert claims_that_differ(work) == set()


def test_a_lost_attempt_can_be_taken_back_to_a_savepoint(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting())
        with pytest.raises(ClaimsTaken), work.begin_nested():
            book(work, a_meeting("m2", match_id="c1-b2"))
        book(work, a_meeting("m3", slot=a_slot("10:00"), match_id="c1-b2"))
    with staged.read() as work:
        assert [one.id for one in meetings.meetings_of_fair(work, "fair-1")] == ["m1", "m3"]
        assert claims_that_differ(work) == set()


def test_a_lapsed_hold_frees_what_it_claimed(staged: Database) -> None:
    held = a_meeting(state=State.HELD, lapses_at=NOW)
    with staged.write() as work:
        book(work, held)
    with staged.write() as work:
        assert claims.release_lapsed(work, NOW - timedelta(seconds=1)) == ()
    with staged.write() as work:
        freed = claims.release_lapsed(work, NOW)
        book(work, a_meeting("m2"))
    assert freed == (replace(held, state=State.CANCELLED, revision=1),)
    with staged.read() as work:
        assert claims_that_differ(work) == set()
        assert meetings.get_meeting(work, "m1") == freed[0]


def test_a_hold_that_has_not_lapsed_stands_in_the_way(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting(state=State.HELD, lapses_at=NOW))
    with pytest.raises(ClaimsTaken), staged.write() as work:
        claims.release_lapsed(work, NOW - timedelta(seconds=1))
        book(work, a_meeting("m2", match_id="c1-b2"))


def test_a_meeting_that_is_to_move_does_not_stand_in_its_own_way(staged: Database) -> None:
    ticks = a_slot().ticks()
    with staged.write() as work:
        book(work, a_meeting())
        book(work, a_meeting("m2", slot=a_slot("09:30"), match_id="c1-b2"))
        found = claims.claims_between(work, ["r1"], ticks.start, ticks.stop + 3, without="m1")
    assert found == {"r1": frozenset(range(ticks.stop, ticks.stop + 3))}


def test_more_resources_than_one_statement_takes_are_asked_for_in_pieces(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting())
        many = [f"nobody-{number}" for number in range(1201)]
        found = claims.claims_between(work, [*many, "r1"], 0, a_slot().ticks().start + 1)
        assert found == {"r1": frozenset({a_slot().ticks().start})}


def test_removing_a_meeting_takes_its_claims_along(staged: Database) -> None:
    with staged.write() as work:
        book(work, a_meeting())
        work.execute(meetings.MEETING.delete())
        assert work.execute(select(CLAIM)).all() == []
