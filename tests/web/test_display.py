"""Screens at doors and in the waiting area behind their address."""

import re
from dataclasses import replace

import pytest

from scheduler.services.actor import SYSTEM
from scheduler.services.cancel import cancel
from scheduler.services.display import make_display, renew_display
from scheduler.services.move import Target, move
from scheduler.storage.people import get_resource, save_resource
from tests.builders import a_slot
from tests.services.stage import NOW
from tests.web.visitors import FIRST_COMPANY, Site, Visitor, a_site

AT_NINE = 7 * 24 - 3 + 0.1


def door(site: Site, room: str | None = "r1") -> str:
    made = make_display(site.stage.db, site.stage.settings, "sample", room, now=NOW, actor=SYSTEM)
    return made.removeprefix(site.stage.settings.base_address)


def sessions(site: Site, path: str) -> list[list[tuple[str, str, str, str]]]:
    """Of each room: company, buyer, both times."""
    rooms = site.visitor().get(f"{path}.json").get_json()["rooms"]
    return [
        [(one["company"], one["buyer"], one["time"], one["away"]) for one in room["sessions"]]
        for room in rooms
    ]


def test_a_door_shows_what_is_on_now_and_next_with_both_times(tmp_path):
    site = a_site(tmp_path)
    path = door(site)
    before = Visitor.text(site.visitor().get(path))
    site.clock.go_on(hours=AT_NINE)
    during = Visitor.text(site.visitor().get(f"{path}?lang=en"))

    assert "오늘과 내일 남은 상담이 없습니다" in before
    assert (
        "상담실 r1 09:06 Wed 24 Jun 2026 Now 09:00–09:30 KST 07:00 WIB Namdong c1 PT Sample b1 Indonesia"
        in during
    )
    assert "Interpreter: 통역사 i1 (Korean–Indonesian)" in during
    assert sessions(site, path) == [[("남동산업 c1", "PT Sample b1", "09:00–09:30 KST", "07:00 WIB")]]


def test_the_waiting_area_shows_every_room_of_the_fair(tmp_path):
    site = a_site(tmp_path)
    path = door(site, None)
    site.clock.go_on(hours=AT_NINE)

    assert [len(one) for one in sessions(site, path)] == [1, 1]
    assert "견본 화상상담회" in Visitor.text(site.visitor().get(path))


def test_a_screen_follows_moves_and_cancellations(tmp_path):
    site = a_site(tmp_path)
    path, stored = door(site), site.meetings()
    db, settings = site.stage.db, site.stage.settings
    site.clock.go_on(hours=AT_NINE - 1)
    target = Target(slot=a_slot("11:00"), room_id="r1")
    move(db, settings, stored["c2-b1"].id, target, seen_revision=0, now=NOW, actor=SYSTEM)
    assert [one[2] for one in sessions(site, path)[0]] == ["09:00–09:30 KST", "11:00–11:30 KST"]
    cancel(db, stored["c1-b1"].id, seen_revision=0, now=NOW, actor=SYSTEM)
    assert [one[2] for one in sessions(site, path)[0]] == ["11:00–11:30 KST"]


def test_a_screen_that_was_asked_for_before_is_of_this_moment_in_every_language(tmp_path):
    site = a_site(tmp_path)
    path, db = door(site), site.stage.db
    shown = {
        "start": 1782259200000,
        "end": 1782261000000,
        "time": "09:00–09:30 KST",
        "day": "6.24(수)",
        "away": "07:00 WIB",
        "company": "남동산업 c1",
        "buyer": "PT Sample b1",
        "country": "인도네시아",
        "interpreters": "통역사 i1",
        "languages": "한국어–인도네시아어",
    }
    english = {
        "day": "Wed 24 Jun",
        "company": "Namdong c1",
        "country": "Indonesia",
        "interpreters": "통역사 i1",
        "languages": "Korean–Indonesian",
    }

    def asked(query: str = "") -> object:
        return site.visitor().get(f"{path}.json{query}").get_json()["rooms"]

    def room(name: str, **session: str) -> object:
        return [{"name": name, "sessions": [shown | session]}]

    site.clock.go_on(hours=AT_NINE - 24)
    assert [asked(), asked(), asked("?lang=en")] == [
        room("상담실 r1"),
        room("상담실 r1"),
        room("상담실 r1", **english),
    ]
    with db.write() as work:
        save_resource(work, replace(get_resource(work, "b1"), name="PT Other"), "key:b1")
    assert asked() == room("상담실 r1", buyer="PT Other")
    site.clock.go_on(hours=24)
    assert asked() == room("상담실 r1", buyer="PT Other", day="")
    site.clock.go_on(hours=1)
    assert asked() == [{"name": "상담실 r1", "sessions": []}]


