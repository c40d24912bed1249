"""What buyers, interpreters, screens and co-hosts leave behind, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from scheduler.booking.slot import Slot
from scheduler.storage import accounts, cohosts, hour_sheets, links, preferences, proposals
from scheduler.storage.accounts import Account
from scheduler.storage.db import Database
from scheduler.storage.hour_sheets import HourSheet
from scheduler.storage.links import Link
from scheduler.storage.preferences import Preference
from scheduler.storage.proposals import Proposal
from tests.builders import a_slot
from tests.storage.stage import NOW

LATER = NOW + timedelta(minutes=1)


def a_proposal(id: str, **given: object) -> Proposal:  # noqa: A002
    slots: tuple[Slot, ...] = (a_slot("09:00"), a_slot("10:00"))
    facts = {
        "fair_id": "fair-1",
        "resource_id": "b1",
        "slots": slots,
        "created_at": NOW,
        "created_by": "buyer:b1",
    }
    return Proposal(id=id, **{**facts, **given})  # type: ignore[arg-type]


def an_account(id: str = "acc_c", role: str = "cohost") -> Account:  # noqa: A002
    return Account(id=id, email=f"{id}@x.example", name=id, password_hash="x", role=role, created_at=NOW)


def test_a_choice_takes_the_place_of_the_one_before(staged: Database) -> None:
    with staged.write() as work:
        for zone in ("America/Chicago", ""):
            chosen = Preference(resource_id="b1", language="vi", zone=zone, changed_at=NOW)
            preferences.save_preference(work, chosen)
    with staged.read() as work:
        assert preferences.find_preference(work, "b1") == chosen
        assert preferences.find_preference(work, "b2") is None


def test_of_a_person_s_proposals_at_a_fair_one_is_open_and_it_is_settled_once(staged: Database) -> None:
    first, second = a_proposal("p1"), a_proposal("p2", created_at=LATER, comment="later")
    with staged.write() as work:
        for one in (first, second, a_proposal("p3", resource_id="b2")):
            proposals.add_proposal(work, one)
        assert proposals.count_open(work) == 2
        assert proposals.latest_proposal(work, "b1", "fair-1") == second
        settled = [
            proposals.settle_proposal(work, one, state="accepted", now=LATER, actor="x")
            for one in ("p2", "p2", "p1")
        ]
    with staged.read() as work:
        found = {
            one.id: one.state for one in proposals.list_proposals(work, ("open", "accepted", "replaced"))
        }

    assert settled == [True, False, False]
    assert found == {"p1": "replaced", "p2": "accepted", "p3": "open"}


def test_a_sheet_is_countersigned_as_it_was_seen_and_once(staged: Database) -> None:
    sheet = HourSheet(
        interpreter_id="i1",
        month="2026-06",
        lines=({"on": "x"},),
        minutes=30,
        signed_name="A",
        signed_by="a",
        signed_at=NOW,
    )
    with staged.write() as work:
        hour_sheets.save_sheet(work, sheet)
        anew = HourSheet(**{**vars(sheet), "signed_at": LATER})
        hour_sheets.save_sheet(work, anew)
        done = [
            hour_sheets.countersign(work, one, name="B", by="b", now=LATER) for one in (sheet, anew, anew)
        ]
        assert done[0] is done[2] is None
        assert hour_sheets.find_sheet(work, "i1", "2026-06") == done[1]
        assert hour_sheets.sheets_of_month(work, "2026-06") == {"i1": done[1]}
        hour_sheets.save_sheet(work, anew)
        kept = hour_sheets.find_sheet(work, "i1", "2026-06")

    assert kept == anew


def test_buyers_are_given_into_care_and_taken_out(staged: Database) -> None:
    with staged.write() as work:
        accounts.add_account(work, an_account())
        cohosts.set_care(work, "acc_c", give=["b1", "b2"], take=[])
        cohosts.set_care(work, "acc_c", give=["b1"], take=["b2"])
        assert cohosts.buyers_in_care(work, "acc_c") == {"b1"}
        assert cohosts.care_by_account(work) == {"acc_c": {"b1"}}
        assert cohosts.buyers_in_care(work, "acc_other") == frozenset()


def test_a_screen_has_a_link_and_a_co_host_an_account_and_nothing_unknown_has(staged: Database) -> None:
    with staged.write() as work:
        links.save_link(
            work, Link(id="l1", kind="display", token_sha256="1", created_at=NOW, resource_id="r1")
        )
        accounts.add_account(work, an_account())
        assert [one.id for one in links.links_of_kind(work, "display")] == ["l1"]
    with pytest.raises(IntegrityError), staged.write() as work:
        links.save_link(work, Link(id="l2", kind="door", token_sha256="2", created_at=NOW))
    with pytest.raises(IntegrityError), staged.write() as work:
        accounts.add_account(work, an_account("acc_d", "mayor"))
