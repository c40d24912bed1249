"""Every form that books is sent once: a key in the form, or a guard of its own that makes the second the same."""

import pytest
from werkzeug.test import TestResponse

from scheduler.services.idempotency import KeyUsedBefore, ticket_for
from scheduler.services.publish import publish
from tests.services.stage import COORDINATOR, NOW
from tests.web.test_access import addresses
from tests.web.test_hostile_forms import Forms
from tests.web.visitors import FIRST_COMPANY, Site, Visitor, a_site

BY_KEY = {"publication.confirm", "replan.confirm", "sessions.change"}
"""Forms of coordinators with a hidden key; see the tests below."""
BY_HEADER = {"board.put", "board.change"}
"""The script of the board sends its key in a header."""
BY_STATE = {
    *("company.hold", "company.confirm", "company.move", "company.cancel", "company.offer", "offers.accept"),
    *("sessions.end", "offering.send", "board.swapped", "board.back", "board.taken_back"),
}
"""The second time is refused or answered alike by what they name: a token of the page, a revision, a state."""
BOOKERS = {
    *("publish", "apply_replan", "move", "place", "swap_places", "put_back", "undo_all", "_ENDINGS"),
    *("hold_slot", "confirm_hold", "move_own", "cancel_own", "accept_offer", "make_offers", "book"),
    *("walk_in", "book_room"),
}
"""What in the code of a view makes or changes sessions."""


def booking(site: Site) -> set[str]:
    """Endpoints whose form leads to a change of sessions, by what their code calls."""
    found = set()
    for rule in site.app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            names = site.app.view_functions[rule.endpoint].__code__.co_names
            wrapped = getattr(site.app.view_functions[rule.endpoint], "__wrapped__", None)
            names += wrapped.__code__.co_names if wrapped is not None else ()
            if BOOKERS & set(names):
                found.add(rule.endpoint)
    return found


def test_every_form_that_books_is_known_with_what_keeps_it_from_booking_twice(tmp_path):
    assert booking(a_site(tmp_path)) == BY_KEY | BY_HEADER | BY_STATE


def test_the_forms_with_a_key_show_another_one_each_time(tmp_path):
    site = a_site(tmp_path, is_published=False)
    visitor = site.logged_in()
    shown = [_once_in(visitor.get("/fairs/sample/publish")) for _ in range(2)]

    assert all(shown)
    assert shown[0] != shown[1]


def _once_in(page: TestResponse, action: str = "") -> str:
    forms = [fields for to, fields, _ in Forms(page.text, "").found if to == action and "once" in fields]
    return forms[0]["once"]


def send(visitor: Visitor, path: str, page: str, **fields: str) -> TestResponse:
    return visitor.post(path, page=page, **fields)


def test_publishing_twice_by_one_press_publishes_once_and_says_the_same(tmp_path):
    site = a_site(tmp_path, is_published=False)
    visitor = site.logged_in()
    once = _once_in(visitor.get("/fairs/sample/publish"))
    first, again = (
        send(visitor, "/fairs/sample/publish", "/fairs/sample/publish", once=once) for _ in range(2)
    )
    pressed_anew = send(visitor, "/fairs/sample/publish", "/fairs/sample/publish")

    assert (first.status_code, again.status_code, pressed_anew.status_code) == (303, 303, 303)
    assert first.location == again.location
    assert {one.revision for one in site.meetings().values()} == {0}
    assert [action for _, action in site.stage.trail("fair", site.stage.fair.id)].count("publish") == 2


def test_moving_twice_by_one_press_moves_once(tmp_path):
    site = a_site(tmp_path)
    visitor, meeting = site.logged_in(), site.meetings()["c1-b1"]
    page = f"/meetings/{meeting.id}"
    once = _once_in(visitor.get(page), f"{page}/move")
    slot = "2026-06-24T01:30:00+00:00/2026-06-24T02:00:00+00:00"
    first, again = (send(visitor, f"{page}/move", page, once=once, revision="0", slot=slot) for _ in range(2))
    other = send(
        visitor,
        f"{page}/move",
        page,
        once=once,
        revision="0",
        slot="2026-06-24T02:00:00+00:00/2026-06-24T02:30:00+00:00",
    )
    stale = send(visitor, f"{page}/move", page, revision="0", slot=slot)

    assert (first.status_code, again.status_code, other.status_code, stale.status_code) == (
        303,
        303,
        422,
        409,
    )
    assert site.meetings()["c1-b1"].revision == 1


def test_the_board_books_once_however_often_the_request_arrives(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    token = visitor.token("/fairs/sample/board/")
    wish = {
        "match": "c1-b2",
        "seen": "",
        "across": "company",
        "column": "c1",
        "at": "2026-06-24T02:00:00+00:00",
    }

    def put(key: str | None, **changed: str) -> TestResponse:
        headers = {"X-CSRFToken": token, **({"Idempotency-Key": key} if key else {})}
        return visitor.client.post("/fairs/sample/board/place", json={**wish, **changed}, headers=headers)

    first, again = put("key-1"), put("key-1")
    other = put("key-1", at="2026-06-24T02:30:00+00:00")
    blind = put(None)

    assert (first.status_code, again.status_code, other.status_code, blind.status_code) == (
        200,
        200,
        422,
        409,
    )
    assert first.json["deeds"] == again.json["deeds"]
    assert len(site.meetings()) == 3


def test_a_replanning_applied_twice_by_one_press_is_applied_once(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    away = "/fairs/sample/replan/absence/i1"
    preview = send(visitor, away, away, on="2026-06-24", since="09:00", until="09:30").location
    once = _once_in(visitor.get(preview))
    first, again = (send(visitor, preview, away, once=once) for _ in range(2))
    without = send(visitor, preview, away)

    assert (first.status_code, again.status_code, without.status_code) == (303, 303, 404)
    assert site.meetings()["c1-b1"].revision == 1


def test_a_key_that_was_used_for_another_fair_is_refused(tmp_path):
    site = a_site(tmp_path, is_published=False)
    ticket, other = (ticket_for(COORDINATOR, "key", "publish", fair) for fair in ("sample", "another"))
    publish(site.stage.db, site.stage.settings, "sample", now=NOW, actor=COORDINATOR, ticket=ticket)

    with pytest.raises(KeyUsedBefore):
        publish(site.stage.db, site.stage.settings, "sample", now=NOW, actor=COORDINATOR, ticket=other)


def test_a_company_has_no_form_with_a_key_of_coordinators(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in(FIRST_COMPANY)
    pages = [path for endpoint, path in addresses(site, method="GET") if endpoint.startswith("own.")]

    assert not any('name="once"' in visitor.get(path).text for path in pages)
