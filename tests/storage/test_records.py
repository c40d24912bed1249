"""The audit trail, drafts, accounts, links, uploads, signs of life and settings."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scheduler.booking.errors import NotFound
from scheduler.storage import accounts, audit, drafts, heartbeat, links, settings, uploads
from scheduler.storage.accounts import Account
from scheduler.storage.audit import AuditEntry
from scheduler.storage.db import Database
from scheduler.storage.drafts import Draft
from scheduler.storage.errors import AlreadyThere
from scheduler.storage.heartbeat import Heartbeat
from scheduler.storage.links import Link
from scheduler.storage.uploads import Upload
from tests.storage.stage import NOW

LATER = NOW + timedelta(minutes=5)
DRAFT = Draft(id="d1", fair_id="fair-1", state="building", problem="{}", created_at=NOW, created_by="kim")
ACCOUNT = Account(
    id="a1", email="kim@sample.example", name="김견본", password_hash="x", role="coordinator", created_at=NOW
)
LINK = Link(id="l1", kind="buyer", token_sha256="ab" * 32, created_at=NOW, resource_id="b1", fair_id="fair-1")
UPLOAD = Upload(id="u1", filename="상담회.xlsx", data=b"PK\x03\x04\x00", created_at=NOW, created_by="kim")


def test_the_trail_tells_what_happened_in_order(database: Database) -> None:
    with database.write() as work:
        audit.record(work, NOW, "coordinator:kim", "book", "meeting", "m1", {}, {"room": "상담실 1"})
        audit.record(work, NOW, "system", "tick", "worker", "w1")
        audit.record(work, LATER, "buyer:b1", "cancel", "meeting", "m1", {"state": "confirmed"}, {})
    booked = AuditEntry(
        at=NOW,
        actor="coordinator:kim",
        action="book",
        subject_kind="meeting",
        subject_id="m1",
        after={"room": "상담실 1"},
        number=1,
    )
    with database.read() as work:
        assert audit.trail_of(work, "meeting", "m1") == (
            booked,
            AuditEntry(
                at=LATER,
                actor="buyer:b1",
                action="cancel",
                subject_kind="meeting",
                subject_id="m1",
                before={"state": "confirmed"},
                number=3,
            ),
        )


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"]
)
def test_the_trail_cannot_be_changed(database: Database, statement: str) -> None:
    with database.write() as work:
        audit.record(work, NOW, "coordinator:kim", "book", "meeting", "m1")
    with (
        pytest.raises(DBAPIError, match=r"append-only|syntax error|cannot truncate"),
        database.write() as work,
    ):
        work.execute(text(statement))
    with database.read() as work:
        assert [entry.actor for entry in audit.trail_of(work, "meeting", "m1")] == ["coordinator:kim"]


def test_a_draft_shows_how_far_it_is_and_whether_it_is_to_stop(staged: Database) -> None:
    with staged.write() as work:
        drafts.add_draft(work, DRAFT)
        assert drafts.write_progress(work, "d1", {"placed": 3}) is False
        drafts.request_stop(work, "d1")
        assert drafts.write_progress(work, "d1", {"placed": 4}) is True
        assert drafts.get_draft(work, "d1") == replace(DRAFT, progress={"placed": 4}, stop_requested=True)
        assert drafts.drafts_in(work, "building") == (drafts.get_draft(work, "d1"),)
        with pytest.raises(NotFound):
            drafts.get_draft(work, "none")


def test_a_stop_asked_for_while_a_draft_is_saved_is_not_lost(staged: Database) -> None:
    with staged.write() as work:
        drafts.add_draft(work, DRAFT)
        drafts.request_stop(work, "d1")
        drafts.save_draft(work, replace(DRAFT, state="ready", plan="[]", finished_at=LATER))
        assert drafts.get_draft(work, "d1") == replace(
            DRAFT, state="ready", plan="[]", finished_at=LATER, stop_requested=True
        )


def test_the_latest_draft_is_the_newest_that_was_not_thrown_away(staged: Database) -> None:
    newer, newest = (
        replace(DRAFT, id="d2", created_at=LATER),
        replace(DRAFT, id="d3", created_at=LATER + timedelta(minutes=1), state="discarded"),
    )
    with staged.write() as work:
        assert drafts.latest_draft(work, "fair-1") is None
        for draft in (DRAFT, newer, newest):
            drafts.add_draft(work, draft)
        assert drafts.latest_draft(work, "fair-1") == newer


def test_a_build_is_taken_by_one_worker_until_it_falls_silent(staged: Database) -> None:
    with staged.write() as work:
        drafts.add_draft(work, DRAFT)
        assert drafts.lease_build(work, "d1", "w1", NOW, LATER) is True
        assert drafts.lease_build(work, "d1", "w2", NOW, LATER) is False
        assert drafts.lease_build(work, "d1", "w2", LATER, LATER + timedelta(minutes=5)) is True


def test_an_account_is_found_whatever_the_case_of_its_address(staged: Database) -> None:
    company = replace(ACCOUNT, id="a2", email="lee@sample.example", role="company", resource_id="c1")
    with staged.write() as work:
        accounts.add_account(work, replace(ACCOUNT, email=" Kim@Sample.example "))
        accounts.add_account(work, company)
        assert accounts.find_account_by_email(work, "KIM@sample.EXAMPLE") == ACCOUNT
        assert accounts.get_account(work, "a1") == ACCOUNT
        assert accounts.list_accounts(work) == (ACCOUNT, company)
        assert accounts.accounts_of_resource(work, "c1") == (company,)
        assert accounts.find_account(work, "none") is None
        with pytest.raises(NotFound):
            accounts.get_account(work, "none")


def test_an_address_has_one_account(staged: Database) -> None:
    with staged.write() as work:
        accounts.add_account(work, ACCOUNT)
    with pytest.raises(AlreadyThere) as refused, staged.write() as work:
        accounts.add_account(work, replace(ACCOUNT, id="a2", email="KIM@sample.example"))
    assert (refused.value.table, refused.value.columns) == ("account", ("email",))


def test_an_account_changes_and_its_sessions_end(staged: Database) -> None:
    with staged.write() as work:
        accounts.add_account(work, ACCOUNT)
        accounts.save_account(work, replace(ACCOUNT, name="새 이름"))
        accounts.note_login(work, "a1", LATER)
        accounts.end_sessions(work, "a1")
        assert accounts.get_account(work, "a1") == replace(
            ACCOUNT, name="새 이름", last_login_at=LATER, generation=1
        )


def test_a_link_is_found_by_the_hash_of_its_token_and_by_what_it_opens(staged: Database) -> None:
    feed = replace(LINK, id="l2", kind="feed", token_sha256="cd" * 32, fair_id=None)
    rotated = replace(LINK, token_sha256="ef" * 32, generation=2, revoked_at=LATER)
    with staged.write() as work:
        links.save_link(work, LINK)
        links.save_link(work, feed)
        assert links.find_link(work, "ab" * 32) == links.get_link(work, "l1") == LINK
        assert links.find_link_for(work, "feed", "b1", None) == feed
        assert links.find_link_for(work, "feed", "b1", "fair-1") is None
        links.save_link(work, rotated)
        assert links.find_link(work, "ab" * 32) is None
        assert links.links_of_fair(work, "fair-1") == (rotated,)
        with pytest.raises(NotFound):
            links.get_link(work, "none")


def test_an_upload_keeps_its_bytes_and_answers_until_it_is_forgotten(staged: Database) -> None:
    with staged.write() as work:
        uploads.add_upload(work, UPLOAD)
        uploads.save_answers(work, "u1", {"buyers!C4": "Asia/Jakarta"})
        uploads.set_upload_state(work, "u1", "imported", "sample")
        assert uploads.get_upload(work, "u1") == replace(
            UPLOAD, answers={"buyers!C4": "Asia/Jakarta"}, state="imported", fair_key="sample"
        )
        assert uploads.remove_uploads_before(work, NOW) == 0
        assert uploads.remove_uploads_before(work, LATER) == 1
        with pytest.raises(NotFound):
            uploads.get_upload(work, "u1")


def test_only_the_last_sign_of_life_is_kept(database: Database) -> None:
    with database.write() as work:
        heartbeat.beat(work, "worker-1", NOW)
        heartbeat.beat(work, "worker-1", LATER, {"sent": 3})
        assert heartbeat.heartbeats(work) == (Heartbeat(name="worker-1", at=LATER, facts={"sent": 3}),)


@pytest.mark.parametrize("value", [0, "", False, ["가", 1.5], {"a": {"b": None}}])
def test_a_setting_is_kept_until_it_is_forgotten(database: Database, value: object) -> None:
    with database.write() as work:
        settings.save_setting(work, "key", value)
        assert settings.read_setting(work, "key", "default") == value
        settings.save_setting(work, "key", None)
        assert settings.read_setting(work, "key", "default") == "default"
