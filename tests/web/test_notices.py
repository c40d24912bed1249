"""The page of the notices: what waits and why, what failed and how it is sent again, and whether anybody sends."""

import re
from pathlib import Path

import pytest

from scheduler.mail.message import FinalFailure, PassingFailure
from scheduler.services.deliver import deliver_all
from scheduler.services.heartbeat import beat
from scheduler.services.move import Target, move
from tests.builders import a_room, a_slot
from tests.services.stage import COORDINATOR as THE_COORDINATOR
from tests.services.stage import NOW, Outgoing, a_post
from tests.web.visitors import COORDINATOR, FIRST_COMPANY, Site, a_site

PAGE = "/fairs/sample/changes"
REFUSED = FinalFailure(recipient="b1@mail.example", reason="User unknown", code=550)
BUSY = PassingFailure(recipient="b1@mail.example", reason="try later", code=451)


def delivered(site: Site, *refusals: Exception, now: object = NOW) -> Outgoing:
    post = a_post(*refusals)
    deliver_all(site.stage.db, site.stage.settings, post, now=now, owner="test")  # type: ignore[arg-type]
    return post


def moved(site: Site) -> None:
    meeting, slot = site.meetings()["c1-b1"], a_slot("11:00")
    written = f"{slot.start_at.isoformat()}/{slot.end_at.isoformat()}"
    page = f"/meetings/{meeting.id}"
    site.logged_in().post(f"{page}/move", page=page, revision="0", slot=written)


def text(site: Site, path: str = PAGE) -> str:
    visitor = site.logged_in()
    return visitor.text(visitor.get(path))


