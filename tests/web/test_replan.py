"""Somebody is away: the form, the difference, and applying it."""

import re
from dataclasses import replace

import pytest

from scheduler.grid.replan_child import Standby
from scheduler.web.site import EXTENSION
from tests.builders import FIRST_DAY, a_slot
from tests.web.visitors import Site, Visitor, a_site

FORM = "/fairs/sample/replan/absence"


def asked(visitor: Visitor, resource_id: str, **fields: str):
    """The answer to the form of an absence."""
    path = f"{FORM}/{resource_id}"
    return visitor.post(path, page=path, **{"on": "", "since": "", "until": "", **fields})


def as_it_was(site: Site) -> list[tuple[str, object, int, str | None]]:
    return sorted((key, one.slot, one.revision, one.room_id) for key, one in site.meetings().items())


@pytest.mark.parametrize(
    ("tab", "name"), [("companies", "c1"), ("buyers", "b1"), ("interpreters", "i1"), ("rooms", "r1")]
)
def test_every_row_leads_to_the_form_once_the_grid_is_published(tmp_path, tab, name):
    published = a_site(tmp_path).logged_in().get(f"/fairs/sample/participants/?tab={tab}")

    assert f'href="{FORM}/{name}"' in published.text
    assert "불참·고장" in Visitor.text(published)


def test_before_publication_there_is_no_way_there(tmp_path):
    site = a_site(tmp_path, is_published=False)

    assert FORM not in site.logged_in().get("/fairs/sample/participants/?tab=interpreters").text
    answer = asked(site.logged_in(), "i1")
    assert answer.status_code == 409
    assert "아직 공개하지 않은 배정표입니다." in Visitor.text(answer)


def test_the_form_speaks_of_the_zone_and_days_of_whoever_is_away(tmp_path):
    text = Visitor.text(a_site(tmp_path).logged_in().get(f"{FORM}/b1"))

    assert "불참·고장: PT Sample b1" in text
    assert "6.24(수) – 상담 2건" in text
    assert "현지 시각 기준: 자카르타 WIB (UTC+7)." in text


def test_the_difference_is_shown_in_both_zones_and_changes_nothing_until_applied(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    before = site.meetings()
    answer = asked(visitor, "b1", on=FIRST_DAY.isoformat(), since="07:00", until="07:30")
    text = Visitor.text(visitor.get(answer.location))

    assert answer.status_code == 303
    assert "시간이 바뀌는 상담 1" in text
    assert "6.24(수) 09:00–09:30 KST · 07:00–07:30 WIB → 6.24(수) 10:00–10:30 KST · 08:00–08:30 WIB" in text
    assert "증명됨: 더 많은 상담을 유지하거나 시간을 덜 바꾸는 배정은 없습니다." in text
    assert "남동산업 c1 c1@mail.example 0 1 0" in text
    assert "적용하고 3명에게 알리기" in text
    assert site.meetings() == before

    done = visitor.post(answer.location, page=answer.location)

    assert (done.status_code, done.location) == (303, "/fairs/sample/board/")
    assert "배정을 변경했습니다. 알림 3통을 보내고 있습니다." in Visitor.text(visitor.get(done.location))
    moved = site.meetings()
    assert (moved["c1-b1"].slot, moved["c1-b1"].revision) == (a_slot("10:00"), 1)
    assert moved["c2-b1"] == before["c2-b1"]
    assert visitor.get(answer.location).status_code == 404


def test_a_session_that_cannot_be_kept_stands_there_with_its_reason(tmp_path):
    visitor = a_site(tmp_path).logged_in()
    text = Visitor.text(visitor.get(asked(visitor, "c1").location))

    assert "유지할 수 없는 상담 1" in text
    assert "남동산업 c1: 불참 또는 고장" in text


def test_looking_and_leaving_changes_nothing(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    before = as_it_was(site)
    board = Visitor.text(visitor.get("/fairs/sample/board/"))
    page = visitor.get(asked(visitor, "r1").location)
    back = re.findall(rf'href="({FORM}/r1)"', page.text)

    assert back == [f"{FORM}/r1"]
    assert visitor.get(back[0]).status_code == 200
    assert as_it_was(site) == before
    assert Visitor.text(visitor.get("/fairs/sample/board/")) == board


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"on": "tomorrow"}, 400),
        ({"on": "2027-01-01"}, 400),
        ({"since": "25:00"}, 400),
        ({"since": "x" * 10_000}, 400),
        ({"since": "09:00", "until": "09:00"}, 400),
    ],
)
def test_a_stretch_that_makes_no_sense_is_refused(tmp_path, fields, status):
    site = a_site(tmp_path)
    before = as_it_was(site)

    assert asked(site.logged_in(), "i1", **fields).status_code == status
    assert as_it_was(site) == before


def test_nobody_unknown_can_be_away_and_no_other_draft_is_a_preview(tmp_path):
    visitor = a_site(tmp_path).logged_in()

    assert visitor.get(f"{FORM}/nobody").status_code == 404
    assert visitor.get("/fairs/sample/replan/draft_one/").status_code == 404
    assert visitor.get("/fairs/sample/replan/nothing/").status_code == 404


def test_the_solver_is_loaded_while_the_form_is_filled_in(tmp_path, monkeypatch):
    standby, asked_for = Standby(), []
    monkeypatch.setattr(standby, "get_ready", lambda: asked_for.append("ready"))
    site = a_site(tmp_path)
    surroundings = site.app.extensions[EXTENSION]
    site.app.extensions[EXTENSION] = replace(surroundings, standby=standby)
    visitor = site.logged_in()
    visitor.get(f"{FORM}/i1")

    assert asked_for == ["ready"]
    assert visitor.get(f"{FORM}/nobody").status_code == 404
    assert asked_for == ["ready"]
