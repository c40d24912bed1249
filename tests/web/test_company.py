"""A company's own pages: picking a slot, losing the race, its wish list, requests and the waiting list."""

import re
from pathlib import Path

import pytest

from scheduler.services.actor import Role
from scheduler.services.book import book
from scheduler.services.cancel import cancel
from scheduler.services.picking_rules import set_picking_rules
from scheduler.services.requests import ask
from scheduler.services.waiting import offer_freed
from scheduler.storage import matches, waiting
from tests.services.stage import COORDINATOR as ORGANISER
from tests.services.stage import NOW
from tests.services.test_wishes_and_requests import BUYER
from tests.web.test_access import PICKING, addresses
from tests.web.visitors import COORDINATOR, FIRST_COMPANY, INTERPRETER, SECOND_COMPANY, Site, Visitor, a_site

FAIR = "/my/fairs/sample/"
B1, B2 = f"{FAIR}buyers/b1", f"{FAIR}buyers/b2"
HALF_TEN = "2026-06-24T00:30:00+00:00"
NINE = "2026-06-24T00:00:00+00:00"
TOKEN = "a-page-of-its-own"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """c1 meets b1 at 09:00 and c2 meets b1 at 09:30; both may pick b2."""
    return a_picking_site(tmp_path)


def a_picking_site(folder: Path, **rules: str) -> Site:
    made = a_site(folder)
    given = {"is_on": "yes", "pick_hours": "0", **rules}
    set_picking_rules(made.stage.db, "sample", given, now=NOW, actor=ORGANISER)
    return made


def unmatched(site: Site, match_id: str) -> None:
    with site.stage.db.write() as work:
        matches.remove_match(work, match_id)


def hold(visitor: Visitor, start: str = HALF_TEN, token: str = TOKEN, path: str = B2):
    return visitor.post(f"{path}/hold", page="/my/", start=start, token=token)


def states(site: Site) -> dict[str, str]:
    return {key: str(one.state) for key, one in site.meetings().items()}