def test_before_anything_goes_out_it_is_shown_who_would_get_what_and_why(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    delivered(site)
    moved(site)
    before = site.contents()
    shown = text(site)
    assert "누구에게 무엇이 왜 나가는지" in shown
    before_and_after = (
        "일시: (변경 전) 6.24(수) 09:00–09:30 KST · 07:00–07:30 WIB → "
        "(변경 후) 6.24(수) 11:00–11:30 KST · 09:00–09:30 WIB"
    )
    # For each of three people, and in the two mails that are Korean.
    assert shown.count(before_and_after) == 3 + 2

    assert "Changed: Namdong c1 × PT Sample b1" in shown
    assert [line for line in site.contents() if '"outbox"' in line or '"link"' in line] == [
        line for line in before if '"outbox"' in line or '"link"' in line
    ]
    assert delivered(site).kept == []
    site.logged_in().post(PAGE, page=PAGE)
    assert len(delivered(site).kept) == 3


def test_changes_are_said_with_the_names_that_the_coordinator_knows(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    delivered(site)
    for room in ("r1", "r2"):
        site.stage.change(a_room(room, name=f"남동 {room}호실", name_en=f"Namdong {room}"))
    meeting = site.meetings()["c1-b1"]
    other = "r2" if meeting.room_id == "r1" else "r1"
    target = Target(slot=meeting.slot, room_id=other)
    stage = site.stage
    move(stage.db, stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=THE_COORDINATOR)
    shown = text(site)
    told = f"상담실: (변경 전) 남동 {meeting.room_id}호실 → (변경 후) 남동 {other}호실"
    # To each of three people, and in the two mails that are Korean.
    assert (shown.count(told), f"was Namdong {meeting.room_id}, is now Namdong {other}" in shown) == (
        3 + 2,
        True,
    )


def test_what_would_say_nothing_new_is_named_as_such(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    delivered(site)
    moved(site)
    meeting, slot = site.meetings()["c1-b1"], a_slot("09:00")
    written = f"{slot.start_at.isoformat()}/{slot.end_at.isoformat()}"
    page = f"/meetings/{meeting.id}"
    site.logged_in().post(f"{page}/move", page=page, revision="1", slot=written)
    assert text(site).count("보내지 않음") == 3


def test_a_failure_is_said_in_words_and_sent_again_at_the_button(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    delivered(site, REFUSED)
    visitor = site.logged_in()
    page = visitor.get(f"{PAGE}?state=failed")
    assert (
        "대개 주소가 틀린 경우이니 고친 뒤 다시 보내 주세요. 서버의 응답 b1@mail.example: 550 User unknown"
        in (visitor.text(page))
    )
    [row] = re.findall(r'name="row" value="([^"]+)"', page.text)
    answer = visitor.post(f"{PAGE}/again", page=PAGE, row=row)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert len(delivered(site).kept) == 1
    assert visitor.post(f"{PAGE}/again", page=PAGE, row=row).status_code == 404
    assert ("coordinator", "send_again") in [
        (actor.partition(":")[0], action) for actor, action in site.stage.trail("fair", site.stage.fair.id)
    ]


def test_all_that_failed_is_sent_again_at_once(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    delivered(site, REFUSED, REFUSED, REFUSED)
    visitor = site.logged_in()
    assert "알림 3건의 발송에 실패했습니다." in visitor.text(visitor.get(PAGE))
    visitor.post(f"{PAGE}/again", page=PAGE)
    assert len(delivered(site).kept) == 3


def test_what_is_tried_again_by_itself_says_so(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    delivered(site, BUSY)
    assert "자동으로 다시 시도합니다. 지금까지 1번 시도했습니다." in text(site, f"{PAGE}?state=due")


def test_the_page_says_whether_anybody_sends_and_how_fast(tmp_path: Path) -> None:
    site = a_site(tmp_path, smtp_per_minute=60)
    assert "한 번도 실행되지 않았습니다." in text(site)
    beat(site.stage.db, "worker", now=NOW)
    assert "발송 중 마지막 확인 6.17(수) 12:00 KST · 1분에 최대 60통" in text(site)
    site.clock.go_on(minutes=3)
    assert "마지막 신호는 6.17(수) 12:00 KST입니다." in text(site)


def test_reminders_are_switched_on_for_what_is_to_come(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    visitor, page = site.logged_in(), "/fairs/sample/reminders/"
    ticked = re.findall(r'name="(\w+)" value="(\w+)" checked', visitor.get(page).text)
    assert ticked == [(kind, rule) for rule in ("1440", "60") for kind in ("company", "buyer", "interpreter")]
    answer = visitor.post(page, page=page, company=["day", "60"], buyer=["day", "60", "10"])
    assert answer.status_code == 303
    # Two companies and a buyer with two sessions: a day before each, ten minutes before each.
    assert "앞으로 나갈 안내 6건이 추가되었고" in visitor.text(visitor.get(page))
    ticked = re.findall(r'name="(\w+)" value="(\w+)" checked', visitor.get(page).text)
    assert sorted(ticked) == sorted(
        [("company", "day"), ("company", "60"), ("buyer", "day"), ("buyer", "60"), ("buyer", "10")]
    )


def test_a_rule_set_elsewhere_stays_and_a_forged_one_is_refused(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    visitor, page = site.logged_in(), "/fairs/sample/reminders/"
    visitor.post(page, page=page, company=["120"])
    assert "120분 전" in visitor.text(visitor.get(page))
    answer = visitor.post(page, page=page, company=["soon"], buyer=["10"])
    assert answer.status_code == 400
    assert 'name="buyer" value="10" checked' in answer.text
    assert 'name="company" value="120" checked' in visitor.get(page).text


def test_each_coordinator_sets_what_they_are_told(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    visitor, page = site.logged_in(COORDINATOR), "/briefing/"
    assert 'value="evening" selected' in visitor.get(page).text
    answer = visitor.post(page, page=page, eve="morning", at="07:30")
    assert answer.status_code == 303
    kept = visitor.get(page).text
    assert 'value="morning" selected' in kept
    assert 'value="07:30"' in kept
    assert not re.search(r'name="alerts"[^>]*checked', kept)
    refused = visitor.post(page, page=page, eve="always", at="nine", alerts="1")
    assert (refused.status_code, 'value="nine"' in refused.text) == (400, True)
    assert re.search(r'name="alerts"[^>]*checked', refused.text)


@pytest.mark.parametrize("path", ["/briefing/", "/fairs/sample/reminders/", f"{PAGE}"])
def test_a_company_has_none_of_these_pages(tmp_path: Path, path: str) -> None:
    assert a_site(tmp_path).logged_in(FIRST_COMPANY).get(path).status_code == 403


def test_the_evening_mail_leads_to_the_setting(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    assert "내가 받을 알림" in text(site, "/replies/")
