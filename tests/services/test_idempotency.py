"""One request, however often it arrives."""

import threading
from datetime import timedelta

import pytest

from scheduler.booking.errors import SlotTaken
from scheduler.booking.meeting import Meeting
from scheduler.services.book import RoomWish, book, book_room, walk_in
from scheduler.services.cancel import cancel
from scheduler.services.hold import hold
from scheduler.services.idempotency import (
    KEPT,
    BadKey,
    KeyUsedBefore,
    Ticket,
    forget_old_answers,
    new_key,
    ticket_for,
)
from scheduler.storage import idempotency
from tests.builders import a_slot
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage


def a_ticket(*request: object, key: str = "once_1") -> Ticket:
    return ticket_for(COORDINATOR, key, *request)


def test_a_form_sent_twice_books_once_and_gives_the_same_answer(stage: Stage) -> None:
    given = {"now": NOW, "actor": COORDINATOR, "ticket": a_ticket("c1-b1", "09:00")}
    first = book(stage.db, stage.settings, stage.wish(), **given)
    assert book(stage.db, stage.settings, stage.wish(), **given) == first
    assert len(stage.meetings()) == 1
    assert stage.trail("meeting", first.id) == [("coordinator:acc_1", "book")]


def test_fifty_at_once_book_once_and_hear_the_same(stage: Stage) -> None:
    start, answers = threading.Barrier(50), list[Meeting]()
    ticket = a_ticket("c1-b1", "09:00")

    def ask() -> None:
        start.wait(60)
        answers.append(
            book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR, ticket=ticket)
        )

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(answers) == 50
    assert len({one.id for one in answers}) == 1
    assert len(stage.meetings()) == 1


def test_the_same_key_with_another_request_is_refused(stage: Stage) -> None:
    given = {"now": NOW, "actor": COORDINATOR}
    book(stage.db, stage.settings, stage.wish(), **given, ticket=a_ticket("c1-b1"))
    with pytest.raises(KeyUsedBefore):
        book(stage.db, stage.settings, stage.wish("c2-b2"), **given, ticket=a_ticket("c2-b2"))
    assert len(stage.meetings()) == 1


def test_a_key_belongs_to_whoever_sent_it(stage: Stage) -> None:
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR, ticket=a_ticket("c1-b1"))
    theirs = ticket_for(COMPANY, "once_1", "c2-b2")
    book(stage.db, stage.settings, stage.wish("c2-b2"), now=NOW, actor=COMPANY, ticket=theirs)
    assert len(stage.meetings()) == 2


def test_what_was_refused_may_be_asked_again_under_the_same_key(stage: Stage) -> None:
    standing = book(stage.db, stage.settings, stage.wish("c1-b2"), now=NOW, actor=COORDINATOR)
    given = {"now": NOW, "actor": COORDINATOR, "ticket": a_ticket("c1-b1")}
    with pytest.raises(SlotTaken):
        book(stage.db, stage.settings, stage.wish(), **given)
    cancel(stage.db, standing.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert book(stage.db, stage.settings, stage.wish(), **given).match_id == "c1-b1"


def test_holds_walk_ins_and_rooms_are_kept_to_one_as_well(stage: Stage) -> None:
    given = {"now": NOW, "actor": COORDINATOR}
    held = [hold(stage.db, stage.settings, stage.wish(), **given, ticket=a_ticket(key="a")) for _ in range(2)]
    walked = [
        walk_in(stage.db, stage.settings, stage.wish("c2-b2"), **given, ticket=a_ticket(key="b"))
        for _ in range(2)
    ]
    wish = RoomWish(room_id="r1", slot=a_slot("16:00"))
    rooms = [book_room(stage.db, stage.settings, wish, **given, ticket=a_ticket(key="c")) for _ in range(2)]
    assert [one[0] == one[1] for one in (held, walked, rooms)] == [True, True, True]


def test_keys_are_new_each_time_and_bounded() -> None:
    assert new_key() != new_key()
    for key in ("", "x" * 201):
        with pytest.raises(BadKey):
            a_ticket(key=key)


def test_answers_are_forgotten_when_nobody_will_repeat_the_request(stage: Stage) -> None:
    ticket = a_ticket("c1-b1")
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR, ticket=ticket)
    forget_old_answers(stage.db, now=NOW + KEPT)
    with stage.db.read() as work:
        assert idempotency.find_answered(work, ticket.actor, ticket.key) is not None
    forget_old_answers(stage.db, now=NOW + KEPT + timedelta(seconds=1))
    with stage.db.read() as work:
        assert idempotency.find_answered(work, ticket.actor, ticket.key) is None
