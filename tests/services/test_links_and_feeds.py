"""Capability links and the feeds behind them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.services.actor import SYSTEM
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.feeds import open_feed, session_calendar
from scheduler.services.links import (
    LinkGone,
    LinkUnknown,
    Purpose,
    buyer_address,
    feed_address,
    hash_of,
    open_link,
    revoke_link,
    rotate_link,
)
from scheduler.storage import links, people
from tests.services.stage import COORDINATOR, NOW, Stage, the_people


def buyer_token(stage: Stage) -> str:
    with stage.db.write() as work:
        address = buyer_address(work, stage.settings, buyer_id="b1", fair_id="fair-1", now=NOW)
    return address.removeprefix("https://fair.example/b/")


def feed_token(stage: Stage, resource_id: str | None = "b1", fair_id: str | None = None) -> str:
    with stage.db.write() as work:
        address = feed_address(work, stage.settings, resource_id=resource_id, fair_id=fair_id, now=NOW)
    return address.removeprefix("https://fair.example/feeds/").removesuffix(".ics")


def test_a_buyers_address_is_the_same_each_time_and_only_its_hash_is_kept(stage: Stage) -> None:
    token = buyer_token(stage)
    assert buyer_token(stage) == token
    with stage.db.read() as work:
        kept = links.find_link(work, hash_of(token))
    assert kept is not None
    assert (len(token), token in repr(kept)) == (32, False)


def test_a_link_opens_what_it_was_made_for_and_nothing_else(stage: Stage) -> None:
    token = buyer_token(stage)
    with stage.db.read() as work:
        opened = open_link(work, token, Purpose.BUYER, now=NOW)
        assert (opened.resource_id, opened.fair_id) == ("b1", "fair-1")
        for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "", "x\ud800"):
            with pytest.raises(LinkUnknown):
                open_link(work, wrong, Purpose.BUYER, now=NOW)
        with pytest.raises(LinkUnknown):
            open_link(work, token, Purpose.FEED, now=NOW)


def test_a_rotated_address_is_unknown_at_once_and_the_new_one_opens(stage: Stage) -> None:
    token = feed_token(stage)
    with stage.db.read() as work:
        link = links.find_link(work, hash_of(token))
    assert link is not None
    rotate_link(stage.db, stage.settings, link.id, now=NOW, actor=COORDINATOR)
    with pytest.raises(LinkUnknown):
        open_feed(stage.db, stage.settings, token, now=NOW)
    assert open_feed(stage.db, stage.settings, feed_token(stage), now=NOW).entries == ()


def test_a_revoked_link_is_gone(stage: Stage) -> None:
    token = buyer_token(stage)
    with stage.db.read() as work:
        link = links.find_link(work, hash_of(token))
    assert link is not None
    revoke_link(stage.db, link.id, now=NOW, actor=COORDINATOR)
    with stage.db.read() as work, pytest.raises(LinkGone):
        open_link(work, token, Purpose.BUYER, now=NOW)


def test_a_feed_holds_ones_own_sessions_and_nobodys_address(stage: Stage) -> None:
    book(stage.db, stage.settings, stage.wish("c1-b1", "09:00"), now=NOW, actor=COORDINATOR)
    book(stage.db, stage.settings, stage.wish("c2-b2", "09:30"), now=NOW, actor=COORDINATOR)
    calendar = open_feed(stage.db, stage.settings, feed_token(stage), now=NOW).content().decode()
    assert calendar.count("BEGIN:VEVENT") == 1
    assert "DTSTART:20260624T000000Z" in calendar
    assert "mail.example" not in calendar


def test_a_whole_fairs_feed_and_a_rooms_feed(stage: Stage) -> None:
    book(stage.db, stage.settings, stage.wish("c1-b1", "09:00", room_id="r1"), now=NOW, actor=COORDINATOR)
    book(stage.db, stage.settings, stage.wish("c2-b2", "09:30", room_id="r2"), now=NOW, actor=COORDINATOR)
    counts = [
        len(open_feed(stage.db, stage.settings, feed_token(stage, *of), now=NOW).entries)
        for of in ((None, "fair-1"), ("r1", None), ("r1", "fair-1"))
    ]
    assert counts == [2, 1, 1]


def test_a_feeds_tag_changes_with_its_content_only(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    token = feed_token(stage)
    first = open_feed(stage.db, stage.settings, token, now=NOW).etag
    assert open_feed(stage.db, stage.settings, token, now=NOW + timedelta(hours=5)).etag == first
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    assert open_feed(stage.db, stage.settings, token, now=NOW).etag != first


def test_a_cancelled_session_stays_in_the_feed_as_cancelled(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    cancel(stage.db, meeting.id, seen_revision=0, now=NOW, actor=COORDINATOR)
    feed = open_feed(stage.db, stage.settings, feed_token(stage), now=NOW)
    assert [entry.is_cancelled for entry in feed.entries] == [True]
    assert feed.last_modified == NOW


def test_old_sessions_leave_the_feed(stage: Stage) -> None:
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=SYSTEM)
    feed = open_feed(stage.db, stage.settings, feed_token(stage), now=NOW + timedelta(days=100))
    assert feed.entries == ()


def test_one_session_as_a_file_has_the_uid_of_the_mail(stage: Stage) -> None:
    meeting = book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    calendar = session_calendar(stage.db, stage.settings, meeting.id, "b1", now=NOW).decode()
    assert f"UID:{meeting.uid}" in calendar


def test_a_feeds_tag_changes_with_a_name_in_it(stage: Stage) -> None:
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=COORDINATOR)
    token = feed_token(stage)
    first = open_feed(stage.db, stage.settings, token, now=NOW).etag
    stage.change(replace(next(one for one in the_people() if one.id == "c2"), name="다른 회사"))
    assert open_feed(stage.db, stage.settings, token, now=NOW).etag == first
    stage.change(replace(next(one for one in the_people() if one.id == "c1"), name="새 이름", name_en="New"))
    again = open_feed(stage.db, stage.settings, token, now=NOW)
    assert (again.etag != first, "New" in again.content().decode()) == (True, True)


def test_a_feeds_tag_changes_when_an_old_session_leaves_it(stage: Stage) -> None:
    book(stage.db, stage.settings, stage.wish(), now=NOW, actor=SYSTEM)
    token = feed_token(stage)
    first = open_feed(stage.db, stage.settings, token, now=NOW).etag
    assert open_feed(stage.db, stage.settings, token, now=NOW + timedelta(days=100)).etag != first


def test_the_feed_of_somebody_switched_off_is_unknown_at_once(stage: Stage) -> None:
    token = feed_token(stage)
    with stage.db.write() as work:
        people.set_active(work, "b1", is_active=False)
    with pytest.raises(LinkUnknown):
        open_feed(stage.db, stage.settings, token, now=NOW)
