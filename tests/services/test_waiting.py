"""The waiting list: the first in line whom a freed moment fits, offers that end and are passed on, one booking."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.booking.errors import NotFound, RulesBroken, SlotTaken
from scheduler.booking.fair import FairState
from scheduler.booking.meeting import Meeting
from scheduler.services.actor import Actor, Role
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all
from scheduler.services.hold import hold
from scheduler.services.offer import make_offers
from scheduler.services.waiting import (
    OfferOver,
    accept_offer,
    decline_offer,
    join_line,
    leave_line,
    line_of,
    offer_freed,
)
from scheduler.storage import fairs, meetings
from scheduler.storage.waiting import Waiting
from scheduler.timezones.hours import Hours
from tests.builders import SEOUL, a_company, a_fair, a_match, a_slot, at, spans
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_post, mailed, the_people
from tests.services.test_self_pick import OTHER, a_picking_stage, with_rules

THIRD = Actor(role=Role.COMPANY, name="셋째", account_id="acc_4", resource_id="c3")
ACTORS = {"c1": COMPANY, "c2": OTHER, "c3": THIRD}
OFFER_ENDS = NOW + timedelta(minutes=120)


@pytest.fixture
def full(tmp_path: Path) -> Stage:
    """One slot, three companies who all want buyer b1; the coordinator has given it to c1."""
    everybody = (*the_people(), mailed(a_company("c3")))
    stage = a_picking_stage(
        tmp_path,
        fair=a_fair(opening=spans("09:00-09:30")),
        people_of_fair=everybody,
        matched=tuple(a_match(company=one, buyer="b1") for one in ("c1", "c2", "c3")),
    )
    book(stage.db, stage.settings, stage.wish("c1-b1"), now=NOW, actor=COORDINATOR)
    return stage


def waits(stage: Stage, company: str, *, now: datetime = NOW, start_at: datetime | None = None) -> Waiting:
    actor = ACTORS[company]
    return join_line(stage.db, "sample", company, "b1", start_at=start_at, now=now, actor=actor)


def cancelled(stage: Stage, match: str = "c1-b1") -> None:
    with stage.db.read() as work:
        meeting = meetings.live_meeting_of_match(work, match)
    assert meeting is not None
    cancel(stage.db, meeting.id, seen_revision=meeting.revision, now=NOW, actor=COORDINATOR)


def accepted(stage: Stage, place: Waiting, *, now: datetime = NOW) -> Meeting:
    actor = ACTORS[place.company_id]
    return accept_offer(stage.db, stage.settings, place.company_id, place.id, now=now, actor=actor)


def line(stage: Stage) -> list[tuple[str, str, datetime | None]]:
    """Company, state and start of what is offered, the first comer first."""
    return [
        (one.waiting.company_id, one.waiting.state, one.waiting.offered and one.waiting.offered.start_at)
        for one in line_of(stage.db, "sample")
    ]


def test_while_nothing_is_free_nobody_is_offered_anything(full: Stage) -> None:
    waits(full, "c2")
    assert offer_freed(full.db, now=NOW) == 0
    assert line(full) == [("c2", "waiting", None)]


def test_a_cancelled_session_is_offered_to_the_first_in_line_by_mail(full: Stage) -> None:
    waits(full, "c3")
    waits(full, "c2", now=NOW + timedelta(seconds=1))
    cancelled(full)
    assert [offer_freed(full.db, now=NOW) for _ in range(2)] == [1, 0]
    assert line(full) == [("c3", "offered", at("09:00")), ("c2", "waiting", None)]
    post = a_post()
    deliver_all(full.db, full.settings, post, now=NOW, owner="t")
    [mail] = [one for one in post.kept if "c3@mail.example" in str(one["To"])]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "6.24(수) 09:00–09:30 KST" in body.get_content()
    assert "6.17(수) 14:00 KST" in body.get_content()
    assert "https://fair.example/my/fairs/sample/buyers/b1" in body.get_content()


def test_a_lapsed_hold_is_offered_too(full: Stage) -> None:
    cancelled(full)
    hold(full.db, full.settings, full.wish("c1-b1"), now=NOW, actor=COMPANY)
    waits(full, "c2")
    assert offer_freed(full.db, now=NOW) == 0
    assert offer_freed(full.db, now=NOW + timedelta(minutes=10)) == 1


def test_an_accepted_offer_is_booked_once_however_often_it_is_said(full: Stage) -> None:
    place = waits(full, "c2")
    cancelled(full)
    offer_freed(full.db, now=NOW)
    first, second = accepted(full, place), accepted(full, place)
    assert (first.id, first.slot, str(first.state), first.match_id) == (
        second.id,
        a_slot("09:00"),
        "confirmed",
        "c2-b1",
    )
    assert line(full) == []
    told = [row for row in full.rows() if row.meeting_id == first.id and row.kind == "request"]
    assert [row.recipient_id for row in told] == ["b1", "c2", "i1"]


def test_whoever_accepts_too_late_is_told_who_was_faster_and_keeps_the_place(full: Stage) -> None:
    place = waits(full, "c2")
    cancelled(full)
    offer_freed(full.db, now=NOW)
    book(full.db, full.settings, full.wish("c3-b1"), now=NOW, actor=THIRD)
    with pytest.raises(SlotTaken) as refused:
        accepted(full, place)
    assert [one.resource_id for one in refused.value.taken] == ["b1"]
    assert line(full) == [("c2", "waiting", None)]
    with pytest.raises(OfferOver):
        accepted(full, place)


def test_an_offer_that_runs_out_is_passed_on_and_not_made_again(full: Stage) -> None:
    first = waits(full, "c2")
    waits(full, "c3", now=NOW + timedelta(seconds=1))
    cancelled(full)
    offer_freed(full.db, now=NOW)
    with pytest.raises(OfferOver):
        accepted(full, first, now=OFFER_ENDS)
    assert [offer_freed(full.db, now=OFFER_ENDS) for _ in range(2)] == [1, 0]
    assert line(full) == [("c2", "waiting", None), ("c3", "offered", at("09:00"))]
    offer_freed(full.db, now=OFFER_ENDS + timedelta(minutes=120))
    assert line(full) == [("c2", "waiting", None), ("c3", "waiting", None)]


def test_an_offer_that_is_declined_goes_to_the_next(full: Stage) -> None:
    place = waits(full, "c2")
    waits(full, "c3", now=NOW + timedelta(seconds=1))
    cancelled(full)
    offer_freed(full.db, now=NOW)
    for _ in range(2):
        decline_offer(full.db, "c2", place.id, now=NOW, actor=OTHER)
    offer_freed(full.db, now=NOW)
    assert line(full) == [("c2", "waiting", None), ("c3", "offered", at("09:00"))]


def test_the_first_whom_it_does_not_fit_is_passed_over(full: Stage) -> None:
    waits(full, "c2")
    waits(full, "c3", now=NOW + timedelta(seconds=1))
    full.change(mailed(a_company("c2", hours=Hours.never(SEOUL))))
    cancelled(full)
    offer_freed(full.db, now=NOW)
    assert line(full) == [("c2", "waiting", None), ("c3", "offered", at("09:00"))]


def test_joining_twice_is_one_place_and_leaving_ends_it(full: Stage) -> None:
    place = waits(full, "c2")
    assert waits(full, "c2").id == place.id
    for _ in range(2):
        assert leave_line(full.db, "c2", place.id, now=NOW, actor=OTHER).state == "left"
    assert line(full) == []


def test_one_waits_for_a_moment_of_the_fair_only(full: Stage) -> None:
    assert waits(full, "c2", start_at=at("09:00")).slot == a_slot("09:00")
    with pytest.raises(RulesBroken):
        waits(full, "c3", start_at=at("09:10"))


def test_whoever_meets_the_buyer_already_does_not_wait(full: Stage) -> None:
    with pytest.raises(RulesBroken) as refused:
        waits(full, "c1")
    assert [one.rule for one in refused.value.conflicts] == ["match_once"]


def test_a_place_in_the_line_is_its_companys_own(full: Stage) -> None:
    place = waits(full, "c2")
    cancelled(full)
    offer_freed(full.db, now=NOW)
    for call in (
        lambda: leave_line(full.db, "c3", place.id, now=NOW, actor=THIRD),
        lambda: decline_offer(full.db, "c3", place.id, now=NOW, actor=THIRD),
        lambda: accept_offer(full.db, full.settings, "c3", place.id, now=NOW, actor=THIRD),
    ):
        with pytest.raises(NotFound):
            call()
    assert line(full) == [("c2", "offered", at("09:00"))]


def test_nothing_is_offered_after_picking_has_ended(full: Stage) -> None:
    waits(full, "c2")
    cancelled(full)
    with_rules(full, closes_at="2026-06-17T12:00")
    assert offer_freed(full.db, now=NOW) == 0


def test_an_offer_ends_when_its_slot_can_no_longer_be_picked(full: Stage) -> None:
    waits(full, "c2")
    cancelled(full)
    late = at("06:30")
    assert offer_freed(full.db, now=late) == 1
    [place] = line_of(full.db, "sample")
    assert place.waiting.offer_expires_at == at("07:00")


def test_no_offer_is_made_that_could_not_be_taken_up(full: Stage) -> None:
    waits(full, "c2")
    cancelled(full)
    assert offer_freed(full.db, now=at("06:56")) == 0
    assert offer_freed(full.db, now=at("06:55")) == 1


def test_what_a_coordinator_offers_by_hand_is_not_offered_to_the_line_too(full: Stage) -> None:
    with full.db.write() as work:
        fairs.set_fair_state(work, full.fair.id, FairState.PUBLISHED, NOW)
        meeting = meetings.live_meeting_of_match(work, "c1-b1")
    assert meeting is not None
    waits(full, "c2")
    make_offers(
        full.db, meeting.id, ["c3-b1"], seen_revision=meeting.revision, hours=2, now=NOW, actor=COORDINATOR
    )
    assert offer_freed(full.db, now=NOW) == 0
    assert offer_freed(full.db, now=NOW + timedelta(hours=2)) == 1
