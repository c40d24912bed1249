"""A slot that somebody gives up, offered to those whom it suits: the first to accept has it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.booking.errors import BadInput, NotFound, SlotTaken, StaleRevision
from scheduler.booking.fair import FairState
from scheduler.booking.meeting import Meeting
from scheduler.services.actor import Actor, Role
from scheduler.services.book import book
from scheduler.services.deliver import deliver_all
from scheduler.services.offer import (
    NotOffered,
    OfferGone,
    accept_offer,
    decline_offer,
    make_offers,
    offer_address,
    offer_of_token,
    offer_page,
    offer_token,
    offers_for,
)
from scheduler.services.receive_reply import receive
from scheduler.storage import fairs
from scheduler.storage.db import open_database
from scheduler.storage.offers import Offer
from scheduler.timezones.span import WallSpan
from tests.builders import JAKARTA, a_buyer, a_company, a_match, a_room, an_interpreter
from tests.replies import a_reply
from tests.services.stage import COMPANY, COORDINATOR, NOW, Outgoing, Stage, a_post, a_stage, mailed

HOUR = timedelta(hours=1)
SECOND = Actor(role=Role.COMPANY, name="둘째", account_id="acc_3", resource_id="c2")


@pytest.fixture
def told(tmp_path: Path) -> Stage:
    """Three companies want one buyer, who has a session with the first; one more buyer is free."""
    people = (
        *(mailed(a_company(f"c{number}")) for number in (1, 2, 3)),
        *(mailed(a_buyer(f"b{number}", zone=JAKARTA), "en") for number in (1, 2)),
        *(mailed(an_interpreter(f"i{number}")) for number in (1, 2, 3)),
        *(a_room(f"r{number}") for number in (1, 2, 3)),
    )
    pairs = (("c1", "b1"), ("c2", "b1"), ("c3", "b1"), ("c1", "b2"))
    matched = tuple(a_match(company=company, buyer=buyer) for company, buyer in pairs)
    stage = a_stage(tmp_path, people_of_fair=people, matched=matched)
    with stage.db.write() as work:
        fairs.set_fair_state(work, stage.fair.id, FairState.PUBLISHED, NOW)
    return stage


def booked(stage: Stage) -> Meeting:
    meeting = book(stage.db, stage.settings, stage.wish("c1-b1"), now=NOW, actor=COMPANY)
    sent(stage)
    return meeting


def declined_by(stage: Stage, person: str) -> Meeting:
    meeting = booked(stage)
    receive(stage.db, a_reply(meeting.uid, attendee=f"{person}@mail.example", partstat="DECLINED"), now=NOW)
    return meeting


def sent(stage: Stage, now: object = NOW) -> Outgoing:
    post = a_post()
    deliver_all(stage.db, stage.settings, post, now=now, owner="test")  # type: ignore[arg-type]
    return post


def offered(stage: Stage, meeting: Meeting, *match_ids: str, hours: int = 6) -> dict[str, Offer]:
    made = make_offers(
        stage.db, meeting.id, match_ids, seen_revision=0, hours=hours, now=NOW, actor=COORDINATOR
    )
    return {one.match_id: one for one in made}


def fits(stage: Stage, meeting: Meeting) -> list[tuple[str, str]]:
    page = offer_page(stage.db, meeting.id, now=NOW)
    return [(one.match.id, one.recipient.id) for one in page.candidates]


def test_when_a_company_declines_the_others_who_want_the_buyer_fit(told: Stage) -> None:
    assert fits(told, declined_by(told, "c1")) == [("c2-b1", "c2"), ("c3-b1", "c3")]


def test_when_the_buyer_declines_the_company_s_other_buyers_fit(told: Stage) -> None:
    assert fits(told, declined_by(told, "b1")) == [("c1-b2", "b2")]


def test_who_is_not_there_then_does_not_fit(told: Stage) -> None:
    meeting = declined_by(told, "c1")
    away = a_company("c2").hours.without(told.fair.days[0], WallSpan.parse("00:00-24:00"))
    told.change(replace(mailed(a_company("c2")), hours=away))
    assert fits(told, meeting) == [("c3-b1", "c3")]


def test_the_session_is_cancelled_and_everybody_is_told_at_once(told: Stage) -> None:
    meeting = declined_by(told, "c1")
    offers = offered(told, meeting, "c2-b1", "c3-b1")
    mails = sorted(sent(told).subjects)
    when = "6.24(수) 09:00–09:30 KST · 07:00–07:30 WIB"
    assert [to for to, subject in mails if "취소" in subject or "Cancelled" in subject] == [
        f"{name} <{key}@mail.example>"
        for name, key in sorted((("PT Sample b1", "b1"), ("남동산업 c1", "c1"), ("통역사 i1", "i1")))
    ]
    assert [one for one in mails if when in one[1] and "비었습니다" in one[1]] == [
        ("남동산업 c2 <c2@mail.example>", f"상담 시간이 비었습니다: {when}"),
        ("남동산업 c3 <c3@mail.example>", f"상담 시간이 비었습니다: {when}"),
    ]
    assert {one.state for one in offers.values()} == {"open"}


def test_the_first_to_accept_has_the_slot_and_the_others_are_told(told: Stage) -> None:
    offers = offered(told, declined_by(told, "c1"), "c2-b1", "c3-b1")
    sent(told)
    accept_offer(told.db, told.settings, offers["c2-b1"].id, now=NOW + HOUR, actor=SECOND)
    with pytest.raises(OfferGone):
        accept_offer(told.db, told.settings, offers["c3-b1"].id, now=NOW + HOUR, actor=SECOND)
    assert [one for one in told.meetings() if one[1] == "confirmed"] == [
        ("c2-b1", "confirmed", 0, ("i1",), "r1")
    ]
    subjects = dict(sent(told, NOW + HOUR).subjects)
    assert subjects["남동산업 c3 <c3@mail.example>"].startswith("제안받은 시간이 마감되었습니다")
    assert set(subjects) == {
        "남동산업 c3 <c3@mail.example>",
        "남동산업 c2 <c2@mail.example>",
        "PT Sample b1 <b1@mail.example>",
        "통역사 i1 <i1@mail.example>",
    }


def test_an_offer_lapses_at_its_moment_and_is_not_sent_after_it(told: Stage) -> None:
    offers = offered(told, declined_by(told, "c1"), "c2-b1", hours=2)
    assert [one.offer.id for one in offers_for(told.db, "c2", now=NOW + 2 * HOUR - HOUR / 60)] == [
        offers["c2-b1"].id
    ]
    assert offers_for(told.db, "c2", now=NOW + 2 * HOUR) == ()
    with pytest.raises(OfferGone):
        accept_offer(told.db, told.settings, offers["c2-b1"].id, now=NOW + 2 * HOUR, actor=SECOND)
    assert not [to for to, _ in sent(told, NOW + 2 * HOUR).subjects if "c2@" in to]


def test_who_declines_an_offer_leaves_it_to_the_others(told: Stage) -> None:
    offers = offered(told, declined_by(told, "c1"), "c2-b1", "c3-b1")
    decline_offer(told.db, offers["c2-b1"].id, now=NOW, actor=SECOND)
    assert offers_for(told.db, "c2", now=NOW) == ()
    assert len(offers_for(told.db, "c3", now=NOW)) == 1


def test_a_slot_that_was_booked_by_hand_meanwhile_cannot_be_accepted_and_nothing_changes(told: Stage) -> None:
    offers = offered(told, declined_by(told, "c1"), "c2-b1")
    book(told.db, told.settings, told.wish("c3-b1"), now=NOW, actor=COMPANY)
    before = told.meetings()
    with pytest.raises(SlotTaken):
        accept_offer(told.db, told.settings, offers["c2-b1"].id, now=NOW, actor=SECOND)
    assert told.meetings() == before


def test_nothing_is_cancelled_when_an_offer_makes_no_sense(told: Stage) -> None:
    meeting = declined_by(told, "c1")
    before = told.meetings()
    with pytest.raises(BadInput) as refused:
        offered(told, meeting, "c1-b2", hours=5)
    assert [one.place for one in refused.value.faults] == ["match", "hours"]
    with pytest.raises(BadInput):
        offered(told, meeting)
    with pytest.raises(StaleRevision):
        make_offers(told.db, meeting.id, ["c2-b1"], seen_revision=3, hours=6, now=NOW, actor=COORDINATOR)
    with pytest.raises(NotOffered):
        offer_page(told.db, meeting.id, now=meeting.slot.start_at)
    assert told.meetings() == before


def test_only_the_installation_can_make_the_address_of_an_offer(told: Stage) -> None:
    [offer] = offered(told, declined_by(told, "c1"), "c2-b1").values()
    token = offer_token(told.settings, offer.id)
    assert offer_address(told.settings, offer.id) == f"https://fair.example/offers/{token}"
    assert offer_of_token(told.settings, token) == offer.id
    for forged in (offer.id, f"{offer.id}.", token[:-1] + "A" * (token[-1] != "A") + "B", "offer_x.\ud800"):
        with pytest.raises(NotFound):
            offer_of_token(told.settings, forged)


def test_a_buyer_in_indonesia_is_offered_the_slot_in_indonesian_by_their_clocks(told: Stage) -> None:
    told.change(mailed(a_buyer("b2", zone=JAKARTA), "id"))
    offered(told, declined_by(told, "b1"), "c1-b2")
    [mail] = [one for one in sent(told).kept if "b2@" in str(one["To"])]
    assert str(mail["Subject"]).startswith("Ada waktu sesi yang kosong: ")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "16:00 WIB" in text


def test_of_two_who_accept_at_one_moment_one_is_first(told: Stage) -> None:
    offers = offered(told, declined_by(told, "c1"), "c2-b1", "c3-b1")
    gate = threading.Barrier(2)

    def accepts(offer: Offer) -> str:
        own = open_database(told.settings.database_url)
        gate.wait(10)
        try:
            return accept_offer(own, told.settings, offer.id, now=NOW, actor=SECOND).match_id or ""
        except OfferGone:
            return "gone"
        finally:
            own.dispose()

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(accepts, offers.values()))
    [booked_match] = [match_id for match_id, state, *_ in told.meetings() if state == "confirmed"]
    assert answers == sorted([booked_match, "gone"])
    assert [row.kind for row in told.rows() if row.kind == "offer_gone"] == ["offer_gone"]
