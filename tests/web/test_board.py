"""What the script of the board asks for, and what it is told when that makes no sense."""

import pytest
from werkzeug.test import TestResponse

from tests.web.visitors import Site, Visitor, a_site

BOARD = "/fairs/sample/board"
TEN = "2026-06-24T01:00:00+00:00"
PUT = {"match": "c1-b1", "seen": "0", "across": "room", "column": "r2", "at": TEN}


def sent(visitor: Visitor, deed: str, given: object, **headers: str) -> TestResponse:
    token = {"X-CSRFToken": visitor.token(f"{BOARD}/")}
    return visitor.client.post(f"{BOARD}/{deed}", json=given, headers={**token, **headers})


def stands(site: Site, match: str = "c1-b1") -> tuple[str, str | None, int]:
    meeting = site.meetings()[match]
    return meeting.slot.start_at.isoformat(), meeting.room_id, meeting.revision


def test_a_move_is_answered_with_the_card_in_its_new_place(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    answer = sent(visitor, "place", PUT)

    assert answer.status_code == 200
    assert answer.json["said"].endswith("6.24(수) 10:00 KST, 상담실 r2(으)로 옮겼습니다.")
    assert answer.json["card"]["at"] == TEN
    assert answer.json["card"]["columns"] == {
        "room": ["r2"],
        "company": ["c1"],
        "buyer": ["b1"],
        "interpreter": ["i1"],
    }
    assert 'data-seen="1"' in answer.json["card"]["html"]
    assert stands(site) == (TEN, "r2", 1)
    assert sent(visitor, "undo", {"deeds": answer.json["deeds"]}).status_code == 200
    assert stands(site) == ("2026-06-24T00:00:00+00:00", "r1", 2)


def test_a_refusal_is_a_problem_with_its_reasons_in_the_reader_s_language(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    taken = sent(visitor, "place", {**PUT, "at": "2026-06-24T00:30:00+00:00"})
    stale = sent(visitor, "place", {**PUT, "seen": "7"})
    english = sent(visitor, "change", {"match": "c1-b1", "seen": "7", "room": "r2"}, Cookie="language=en")

    assert taken.content_type == stale.content_type == "application/problem+json"
    assert (taken.status_code, stale.status_code, english.status_code) == (409, 409, 409)
    assert "PT Sample b1" in taken.json["detail"]
    assert len(taken.json["reasons"]) == 1
    assert stale.json["detail"].startswith("페이지를 여신 뒤에")
    assert english.json["status"] == 409
    assert stands(site) == ("2026-06-24T00:00:00+00:00", "r1", 0)


@pytest.mark.parametrize(
    ("deed", "given"),
    [
        ("place", []),
        ("place", {}),
        ("place", {**PUT, "match": "x\x00"}),
        ("place", {**PUT, "match": "../.."}),
        ("place", {**PUT, "match": 7}),
        ("place", {**PUT, "seen": None}),
        ("place", {**PUT, "seen": "\u202e"}),
        ("place", {**PUT, "across": "moon"}),
        ("place", {**PUT, "across": ["room"]}),
        ("place", {**PUT, "at": "tomorrow"}),
        ("place", {**PUT, "at": "2026-06-24T01:00:00"}),
        ("place", {**PUT, "at": "0001-01-01T00:00:00+14:00"}),
        ("place", {**PUT, "column": "x" * 99}),
        ("change", {"match": "c1-b1", "seen": "0", "interpreters": "i1"}),
        ("change", {"match": "c1-b1", "seen": "0", "interpreters": [None]}),
        ("change", {"match": "c1-b2", "seen": "0", "room": "r1"}),
        ("swap", {"match": "c1-b1", "seen": "0"}),
        ("link", {"match": "c1-b1", "seen": "0", "link": "javascript:alert(1)"}),
        ("link", {"match": "c1-b1", "seen": "0", "link": "https://x.example/\r\nX: y"}),
        ("undo", {"deeds": []}),
        ("undo", {"deeds": [True]}),
        ("undo", {"deeds": [2**70]}),
        ("undo", {"deeds": "1"}),
    ],
)
def test_what_makes_no_sense_is_a_bad_request_and_changes_nothing(site_and_visitor, deed, given):
    site, visitor = site_and_visitor
    assert sent(visitor, deed, given).status_code == 400
    assert stands(site) == ("2026-06-24T00:00:00+00:00", "r1", 0)


@pytest.fixture(scope="module")
def site_and_visitor(tmp_path_factory) -> tuple[Site, Visitor]:
    site = a_site(tmp_path_factory.mktemp("board"))
    return site, site.logged_in()


def test_what_is_not_of_this_fair_is_not_found(site_and_visitor):
    _site, visitor = site_and_visitor
    asked = (
        visitor.get(f"{BOARD}/options?match=c9-b9&day=2026-06-24"),
        visitor.get(f"{BOARD}/session?match=c9-b9"),
        sent(visitor, "put-back", {"match": "c9-b9", "seen": "0"}),
        sent(visitor, "change", {"match": "c1-b1", "seen": "0", "room": "r9"}),
        sent(visitor, "undo", {"deeds": [999_999]}),
    )
    assert [one.status_code for one in asked] == [404] * 5
    assert visitor.get(f"{BOARD}/options?match=c1-b1&day=never").status_code == 400
    for odd in ("?first=x&across=moon&only=all&day=x", "?first=99999999", "?q=%00", "?zone=Mars"):
        assert visitor.get(f"{BOARD}/{odd}").status_code in (200, 400)


def test_a_change_needs_the_token_of_the_page(site_and_visitor):
    site, visitor = site_and_visitor
    bare = visitor.client.post(f"{BOARD}/place", json=PUT)
    odd = visitor.client.post(f"{BOARD}/place", json=PUT, headers={"X-CSRFToken": "x"})

    assert (bare.status_code, odd.status_code) == (400, 400)
    assert stands(site)[2] == 0


def test_a_board_that_has_not_changed_is_not_sent_again(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    first = visitor.get(f"{BOARD}/view?day=2026-06-24")
    mark = {"If-None-Match": first.headers["ETag"]}

    assert set(first.json["parts"]) == {"grid", "tray", "bar", "proof"}
    assert visitor.get(f"{BOARD}/view?day=2026-06-24", headers=mark).status_code == 304
    assert visitor.get(f"{BOARD}/view?day=2026-06-24&across=buyer", headers=mark).status_code == 200
    assert sent(visitor, "pin", {"match": "c1-b1", "seen": "0", "pinned": True}).status_code == 200
    assert visitor.get(f"{BOARD}/view?day=2026-06-24", headers=mark).status_code == 200


def test_every_deed_of_the_dialog_is_said_in_words(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    page = visitor.get(f"{BOARD}/session?match=c1-b1").json["html"]
    steps = (
        ("change", {"match": "c1-b1", "seen": "0", "interpreters": ["i2"], "room": "r2"}),
        ("link", {"match": "c1-b1", "seen": "1", "link": "https://meet.example/a"}),
        ("swap", {"match": "c1-b1", "seen": "2", "other": "c1-b2", "other_seen": ""}),
        ("put-back", {"match": "c1-b1", "seen": "2"}),
    )
    answers = [sent(visitor, deed, given) for deed, given in steps]

    assert "남동산업 c1 – PT Sample b1" in page
    assert "상담 취소" in page
    assert [one.status_code for one in answers] == [200, 200, 409, 200]
    assert answers[0].json["said"].endswith("6.24(수) 09:00 KST, 상담실 r2")
    assert answers[3].json["card"] is None
    assert "아직 배정되지 않은" in visitor.get(f"{BOARD}/session?match=c1-b1").json["html"]