def test_a_company_finds_the_buyers_of_its_fair_from_its_schedule(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    assert f'href="{FAIR}"' in visitor.get("/my/").text
    text = visitor.text(visitor.get(FAIR))
    assert "PT Sample b2 미국 · 영어" in text
    assert "6.24(수) 09:30–10:00 KST · 전날 19:30–20:00 CDT" in text


def test_the_free_moments_stand_in_both_times(site: Site) -> None:
    page = site.logged_in(FIRST_COMPANY).get(B2).text
    assert re.findall(r'name="start" value="([^"]+)"', page) == [
        f"2026-06-24T0{hour}:{minute}:00+00:00"
        for hour, minute in ((0, 30), (1, "00"), (1, 30), (2, "00"), (2, 30))
    ]
    assert "<b>09:30–10:00</b> <small>전날 19:30 CDT</small>" in page


def test_one_click_holds_and_the_next_confirms(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    answer = hold(visitor)
    assert (answer.status_code, answer.location.partition("mtg_")[0]) == (303, "/my/holds/")
    page = visitor.get(answer.location)
    assert 'data-seconds="600"' in page.text
    assert "12:10 KST" in visitor.text(page)
    confirmed = visitor.post(f"{answer.location}/confirm", page=answer.location)
    assert confirmed.location == answer.location.replace("holds/", "")
    assert states(site)["c1-b2"] == "confirmed"


def test_the_same_click_twice_and_after_going_back_is_one_session(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    first = hold(visitor).location
    assert hold(visitor).location == first
    visitor.post(f"{first}/confirm", page=first)
    again = hold(visitor).location
    assert visitor.get(again).location == first.replace("holds/", "")
    assert list(states(site).values()) == ["confirmed"] * 3
    assert visitor.post(f"{first}/confirm", page="/my/").status_code == 303


def test_whoever_loses_the_race_stays_on_the_page_with_the_reason_and_the_nearest(site: Site) -> None:
    book(site.stage.db, site.stage.settings, site.stage.wish("c2-b2", "10:00"), now=NOW, actor=ORGANISER)
    visitor = site.logged_in(FIRST_COMPANY)
    answer = hold(visitor, "2026-06-24T01:00:00+00:00")
    assert answer.status_code == 409
    alert = answer.text.partition('role="alert"')[2].partition("</section>")[0]
    assert "PT Sample b2" in alert
    assert re.findall(r'value="(2026[^"]+)"', alert) == [
        HALF_TEN,
        "2026-06-24T01:30:00+00:00",
        "2026-06-24T02:00:00+00:00",
        "2026-06-24T02:30:00+00:00",
    ]
    token = re.search(r'name="token" value="([^"]+)"', alert)
    assert token is not None
    assert hold(visitor, HALF_TEN, token[1]).status_code == 303


def test_a_released_slot_is_free_for_others_at_once(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    held = hold(visitor).location
    assert visitor.post(f"{held}/release", page=held).location == B2
    assert "held" not in states(site).values()
    assert hold(site.logged_in(SECOND_COMPANY), "2026-06-24T01:00:00+00:00").status_code == 303


def test_a_hold_that_has_lapsed_offers_the_nearest_moments_in_its_stead(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    held = hold(visitor).location
    form = visitor.token(held)
    site.clock.go_on(minutes=10)
    answer = visitor.client.post(f"{held}/confirm", data={"csrf_token": form})
    assert answer.status_code == 409
    assert f'value="{HALF_TEN}"' in answer.text
    assert "hold.js" not in answer.text
    assert states(site)["c1-b2"] != "confirmed"


def test_what_is_another_companys_does_not_exist(site: Site) -> None:
    first, second = site.logged_in(FIRST_COMPANY), site.logged_in(SECOND_COMPANY)
    held = hold(first).location
    session = site.meetings()["c1-b1"].id
    form = second.token("/my/")
    answers = {
        path: second.client.open(
            path, method=method, data={"csrf_token": form, "revision": "0", "start": NINE}
        )
        for method, path in (
            ("GET", held),
            ("POST", f"{held}/confirm"),
            ("POST", f"{held}/release"),
            ("GET", f"/my/sessions/{session}/move"),
            ("POST", f"/my/sessions/{session}/move"),
            ("POST", f"/my/sessions/{session}/cancel"),
            ("GET", "/my/fairs/nowhere/"),
            ("GET", f"{FAIR}buyers/c1"),
            ("POST", f"{FAIR}buyers/b9/hold?"),
        )
        if not path.endswith("hold?")
    }
    assert {one.status_code for one in answers.values()} == {404}
    assert states(site) == {"c1-b1": "confirmed", "c1-b2": "held", "c2-b1": "confirmed"}


def test_the_body_does_not_say_whose_booking_it_is(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    visitor.post(f"{B2}/hold", page="/my/", start=HALF_TEN, token=TOKEN, company_id="c2", role="coordinator")
    assert site.meetings()["c1-b2"].company_id == "c1"


def test_a_click_on_no_button_of_ours_is_refused(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    answers = [
        visitor.post(f"{B2}/hold", page="/my/", **fields).status_code
        for fields in (
            {"start": HALF_TEN},
            {"start": HALF_TEN, "token": "short"},
            {"start": "tomorrow", "token": TOKEN},
            {"start": "2026-06-24T09:30", "token": TOKEN},
            {"start": "9999-12-31T23:59:59-23:59", "token": TOKEN},
            {"start": "' OR 1=1 --", "token": TOKEN},
            {"token": TOKEN},
        )
    ]
    assert answers == [400] * 7
    assert [
        visitor.get(f"{FAIR}?q=%00&page=-1").status_code,
        visitor.get(f"{FAIR}?q=%27%22%25&page=9").status_code,
    ] == [
        400,
        200,
    ]
    assert len(site.meetings()) == 2


@pytest.mark.parametrize("email", [INTERPRETER, COORDINATOR])
def test_only_companies_open_these_pages(site: Site, email: str) -> None:
    visitor = site.logged_in(email)
    form = visitor.token("/my/" if email == INTERPRETER else "/fairs/")
    answers = {
        (method, endpoint): visitor.client.open(path, method=method, data={"csrf_token": form}).status_code
        for method in ("GET", "POST")
        for endpoint, path in addresses(site, method=method)
        if endpoint in PICKING
    }
    assert len(answers) >= len(PICKING)
    assert set(answers.values()) == {403}


def test_looking_changes_nothing(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    held = hold(visitor).location
    visitor.get("/my/")
    before = site.contents()
    for path in ("/my/", FAIR, B1, B2, held, f"/my/sessions/{site.meetings()['c1-b1'].id}/cancel"):
        assert visitor.get(path).status_code == 200
    assert site.contents() == before


def test_a_session_is_moved_and_cancelled_on_its_page(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    session = site.meetings()["c1-b1"].id
    path = f"/my/sessions/{session}"
    assert f'href="{path}/move"' in visitor.get(f"/my/{session}").text
    eleven = "2026-06-24T02:00:00+00:00"
    assert visitor.post(f"{path}/move", page=f"{path}/move", start=eleven, revision="0").status_code == 303
    stale = visitor.post(f"{path}/cancel", page=f"{path}/cancel", revision="0")
    assert stale.status_code == 409
    assert visitor.post(f"{path}/cancel", page=f"{path}/cancel", revision="1").status_code == 303
    assert states(site)["c1-b1"] == "cancelled"


def test_after_the_deadline_the_rule_stands_there_in_words(site: Site) -> None:
    site.clock.go_on(days=6, hours=1)
    visitor = site.logged_in(FIRST_COMPANY)
    session = site.meetings()["c1-b1"].id
    page = visitor.get(f"/my/{session}")
    assert f"/my/sessions/{session}/move" not in page.text
    assert "24시간" in visitor.text(page)
    refused = visitor.post(f"/my/sessions/{session}/cancel", page="/my/", revision="0")
    assert (refused.status_code, "24시간" in visitor.text(refused)) == (409, True)


def test_where_the_organiser_assigns_nothing_leads_to_picking(tmp_path: Path) -> None:
    visitor = a_site(tmp_path).logged_in(FIRST_COMPANY)
    assert FAIR not in visitor.get("/my/").text
    assert hold(visitor).status_code == 409


def test_the_wish_list_is_ranked_by_buttons_that_say_the_place(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    for buyer, place in (("b1", "1"), ("b2", "2"), ("b2", "1"), ("b2", "1")):
        answer = visitor.post(f"{FAIR}wishes", page=FAIR, buyer=buyer, position=place)
        assert answer.location == f"{FAIR}#wish-{buyer}"
    page = visitor.get(FAIR)
    assert re.findall(r'id="wish-(b\d)"', page.text) == ["b2", "b1"]
    with site.stage.db.read() as work:
        ranked = {one.id: one.rank for one in matches.matches_of(work, site.stage.fair.id)}
    assert ranked == {"c1-b1": 2, "c1-b2": 1, "c2-b1": None, "c2-b2": None}
    assert visitor.post(f"{FAIR}wishes", page=FAIR, buyer="b2", position="").location == f"{FAIR}#wishes"
    assert visitor.post(f"{FAIR}wishes", page=FAIR, buyer="b2", position="-1").status_code == 400
    assert visitor.post(f"{FAIR}wishes", page=FAIR, buyer="b9", position="1").status_code == 404


def test_a_request_goes_out_and_its_words_are_only_words(site: Site) -> None:
    unmatched(site, "c1-b2")
    visitor = site.logged_in(FIRST_COMPANY)
    too_long = visitor.post(f"{B2}/ask", page=B2, message="<b>견본</b>" + "x" * 500)
    assert too_long.status_code == 400
    assert "&lt;b&gt;견본&lt;/b&gt;" in too_long.text
    assert 'id="message-fault"' in too_long.text
    assert visitor.post(f"{B2}/ask", page=B2, message="<script>alert(1)</script>").status_code == 303
    page = visitor.get(B2).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    coordinator = site.logged_in()
    listed = coordinator.get("/fairs/sample/picking/").text
    [answer] = re.findall(r'action="(/fairs/sample/picking/requests/\w+/accept)"', listed)
    assert coordinator.post(answer, page="/fairs/sample/picking/").status_code == 303
    with site.stage.db.read() as work:
        assert matches.find_match(work, site.stage.fair.id, "c1", "b2") is not None


def test_a_buyers_request_is_answered_by_the_company_that_was_asked(site: Site) -> None:
    unmatched(site, "c1-b2")
    actor = BUYER.__class__(role=Role.BUYER, name="b2", resource_id="b2")
    request = ask(
        site.stage.db,
        "sample",
        company_id="c1",
        buyer_id="b2",
        asked_by=Role.BUYER,
        now=NOW,
        actor=actor,
    )
    visitor, stranger = site.logged_in(FIRST_COMPANY), site.logged_in(SECOND_COMPANY)
    path = f"{B2}/requests/{request.id}"
    assert B2 in visitor.get("/my/").text
    assert stranger.post(f"{path}/accept", page="/my/").status_code == 404
    assert visitor.post(f"{path}/withdraw", page="/my/").status_code == 404
    assert visitor.post(f"{path}/accept", page=B2).status_code == 303
    late = visitor.post(f"{path}/decline", page=B2)
    assert late.status_code == 409


def test_whoever_waits_is_offered_what_becomes_free_and_books_it_with_one_click(site: Site) -> None:
    first, second = site.logged_in(FIRST_COMPANY), site.logged_in(SECOND_COMPANY)
    nine = site.meetings()["c1-b1"]
    cancel(site.stage.db, site.meetings()["c2-b1"].id, seen_revision=0, now=NOW, actor=ORGANISER)
    assert second.post(f"{B1}/wait", page=B1, start=NINE).status_code == 303
    assert offer_freed(site.stage.db, now=NOW) == 0
    cancel(site.stage.db, nine.id, seen_revision=0, now=NOW, actor=ORGANISER)
    assert offer_freed(site.stage.db, now=NOW) == 1
    with site.stage.db.read() as work:
        [place] = waiting.in_line(work, company_id="c2")
    assert B1 in second.get("/my/").text
    path = f"{B1}/waiting/{place.id}"
    assert first.post(f"{path}/accept", page="/my/").status_code == 404
    accepted = second.post(f"{path}/accept", page=B1)
    assert accepted.status_code == 303
    assert second.post(f"{path}/accept", page=B1).location == accepted.location
    assert second.post(f"{path}/dance", page=B1).status_code == 404


def test_whoever_takes_up_an_offer_too_late_sees_who_was_faster_and_the_nearest(site: Site) -> None:
    second = site.logged_in(SECOND_COMPANY)
    cancel(site.stage.db, site.meetings()["c2-b1"].id, seen_revision=0, now=NOW, actor=ORGANISER)
    second.post(f"{B1}/wait", page=B1, start=NINE)
    cancel(site.stage.db, site.meetings()["c1-b1"].id, seen_revision=0, now=NOW, actor=ORGANISER)
    offer_freed(site.stage.db, now=NOW)
    with site.stage.db.read() as work:
        [place] = waiting.in_line(work, company_id="c2")
    book(site.stage.db, site.stage.settings, site.stage.wish("c1-b1", "09:00"), now=NOW, actor=ORGANISER)
    late = second.post(f"{B1}/waiting/{place.id}/accept", page=B1)
    assert late.status_code == 409
    alert = late.text.partition('role="alert"')[2].partition("</section>")[0]
    assert "PT Sample b1" in alert
    assert HALF_TEN in alert


def test_the_rules_of_picking_keep_what_was_typed_and_name_every_fault(site: Site) -> None:
    coordinator = site.logged_in()
    path = "/fairs/sample/picking/"
    wrong = {"hold_minutes": "abc", "closes_at": "2026-13-01T10:00", "move_hours": "5"}
    answer = coordinator.post(path, page=path, **wrong)
    assert answer.status_code == 400
    assert re.findall(r'<li><a href="#(\w+)">', answer.text) == ["hold_minutes", "closes_at"]
    assert 'value="abc"' in answer.text
    assert 'value="5"' in answer.text


def test_a_company_invites_a_colleague_and_removes_them_on_its_page(site: Site) -> None:
    visitor = site.logged_in(FIRST_COMPANY)
    path = "/my/team/"
    assert f'href="{path}"' in visitor.get("/my/").text
    wrong = visitor.post(path, page=path, email="nobody", name="새 사람")
    assert (wrong.status_code, 'value="새 사람"' in wrong.text) == (400, True)
    assert visitor.post(path, page=path, email="new@company.example", name="새 사람").status_code == 303
    page = visitor.get(path).text
    [remove] = re.findall(r'action="(/my/team/acc_\w+/remove)"', page)
    assert site.logged_in(SECOND_COMPANY).post(remove, page="/my/").status_code == 404
    assert visitor.post(remove, page=path).status_code == 303
    assert visitor.post(remove.replace("remove", "readmit"), page=path).status_code == 303
    assert visitor.post(remove.replace("remove", "promote"), page=path).status_code == 404