@pytest.mark.parametrize("room", ["r1", None])
def test_a_passer_by_learns_nobody_s_address_and_no_way_into_a_session(tmp_path, room):
    site = a_site(tmp_path)
    path = door(site, room)
    site.clock.go_on(hours=AT_NINE)
    shown = site.visitor().get(path).text + site.visitor().get(f"{path}.json").text

    assert "PT Sample b1" in shown
    assert not re.search(r"mail\.example|video\.|mtg_|tel:|/b/|/feeds/", shown)


def test_a_screen_s_address_is_kept_to_itself_and_looking_changes_nothing(tmp_path):
    site = a_site(tmp_path)
    path = door(site)
    before = site.contents()
    answers = [site.visitor().get(one) for one in (path, f"{path}.json")]

    assert [one.status_code for one in answers] == [200, 200]
    assert {one.headers["Cache-Control"] for one in answers} == {"no-store"}
    assert {one.headers["Referrer-Policy"] for one in answers} == {"no-referrer"}
    assert site.contents() == before


def test_another_kind_of_link_opens_no_screen_and_a_screen_s_no_page(tmp_path):
    site = a_site(tmp_path)
    screen, buyer, feed = door(site), site.buyer_path(), site.feed_path("r1")
    tokens = [one.rsplit("/", 1)[1].removesuffix(".ics") for one in (screen, buyer, feed)]

    codes = {
        kind: [site.visitor().get(f"{kind}{token}{ending}").status_code for token in tokens]
        for kind, ending in (("/display/", ""), ("/display/", ".json"), ("/b/", ""), ("/feeds/", ".ics"))
    }
    assert codes == {"/display/": [200, 404, 404], "/b/": [404, 200, 404], "/feeds/": [404, 404, 200]}


def test_a_renewed_address_darkens_the_old_screen(tmp_path):
    site = a_site(tmp_path)
    old = door(site)
    renew_display(site.stage.db, site.stage.settings, "sample", "r1", now=NOW, actor=SYSTEM)

    assert site.visitor().get(old).status_code == site.visitor().get(f"{old}.json").status_code == 404
    assert site.visitor().get(door(site)).status_code == 200


def test_the_coordinator_makes_and_renews_addresses_on_the_rooms_page(tmp_path):
    site = a_site(tmp_path)
    visitor, rooms = site.logged_in(), "/fairs/sample/participants/?tab=rooms"
    assert "/display/" not in visitor.get(rooms).text
    for form in ({"room": "r1"}, {}):
        assert visitor.post("/fairs/sample/displays/", page=rooms, **form).status_code == 303
    made = re.findall(r"https://fair\.example(/display/[\w-]+)", visitor.get(rooms).text)
    renewed = visitor.post("/fairs/sample/displays/renew", page=rooms, room="r1")

    assert len(made) == 2
    assert renewed.status_code == 303
    assert sorted(site.visitor().get(one).status_code for one in made) == [200, 404]
    for room in ("c1", "room_none"):
        assert visitor.post("/fairs/sample/displays/", page=rooms, room=room).status_code == 404
    assert visitor.post("/fairs/sample/displays/renew", page=rooms, room="r2").status_code == 404
    assert site.logged_in(FIRST_COMPANY).post("/fairs/sample/displays/", page="/my/").status_code == 403
