from dataclasses import replace
from datetime import timedelta
from typing import Any

from scheduler.storage import outbox
from scheduler.storage.db import Database
from scheduler.storage.meetings import add_meeting
from scheduler.storage.outbox import OutboxRow
from tests.builders import a_meeting
from tests.storage.stage import NOW

LATER = NOW + timedelta(minutes=5)


def a_row(id: str = "o1", **given: Any) -> OutboxRow:  # noqa: A002
    defaults: dict[str, Any] = {
        "meeting_id": "m1",
        "fair_id": "fair-1",
        "revision": 0,
        "kind": "request",
        "recipient_id": "c1",
        "state": "due",
        "due_at": NOW,
        "created_at": NOW,
        "facts": {"title": "상담"},
    }
    return OutboxRow(id=id, **{**defaults, **given})


def write(database: Database, *rows: OutboxRow) -> None:
    with database.write() as work:
        add_meeting(work, a_meeting(), NOW)
        outbox.add_rows(work, rows)


def states(database: Database) -> dict[str, str]:
    with database.read() as work:
        return {row.id: row.state for row in outbox.list_rows(work)}


def leased(row: OutboxRow, owner: str, **given: Any) -> OutboxRow:
    return replace(row, state="leased", leased_by=owner, leased_until=LATER, attempts=1, **given)


def test_a_row_written_twice_is_there_once(staged: Database) -> None:
    write(staged, a_row(), a_row("o2", facts={"title": "again"}), a_row("o3", revision=1))
    with staged.write() as work:
        outbox.add_rows(work, [a_row("o4")])
        outbox.add_rows(work, [])
    with staged.read() as work:
        assert outbox.rows_of_meeting(work, "m1") == (a_row(), a_row("o3", revision=1))


def test_what_is_due_is_leased_oldest_first_and_to_one_owner(staged: Database) -> None:
    older = a_row("o2", kind="update", due_at=NOW - timedelta(minutes=1))
    future = a_row("o3", kind="reminder_60", due_at=NOW + timedelta(seconds=1))
    collected = a_row("o4", revision=1, state="collected")
    write(staged, a_row(), older, future, collected)
    with staged.write() as work:
        assert outbox.lease_due(work, NOW, "w1", LATER, 1) == (leased(older, "w1"),)
    with staged.write() as work:
        assert outbox.lease_due(work, NOW, "w2", LATER, 9) == (leased(a_row(), "w2"),)
        assert outbox.lease_due(work, NOW, "w3", LATER, 9) == ()
    with staged.read() as work:
        assert outbox.get_row(work, "o1") == leased(a_row(), "w2")
        assert outbox.get_row(work, "none") is None


def test_a_lease_that_has_run_out_is_given_to_another(staged: Database) -> None:
    write(staged, a_row())
    with staged.write() as work:
        outbox.lease_due(work, NOW, "dead", LATER, 9)
        assert outbox.lease_due(work, LATER - timedelta(seconds=1), "w2", LATER, 9) == ()
        (again,) = outbox.lease_due(work, LATER, "w2", LATER + timedelta(minutes=5), 9)
    assert (again.leased_by, again.attempts) == ("w2", 2)


def test_what_was_sent_stays_sent(staged: Database) -> None:
    write(staged, a_row())
    with staged.write() as work:
        outbox.lease_due(work, NOW, "w1", LATER, 9)
        outbox.mark_sent(work, "o1", NOW, "<1@sangdam>")
        outbox.mark_failed(work, "o1", "too late to fail")
        assert outbox.lease_due(work, LATER, "w2", LATER, 9) == ()
        assert outbox.get_row(work, "o1") == a_row(
            state="sent", sent_at=NOW, message_id="<1@sangdam>", attempts=1
        )


def test_what_failed_for_now_is_due_again_and_what_failed_for_good_is_not(staged: Database) -> None:
    write(staged, a_row(), a_row("o2", recipient_id="b1"), a_row("o3", recipient_id="i1"))
    with staged.write() as work:
        outbox.lease_due(work, NOW, "w1", LATER, 9)
        outbox.mark_failed(work, "o1", "451 try later", retry_at=LATER)
        outbox.mark_failed(work, "o2", "550 no such user")
        outbox.mark_suppressed(work, "o3", "the session has moved")
        assert outbox.lease_due(work, LATER - timedelta(seconds=1), "w1", LATER, 9) == ()
        assert [row.id for row in outbox.lease_due(work, LATER, "w1", LATER, 9)] == ["o1"]
        assert outbox.counts(work, "fair-1") == {"leased": 1, "failed": 1, "suppressed": 1}
        assert [row.error for row in outbox.list_rows(work, "fair-1", "failed")] == ["550 no such user"]


def test_of_what_has_collected_the_newest_for_each_person_goes_out(staged: Database) -> None:
    write(
        staged,
        a_row("first", state="collected", revision=1),
        a_row("second", state="collected", revision=2, kind="update"),
        a_row("other person", state="collected", revision=1, recipient_id="b1"),
        a_row("sent before", state="sent", revision=0),
        a_row("other fair", state="collected", revision=3, fair_id=None),
    )
    with staged.write() as work:
        assert outbox.release_collected(work, "fair-1", LATER) == 2
        assert outbox.release_collected(work, "fair-1", LATER) == 0
    assert states(staged) == {
        "first": "superseded",
        "second": "due",
        "other person": "due",
        "sent before": "sent",
        "other fair": "collected",
    }
    with staged.read() as work:
        assert [row.due_at for row in outbox.list_rows(work, "fair-1", "due")] == [LATER, LATER]


