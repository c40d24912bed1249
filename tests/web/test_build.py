"""The page that builds a grid: what can suffice, what matters how much, the proof, and why somebody is left out."""

from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.booking.match import Priority
from scheduler.grid.limits import Limits
from scheduler.grid.problem import Weights
from scheduler.services.actor import SYSTEM
from scheduler.services.build_grid import build_grid, problem_of
from scheduler.services.grid_wishes import Level, grid_wishes_in, said, save_grid_wishes
from scheduler.settings import BadSettings, read_settings
from scheduler.storage import matches
from tests.builders import DALLAS, SEOUL, a_buyer, a_match, a_placement, a_room, a_slot, hours
from tests.services.stage import COORDINATOR, NOW
from tests.web.visitors import Site, a_site

BUILD = "/fairs/sample/build/"


def a_draft_site(folder: Path) -> Site:
    return a_site(folder, is_published=False, with_plan=False)


def built(site: Site) -> None:
    build_grid(site.stage.db, "sample", limits=Limits(seconds=10), now=site.clock(), actor=SYSTEM)


def pinned(site: Site, **given: object) -> None:
    with site.stage.db.write() as work:
        matches.save_pin(work, site.stage.fair.id, replace(a_placement(a_match(), a_slot("09:00")), **given))


def test_what_is_short_is_said_before_the_start_with_its_numbers(tmp_path: Path) -> None:
    site = a_draft_site(tmp_path)
    site.stage.change(a_room("r1", hours=hours(SEOUL, "09:00-10:00")))
    site.stage.change(a_room("r2", hours=hours(SEOUL, "13:00-18:00")))
    page = site.logged_in()
    text = page.text(page.get(BUILD))

    assert "다 배정할 수 없습니다. 4건 중 최대 2건입니다." in text
    assert (
        "상담실: 상담 4건이 필요한데 최대 2건까지 가능합니다. 상담회 내내 여는 상담실이 1실 더 있으면 됩니다."
        in text
    )
    assert (
        text.index("최대 2건입니다") < text.index("배정표 만들기 사용")
        if "배정표 만들기 사용" in text
        else True
    )


def test_enough_is_said_too_and_how_much_of_it_is_used(tmp_path: Path) -> None:
    page = a_draft_site(tmp_path).logged_in()
    text = page.text(page.get(BUILD))
    assert "상담 4건을 모두 배정할 수 있을 것으로 보입니다." in text
    assert "상담실 4 12 33%" in text


def test_a_plan_comes_with_its_proof_and_what_the_proof_covers(tmp_path: Path) -> None:
    site = a_draft_site(tmp_path)
    built(site)
    page = site.logged_in()
    text = page.text(page.get(BUILD))
    assert "4/4 배정 · 대기 0 최적 증명" in text
    assert "어떤 배정안도 이보다 많은 상담을 배정할 수 없습니다. 증명되었습니다." in text
    assert "증명된 것은 아닙니다" in text
    assert (
        "대기 시간 – 보통, 이른·늦은 시간 – 보통, 같은 통역 – 보통, 상담실 이동 – 보통, 고른 배분 – 보통"
        in text
    )
    assert "시드 1" in text


def test_who_is_left_out_is_listed_with_reasons_and_what_would_let_them_in(tmp_path: Path) -> None:
    site = a_draft_site(tmp_path)
    site.stage.change(a_buyer("b2", zone=DALLAS, country="US", hours=hours(DALLAS, "09:00-17:00")))
    built(site)
    page = site.logged_in()
    text = page.text(page.get(BUILD))
    assert "2/4 배정" in text
    assert "PT Sample b2: 가능 시간이 6.24(수) 07:00 KST · 전날 17:00 CDT에 끝나고" in text
    assert "PT Sample b2: 가능 시간을 6.24(수) 09:30 KST · 전날 19:30 CDT까지 (150분 더)" in text


def test_what_was_chosen_is_kept_with_the_fair_and_goes_into_the_problem(tmp_path: Path) -> None:
    site = a_draft_site(tmp_path)
    page = site.logged_in()
    answer = page.post(BUILD, page=BUILD, waiting="less", early_or_late_hours="more", room_changes="normal")

    assert answer.status_code == 303
    assert problem_of(site.stage.db, "sample").weights == Weights(waiting=5, early_or_late_hours=200)
    with site.stage.db.read() as work:
        assert grid_wishes_in(work, site.stage.fair.id) == {
            "waiting": Level.LESS,
            "early_or_late_hours": Level.MORE,
            "same_interpreter": Level.NORMAL,
            "room_changes": Level.NORMAL,
            "sharing_out": Level.NORMAL,
        }
    assert ("coordinator:" in site.stage.trail("fair", site.stage.fair.id)[0][0]) is True


def test_a_choice_that_does_not_exist_is_refused_and_nothing_is_built(tmp_path: Path) -> None:
    site = a_draft_site(tmp_path)
    page = site.logged_in()
    answer = page.post(BUILD, page=BUILD, waiting="a lot")
    assert answer.status_code == 400
    assert "없는 선택입니다" in page.text(answer)
    assert problem_of(site.stage.db, "sample").weights == Weights()


def test_the_numbers_behind_the_words_are_settings(tmp_path: Path) -> None:
    site = a_draft_site(tmp_path)
    other = replace(site.stage.settings, weight_waiting=(1, 2, 3))
    save_grid_wishes(site.stage.db, other, "sample", {"waiting": "more"}, now=NOW, actor=COORDINATOR)
    weights = problem_of(site.stage.db, "sample").weights
    assert weights == Weights(waiting=3)
    words = dict(said(other, {"waiting": 3, "room_changes": 7}))
    assert [str(words[name]) for name in words] == ["more important", "7"]
    for wrong in ((1, 2), (3, 2, 1), (1, 1, 2), (-1, 2, 3)):
        with pytest.raises(BadSettings, match="WEIGHT_WAITING"):
            read_settings({}, instance=tmp_path, weight_waiting=wrong)


@pytest.mark.parametrize("how", ["closed room", "never", "two at once"])
def test_pins_that_contradict_the_rules_are_told_before_and_after_a_build(tmp_path: Path, how: str) -> None:
    site = a_draft_site(tmp_path)
    pinned(site)
    if how == "closed room":
        site.stage.change(a_room("r1", hours=hours(SEOUL, "13:00-18:00")))
    with site.stage.db.write() as work:
        if how == "never":
            matches.save_match(work, site.stage.fair.id, a_match(priority=Priority.NEVER))
        if how == "two at once":
            other = a_placement(a_match(buyer="b2"), a_slot("09:00"), interpreter_ids=("i2",), room_id="r2")
            matches.save_pin(work, site.stage.fair.id, other)
    why = {
        "closed room": "상담실 r1",
        "never": "남동산업 c1",
        "two at once": "남동산업 c1",
    }[how]
    page = site.logged_in()
    before = page.text(page.get(BUILD))
    assert "고정한 상담이 규칙에 어긋납니다. 그대로는 배정표를 만들 수 없습니다." in before
    assert why in before

    if how == "closed room":
        # The build itself says the same, and not that a pin was moved.
        built(site)
        after = page.text(page.get(BUILD))
        assert "옮겨졌습니다" not in after
        assert after.count(why) == 2
