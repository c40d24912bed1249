"""What a coordinator reads and does: fairs, the board, publishing, changing a session, the mailbox."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from scheduler.mail.mailbox import FolderPost
from scheduler.services.book import book
from scheduler.services.deliver import deliver_all
from scheduler.storage import fairs, matches, people
from tests.builders import DALLAS, FIRST_DAY, a_buyer, a_company, a_match, a_placement, a_slot, at
from tests.services.stage import COORDINATOR, NOW, mailed
from tests.web.visitors import Site, Visitor, a_site, keep_plan, the_plan


def read(site: Site, path: str, **given: str) -> str:
    return Visitor.text(site.logged_in().get(path, query_string=given))


def test_the_list_of_fairs_says_how_far_each_is(tmp_path):
    text = read(a_site(tmp_path), "/fairs/")

    assert "견본 화상상담회" in text
    assert "공개됨" in text
    assert "참가기업 2개사 · 바이어 2개사 · 매칭 4건 · 상담 2건" in text


def test_without_a_fair_the_page_says_what_to_do(tmp_path):
    site = a_site(tmp_path, is_published=False, with_plan=False)
    with site.stage.db.write() as work:
        for statement in ("match", "participation", "fair"):
            work.connection().exec_driver_sql(f'DELETE FROM "{statement}"')  # noqa: S608 - three fixed names

    text = read(site, "/fairs/")

    assert "아직 상담회가 없습니다" in text
    assert "엑셀로 상담회 만들기" in text


def test_the_overview_shows_the_steps_and_which_comes_next(tmp_path):
    page = a_site(tmp_path, is_published=False).logged_in().get("/fairs/sample/")
    steps = re.findall(r'class="step-card (\w*)"><h2>([^<]+)', page.text)

    assert steps == [("done", "참가자"), ("done", "매칭"), ("done", "배정"), ("now", "공개")]


def test_participants_stand_with_their_hours_in_their_own_zone(tmp_path):
    text = read(a_site(tmp_path), "/fairs/sample/participants/", tab="buyers")

    assert "PT Sample b2" in text
    assert "미국" in text
    assert "시카고 CDT (UTC−5)" in text
    assert "b2@mail.example" in text


@pytest.mark.parametrize("tab", ["companies", "interpreters", "rooms", "matches", "../../etc", ""])
def test_every_kind_of_participant_has_its_table(tmp_path, tab):
    assert a_site(tmp_path).logged_in().get(f"/fairs/sample/participants/?tab={tab}").status_code == 200


def test_a_holiday_of_either_side_is_warned_of(tmp_path):
    site = a_site(tmp_path)
    from_fair = site.stage.fair
    with site.stage.db.write() as work:
        days = '["2026-05-05"]'
        work.connection().exec_driver_sql("UPDATE fair SET days = ? WHERE id = ?", (days, from_fair.id))

    assert "5.5(화) – 한국 공휴일: 어린이날" in read(site, "/fairs/sample/")


def test_the_board_shows_both_times_the_interpreter_and_the_room(tmp_path):
    page = a_site(tmp_path).logged_in().get("/fairs/sample/board/")
    text = Visitor.text(page)

    assert "남동산업 c1 PT Sample b1 09:00 · 07:00 WIB 통역사 i1 · 인도네시아어" in text
    assert "남동산업 c2 PT Sample b1 09:30 · 07:30 WIB 통역사 i2 · 인도네시아어" in text
    assert re.findall(r'<th scope="col" data-col="r\d">(상담실 r\d)', page.text) == ["상담실 r1", "상담실 r2"]
    assert re.findall(r"<b>(\d\d:\d\d)</b>", page.text) == [
        "09:00",
        "09:30",
        "10:00",
        "10:30",
        "11:00",
        "11:30",
    ]


def test_the_board_says_how_good_it_is_and_what_found_no_place(tmp_path):
    text = read(a_site(tmp_path), "/fairs/sample/board/")

    assert "2/4 배정 대기 0 최적 증명" in text
    assert "배정하지 못한 매칭 2건" in text
    assert "기업·통역사·상담실이 모두 가능한 시간" in text
    assert "상담실 9" in text


@pytest.mark.parametrize(
    ("across", "heads"),
    [
        ("company", ["남동산업 c1", "남동산업 c2"]),
        ("buyer", ["PT Sample b1", "PT Sample b2"]),
        ("interpreter", ["통역사 i1", "통역사 i2"]),
    ],
)
def test_the_columns_are_whom_one_chooses(tmp_path, across, heads):
    page = a_site(tmp_path).logged_in().get(f"/fairs/sample/board/?across={across}")
    head = page.text.partition("<thead>")[2].partition("</thead>")[0]

    assert re.findall(r'<th scope="col" data-col="\w+">([^<\n]+)(?:<small>|</th>)', head) == heads


def test_the_time_beside_is_the_zone_one_chooses_with_the_shift_of_the_day(tmp_path):
    page = a_site(tmp_path).logged_in().get(f"/fairs/sample/board/?zone={DALLAS}")

    assert re.findall(r"<b>09:00</b>([^<]+)", page.text) == ["전날 19:00 CDT"]


@pytest.mark.parametrize(
    "query", ["day=2026-13-45", "day=%00x", "across=rooms';--", "zone=Mars/Base", "day=9999-12-31"]
)
def test_a_board_asked_for_in_a_wrong_way_is_the_first_one_or_a_refusal(tmp_path, query):
    assert a_site(tmp_path).logged_in().get(f"/fairs/sample/board/?{query}").status_code in {200, 400}


def test_all_days_stand_one_below_the_other(tmp_path):
    site = a_site(tmp_path)
    two_days = (FIRST_DAY, FIRST_DAY + timedelta(days=1))
    with site.stage.db.write() as work:
        fairs.save_fair(work, replace(site.stage.fair, days=two_days), NOW)
    open_match = next(one for one in ("c1-b1", "c1-b2", "c2-b1", "c2-b2") if one not in site.meetings())
    wish = replace(site.stage.wish(open_match), slot=a_slot("09:00", day=1))
    book(site.stage.db, site.stage.settings, wish, now=NOW, actor=COORDINATOR)

    page = site.logged_in().get("/fairs/sample/board/?day=all")

    captions = re.findall(r'<caption class="sr-only">상담 배정표, ([^<]+)', page.text)
    assert captions == ["2026.6.24(수)", "2026.6.25(목)"]


def test_before_publishing_the_board_is_a_draft_with_no_sessions_to_open(tmp_path):
    page = a_site(tmp_path, is_published=False).logged_in().get("/fairs/sample/board/")

    assert "공개하기 전에는 아무에게도 알리지 않으며" in Visitor.text(page)
    assert "남동산업 c1" in page.text
    assert "/meetings/" not in page.text


def test_without_a_plan_the_board_leads_to_building_one(tmp_path):
    site = a_site(tmp_path, is_published=False, with_plan=False)

    assert "아직 배정표가 없습니다" in read(site, "/fairs/sample/board/")


def test_a_company_at_its_own_office_stands_in_a_column_of_its_own(tmp_path):
    site = a_site(tmp_path, is_published=False, with_plan=False)
    match = a_match(company="c1", buyer="b1", needs_room=False)
    keep_plan(site.stage, replace(the_plan(), placements=(a_placement(match, a_slot("10:00")),)))

    assert "자사 접속 상담실 미사용" in read(site, "/fairs/sample/board/")


def test_publishing_shows_who_gets_what_and_takes_a_form(tmp_path):
    site = a_site(tmp_path, is_published=False)
    visitor = site.logged_in()
    text = Visitor.text(visitor.get("/fairs/sample/publish"))

    assert "새 상담 2" in text
    assert "공개하고 5명에게 발송" in text
    assert "남동산업 c1 c1@mail.example 1 0 0" in text
    assert site.meetings() == {}

    answer = visitor.post("/fairs/sample/publish", page="/fairs/sample/publish")

    assert (answer.status_code, answer.location) == (303, "/fairs/sample/board/")
    assert sorted(site.meetings()) == ["c1-b1", "c2-b1"]
    assert "초대 6통을 보내고 있습니다." in Visitor.text(visitor.get("/fairs/sample/board/"))


def test_publishing_without_a_plan_says_so(tmp_path):
    site = a_site(tmp_path, is_published=False, with_plan=False)
    answer = site.logged_in().get("/fairs/sample/publish")

    assert answer.status_code == 409
    assert "먼저" in Visitor.text(answer)


def test_a_session_is_moved_by_form_and_the_change_waits_to_be_sent(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    meeting = site.meetings()["c1-b1"]
    page = f"/meetings/{meeting.id}"
    slot = a_slot("11:00")
    value = f"{slot.start_at.isoformat()}/{slot.end_at.isoformat()}"

    assert f'value="{value}"' in visitor.get(page).text
    answer = visitor.post(f"{page}/move", page=page, revision="0", slot=value)

    assert (answer.status_code, answer.location) == (303, page)
    moved = site.meetings()["c1-b1"]
    assert (moved.slot, moved.room_id, moved.interpreter_ids, moved.revision) == (slot, "r1", ("i1",), 1)
    text = Visitor.text(visitor.get(page))
    assert "6.24(수) 11:00–11:30 KST · 09:00–09:30 WIB" in text
    assert "6.24(수) 09:00 KST → 6.24(수) 11:00 KST" in text
    assert "변경 3건 미발송" in Visitor.text(visitor.get("/fairs/sample/board/"))


def test_the_collected_notices_go_when_they_are_sent(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    meeting = site.meetings()["c1-b1"]
    visitor.post(f"/meetings/{meeting.id}/move", page=f"/meetings/{meeting.id}", revision="0", room="r2")

    assert "변경 3건을 아직 알리지 않았습니다." in Visitor.text(visitor.get("/fairs/sample/changes"))
    visitor.post("/fairs/sample/changes", page="/fairs/sample/changes")

    text = Visitor.text(visitor.get("/fairs/sample/changes"))
    assert "알림 3통을 보내고 있습니다." in text
    assert "아직 알리지 않았습니다" not in text


def test_a_session_changed_by_somebody_else_is_not_changed_blindly(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    page = f"/meetings/{site.meetings()['c1-b1'].id}"
    visitor.post(f"{page}/move", page=page, revision="0", room="r2")

    answer = visitor.post(f"{page}/move", page=page, revision="0", room="r1")

    assert answer.status_code == 409
    assert site.meetings()["c1-b1"].room_id == "r2"
    assert "상담 정보" in Visitor.text(answer)


def test_a_room_that_is_taken_is_refused_with_the_nearest_moments(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    page = f"/meetings/{site.meetings()['c1-b1'].id}"
    slot = a_slot("09:30")
    value = f"{slot.start_at.isoformat()}/{slot.end_at.isoformat()}"

    answer = visitor.post(f"{page}/move", page=page, revision="0", slot=value)

    assert answer.status_code == 409
    assert "PT Sample b1" in Visitor.text(answer)
    assert site.meetings()["c1-b1"].slot == a_slot("09:00")


@pytest.mark.parametrize(
    "fields",
    [
        {"revision": "x"},
        {"revision": ""},
        {"revision": "9" * 40},
        {"revision": "0", "slot": "tomorrow"},
        {"revision": "0", "slot": "2026-06-24T09:00/2026-06-24T09:30"},
        {"revision": "0", "slot": "2026-06-24T10:00:00+00:00/2026-06-24T09:00:00+00:00"},
        {"revision": "0", "slot": "2026-06-24T00:00:00+00:00/2056-06-24T09:00:00+00:00"},
        {"revision": "0", "room": "room_of_somebody_else"},
        {"revision": "0", "interpreter-0": "c2"},
        {"revision": "0", "room": "r1\x00"},
        {"revision": "0", "room": "r" * 600_000},
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_changes_nothing(tmp_path, fields):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    meeting = site.meetings()["c1-b1"]

    answer = visitor.post(f"/meetings/{meeting.id}/move", page=f"/meetings/{meeting.id}", **fields)

    assert 400 <= answer.status_code < 500
    assert site.meetings()["c1-b1"] == meeting


def test_a_cancelled_session_leaves_the_board_and_is_told_of_when_sent(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    page = f"/meetings/{site.meetings()['c1-b1'].id}"

    assert visitor.post(f"{page}/cancel", page=page, revision="0").status_code == 303

    text = Visitor.text(visitor.get("/fairs/sample/board/"))
    assert "1/4 배정" in text
    assert "상담이 취소되었습니다." in text
    assert visitor.post(f"{page}/cancel", page=page, revision="1").status_code in {400, 409}


def test_the_mailbox_shows_a_mail_its_calendar_in_words_and_keeps_it_harmless(tmp_path):
    site = a_site(tmp_path)
    deliver_all(
        site.stage.db, site.stage.settings, FolderPost(site.stage.settings.mailbox), now=NOW, owner="test"
    )
    visitor = site.logged_in()
    listed = visitor.get("/mailbox/")
    path = re.findall(r'href="(/mailbox/[^"?]+\.eml)"', listed.text)[0]
    page = visitor.get(path)

    assert "메일 6통" in Visitor.text(listed)
    assert 'sandbox="allow-popups' in page.text
    assert "받는 사람의 캘린더에 상담을 넣거나" in Visitor.text(page)
    body = visitor.get(f"{path}/body")
    assert "sandbox" in body.headers["Content-Security-Policy"]
    assert "default-src 'none'" in body.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in body.headers["Content-Security-Policy"]
    assert visitor.get(f"{path}/invite.ics").data.startswith(b"BEGIN:VCALENDAR")
    assert visitor.get(f"{path}/message.eml").mimetype == "message/rfc822"


@pytest.mark.parametrize("name", ["..%2f..%2fsecret.key", "secret.key", "x.eml", "%00.eml"])
def test_only_mails_come_out_of_the_mailbox(tmp_path, name):
    assert a_site(tmp_path).logged_in().get(f"/mailbox/{name}").status_code in {400, 404}


def test_the_export_is_a_workbook_with_a_name_in_korean(tmp_path):
    answer = a_site(tmp_path).logged_in().get("/fairs/sample/export.xlsx")

    assert answer.data.startswith(b"PK")
    assert "filename*=UTF-8''sample-%EA%B2%AC" in answer.headers["Content-Disposition"]


def test_the_fair_and_its_rooms_get_calendar_addresses_when_asked_for(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    visitor.post("/fairs/sample/calendar", page="/fairs/sample/")
    visitor.post("/fairs/sample/calendar", page="/fairs/sample/", room="r1")

    pages = [visitor.get(path).text for path in ("/fairs/sample/", "/fairs/sample/participants/?tab=rooms")]
    addresses = [re.findall(r"<code>https://fair\.example(/feeds/[^<]+\.ics)</code>", page) for page in pages]

    assert [len(found) for found in addresses] == [1, 1]
    assert [site.visitor().get(found[0]).data.count(b"BEGIN:VEVENT") for found in addresses] == [2, 1]
    assert visitor.post("/fairs/sample/calendar", page="/fairs/sample/", room="c1").status_code == 404


def test_building_is_started_watched_and_stopped_by_form(tmp_path):
    site = a_site(tmp_path, is_published=False, with_plan=False)
    visitor = site.logged_in()
    started = visitor.post("/fairs/sample/build/", page="/fairs/sample/build/")
    page = visitor.get(started.location)

    assert "배정표를 만드는 중" in Visitor.text(page)
    assert 'hx-trigger="every 1s"' in page.text
    part = visitor.get(started.location, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<section class="card stack" id="progress"')
    assert visitor.post(f"{started.location}stop", page=started.location).status_code == 303
    assert "가장 나은 배정안으로 마무리하는 중" in Visitor.text(visitor.get(started.location))
    assert visitor.get("/fairs/sample/build/").location == started.location


def test_english_is_a_link_away_and_stays_chosen(tmp_path):
    visitor = a_site(tmp_path).logged_in()

    english = visitor.get("/fairs/sample/board/?lang=en")

    assert '<html lang="en" dir="ltr">' in english.text
    assert "Session grid" in Visitor.text(english)
    assert "Namdong c1" in Visitor.text(english)
    assert "Session grid" in Visitor.text(visitor.get("/fairs/sample/board/"))
    assert '<html lang="ko"' in visitor.get("/fairs/?lang=ko").text
    assert '<html lang="ko"' in visitor.get("/fairs/?lang=xx").text


def counted(site: Site, path: str) -> int:
    """How many statements a page sends to the database."""
    visitor = site.logged_in()
    statements: list[str] = []
    listener = lambda *given: statements.append(given[2])  # noqa: E731
    event.listen(site.stage.db.reader, "before_cursor_execute", listener)
    assert visitor.get(path).status_code == 200
    event.remove(site.stage.db.reader, "before_cursor_execute", listener)
    return len(statements)


@pytest.mark.parametrize(
    "path",
    [
        "/fairs/",
        "/fairs/sample/",
        "/fairs/sample/participants/",
        "/fairs/sample/board/",
        "/fairs/sample/changes",
    ],
)
def test_a_page_asks_the_database_as_often_for_many_as_for_few(tmp_path, path):
    (tmp_path / "few").mkdir()
    (tmp_path / "many").mkdir()
    few, many = a_site(tmp_path / "few"), a_site(tmp_path / "many")
    with many.stage.db.write() as work:
        for number in range(40):
            company, buyer = mailed(a_company(f"x{number}")), mailed(a_buyer(f"y{number}"))
            for one in (company, buyer):
                people.save_resource(work, one, f"key:{one.id}", "fair-1", 100 + number)
            matches.save_match(work, "fair-1", a_match(company=company.id, buyer=buyer.id))

    assert counted(many, path) == counted(few, path)


def test_a_board_of_a_busy_day_stays_small(tmp_path):
    site = a_site(tmp_path, is_published=False, with_plan=False)
    placements = tuple(
        a_placement(a_match(f"m{number}", company="c1", buyer="b1"), a_slot("09:00", minutes=30))
        for number in range(60)
    )
    keep_plan(site.stage, replace(the_plan(), placements=placements))
    page = site.logged_in().get("/fairs/sample/board/")

    assert page.text.count('class="session') == 60
    assert len(page.data) < 100_000


def test_times_are_those_of_the_fair_and_not_of_today(tmp_path):
    assert at("09:00").isoformat() == "2026-06-24T00:00:00+00:00"
    assert "2026.6.24(수)" in read(a_site(tmp_path), "/fairs/sample/")