def test_rows_are_listed_newest_first_a_page_at_a_time(staged: Database) -> None:
    write(
        staged,
        *(a_row(f"o{n}", revision=n, created_at=NOW + timedelta(seconds=n)) for n in range(5)),
    )
    with staged.read() as work:
        pages = [outbox.list_rows(work, "fair-1", None, 2, offset) for offset in (0, 2, 4)]
    assert [[row.id for row in page] for page in pages] == [["o4", "o3"], ["o2", "o1"], ["o0"]]


def test_rows_given_back_are_due_again_and_the_lease_is_not_counted(staged: Database) -> None:
    write(staged, a_row(), a_row("o2", recipient_id="b1"), a_row("o3", recipient_id="i1"))
    with staged.write() as work:
        outbox.lease_due(work, NOW, "w1", LATER, 2)
        outbox.lease_due(work, NOW, "w2", LATER, 2)
        outbox.give_back(work, ["o1", "o2", "o3"], "w1", LATER)
    with staged.read() as work:
        assert outbox.get_row(work, "o1") == a_row(due_at=LATER)
        assert outbox.get_row(work, "o3") == leased(a_row("o3", recipient_id="i1"), "w2")


def test_a_worker_whose_lease_went_to_another_cannot_make_a_row_due(staged: Database) -> None:
    write(staged, a_row())
    with staged.write() as work:
        outbox.lease_due(work, NOW, "w1", NOW, 1)
        outbox.lease_due(work, NOW, "w2", LATER, 1)
        outbox.mark_failed(work, "o1", "slow", retry_at=NOW, owner="w1")
    assert states(staged) == {"o1": "leased"}


def test_only_what_failed_for_good_can_be_made_due_again(staged: Database) -> None:
    write(staged, a_row(), a_row("o2", recipient_id="b1"))
    with staged.write() as work:
        outbox.mark_failed(work, "o1", "550")
        assert (outbox.make_due(work, "o1", LATER), outbox.make_due(work, "o2", LATER)) == (True, False)
    with staged.read() as work:
        assert outbox.get_row(work, "o1") == a_row(due_at=LATER)


def test_each_channel_leases_its_own_rows(staged: Database) -> None:
    write(staged, a_row(), a_row("o2", kind="reminder_60", channel="text"))
    with staged.write() as work:
        texts = outbox.lease_due(work, NOW, "one", LATER, 10, channel="text")
        mails = outbox.lease_due(work, NOW, "one", LATER, 10)
    assert ([row.id for row in texts], [row.id for row in mails]) == (["o2"], ["o1"])


def test_what_waits_goes_by_the_channel_chosen_last_and_the_invite_stays_a_mail(staged: Database) -> None:
    write(
        staged, a_row(), a_row("o2", kind="reminder_60"), a_row("o3", kind="reminder_60", recipient_id="b1")
    )
    with staged.write() as work:
        outbox.choose_channel(work, "c1", "reminder_", "text")
        chosen = {row.id: row.channel for row in outbox.list_rows(work)}
        assert outbox.has_texts(work)
        assert (outbox.send_all_by_mail(work), outbox.has_texts(work)) == (1, False)
    assert chosen == {"o1": "mail", "o2": "text", "o3": "mail"}


def test_a_text_that_cannot_go_is_due_by_mail_with_its_attempts_counted_anew(staged: Database) -> None:
    write(staged, a_row("o2", kind="reminder_60", channel="text"))
    with staged.write() as work:
        outbox.lease_due(work, NOW, "one", LATER, 1, channel="text")
        outbox.send_by_mail(work, "o2", NOW, "422 no such number")
    with staged.read() as work:
        [row] = outbox.list_rows(work)
    by_mail = a_row("o2", kind="reminder_60", channel="mail", error="422 no such number")
    assert row == by_mail


def test_a_row_with_an_id_of_its_own_making_is_written_once(staged: Database) -> None:
    summary = a_row("out_day", meeting_id=None, kind="summary", recipient_id="acc_1")
    with staged.write() as work:
        assert [outbox.add_once(work, summary), outbox.add_once(work, summary)] == [True, False]


def test_what_waits_to_be_sent_can_be_added_to_and_what_is_being_sent_cannot(staged: Database) -> None:
    waiting = a_row("o1", meeting_id=None, kind="declines", recipient_id="acc_1", due_at=LATER)

    def found(work: Any) -> OutboxRow | None:
        return outbox.find_waiting(work, kind="declines", recipient_id="acc_1", fair_id="fair-1")

    with staged.write() as work:
        outbox.add_once(work, waiting)
        assert found(work) == waiting
        outbox.save_facts(work, "o1", {"declines": [1, 2]})
        assert outbox.find_waiting(work, kind="declines", recipient_id="acc_1", fair_id=None) is None
        outbox.lease_due(work, LATER, "one", LATER + timedelta(minutes=5), 1)
        assert found(work) is None
    with staged.read() as work:
        assert outbox.list_rows(work)[0].facts == {"declines": [1, 2]}


def test_rows_that_wait_are_put_off_and_one_that_went_out_is_not(staged: Database) -> None:
    write(
        staged, a_row("o1", kind="reminder_day"), a_row("o2", kind="reminder_day", state="sent", revision=1)
    )
    with staged.write() as work:
        assert [row.id for row in outbox.list_waiting(work, "reminder_day")] == ["o1"]
        outbox.put_off(work, {"o1": LATER, "o2": LATER})
    with staged.read() as work:
        assert {row.id: row.due_at for row in outbox.list_rows(work)} == {"o1": LATER, "o2": NOW}
