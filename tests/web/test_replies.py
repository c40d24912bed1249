"""What came back by mail, as the coordinator sees and settles it."""

import re

import pytest

from scheduler.services.deliver import deliver_all
from scheduler.services.receive_reply import receive
from scheduler.storage import answers, meetings
from scheduler.storage.meetings import Promise
from tests.builders import a_slot
from tests.replies import a_reply, a_reply_mail
from tests.services.stage import NOW, a_post
from tests.web.visitors import FIRST_COMPANY, INTERPRETER, Site, Visitor, a_site


def an_invited_site(tmp_path) -> Site:
    site = a_site(tmp_path)
    deliver_all(site.stage.db, site.stage.settings, a_post(), now=NOW, owner="test")
    return site


def known(site: Site) -> list[tuple[str, str]]:
    with site.stage.db.read() as work:
        found = answers.answers_of(work, [one.id for one in site.meetings().values()])
    return [(one.recipient_id, one.partstat) for one in found]


def test_without_replies_the_page_says_so(tmp_path):
    visitor = a_site(tmp_path).logged_in()
    assert "확인할 회신이 없습니다" in visitor.text(visitor.get("/replies/"))


def test_who_declines_stands_on_the_page_with_the_session(tmp_path):
    site = an_invited_site(tmp_path)
    receive(
        site.stage.db,
        a_reply(site.meetings()["c1-b1"].uid, partstat="DECLINED", more="COMMENT:출장"),
        now=NOW,
    )
    visitor = site.logged_in()
    text = visitor.text(visitor.get("/replies/"))
    assert "PT Sample b1 불참 출장 남동산업 c1 – PT Sample b1" in text


def test_a_stranger_s_answer_waits_until_the_coordinator_says_whose_it_is(tmp_path):
    site = an_invited_site(tmp_path)
    raw = a_reply(site.meetings()["c1-b1"].uid, attendee="private@mail.example", partstat="DECLINED")
    mail = receive(site.stage.db, raw, now=NOW)
    visitor, page = site.logged_in(), f"/replies/{mail.id}"
    assert "이 상담에 초대되지 않은 사람입니다." in visitor.text(visitor.get("/replies/"))
    assert visitor.get(f"{page}.eml").data == raw
    assert visitor.post(f"{page}/accept", page=page, recipient="b2").status_code == 404
    answer = visitor.post(f"{page}/accept", page=page, recipient="b1")
    assert (answer.status_code, answer.location, known(site)) == (303, "/replies/", [("b1", "declined")])
    assert visitor.post(f"{page}/accept", page="/replies/", recipient="b1").status_code == 404


def test_a_mail_that_cannot_be_read_is_shown_and_put_away(tmp_path):
    site = an_invited_site(tmp_path)
    mail = receive(site.stage.db, b"\x00<script>alert(1)</script>", now=NOW)
    letter = receive(site.stage.db, a_reply_mail(text="언제인가요?"), now=NOW)
    visitor = site.logged_in()
    for one in (mail, letter):
        page = f"/replies/{one.id}"
        assert visitor.post(f"{page}/settle", page=page).status_code == 303
    assert "확인할 회신이 없습니다" in visitor.text(visitor.get("/replies/"))


def test_a_proposed_time_stands_beside_the_moments_that_are_free_and_moves_only_by_hand(tmp_path):
    site = an_invited_site(tmp_path)
    meeting = site.meetings()["c1-b1"]
    counter = a_reply(
        meeting.uid,
        method="COUNTER",
        partstat="TENTATIVE",
        start="DTSTART:20260624T020000Z",
        end="DTEND:20260624T023000Z",
    )
    mail = receive(site.stage.db, counter, now=NOW)
    visitor, page = site.logged_in(), f"/replies/{mail.id}"
    text = visitor.text(visitor.get(page))
    assert "제안한 시각 6.24(수) 11:00–11:30 KST · 09:00–09:30 WIB" in text
    assert "6.24(수) 11:00–11:30 KST · 09:00–09:30 WIB 제안한 시각" in text
    assert site.meetings()["c1-b1"].slot == meeting.slot
    slot = a_slot("11:00")
    written = f"{slot.start_at.isoformat()}/{slot.end_at.isoformat()}"
    visitor.post(f"/meetings/{meeting.id}/move", page=page, revision="0", slot=written)
    assert site.meetings()["c1-b1"].slot == slot


IMPOSSIBLE = {
    "over": ("DTSTART:20260601T020000Z", "DTEND:20260601T023000Z", "제안한 시각이 이미 지났습니다."),
    "none of the fair's": (
        "DTSTART:20260624T021000Z",
        "DTEND:20260624T024000Z",
        "제안한 시각은 이 상담회의 상담 타임이 아닙니다.",
    ),
    "taken": ("DTSTART:20260624T003000Z", "DTEND:20260624T010000Z", "PT Sample b1"),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_of_a_proposed_time_that_cannot_be_had_it_is_said_why(tmp_path, what):
    site = an_invited_site(tmp_path)
    start, end, why = IMPOSSIBLE[what]
    uid = site.meetings()["c1-b1"].uid
    mail = receive(site.stage.db, a_reply(uid, method="COUNTER", start=start, end=end), now=NOW)
    page = site.logged_in().get(f"/replies/{mail.id}").text
    told = page.partition("제안한 시각</dt>")[2].partition("</dd>")[0]
    assert (why in told, "as proposed" in page) == (True, False)


def test_a_letter_is_read_on_the_page_with_the_sessions_of_who_wrote_it(tmp_path):
    site = an_invited_site(tmp_path)
    letter = a_reply_mail(text="내일 가능할까요?\n<script>alert(1)</script>", sender="B1@Mail.example")
    stranger = a_reply_mail(text="누구세요?", sender="somebody@mail.example")
    visitor = site.logged_in()
    shown = visitor.get(f"/replies/{receive(site.stage.db, letter, now=NOW).id}")
    assert "내일 가능할까요?\n&lt;script&gt;alert(1)&lt;/script&gt;" in shown.text
    assert "보낸 사람의 상담 남동산업 c1 – PT Sample b1" in visitor.text(shown)
    other = visitor.get(f"/replies/{receive(site.stage.db, stranger, now=NOW).id}")
    assert "보낸 사람의 상담" not in visitor.text(other)


def test_a_mail_that_does_not_exist_is_no_page(tmp_path):
    visitor = a_site(tmp_path).logged_in()
    assert {visitor.get(path).status_code for path in ("/replies/in_none", "/replies/in_none.eml")} == {404}


def test_a_changed_local_time_is_shown_and_told_at_the_coordinator_s_word(tmp_path):
    site = an_invited_site(tmp_path)
    meeting = site.meetings()["c1-b1"]
    told = Promise(zone_rules="2025b", local_times={"Asia/Jakarta": "2026-06-24 08:00"})
    with site.stage.db.write() as work:
        meetings.save_promises(work, {meeting.id: told})
    visitor = site.logged_in()
    assert "상담 1건이 알려 드린 것과 다른 현지 시각에" in visitor.text(visitor.get("/replies/"))
    assert "6.24(수) 08:00 6.24(수) 07:00" in visitor.text(visitor.get("/time-zones/"))
    visitor.post("/time-zones/", page="/time-zones/", meeting="somebody-elses")
    assert site.meetings()["c1-b1"].revision == 0
    visitor.post("/time-zones/", page="/time-zones/", meeting=meeting.id)
    post = a_post()
    deliver_all(site.stage.db, site.stage.settings, post, now=NOW, owner="test")
    assert len(post.kept) == 3
    assert "모든 현지 시각이 알린 그대로입니다" in visitor.text(visitor.get("/time-zones/"))


def test_a_session_can_be_put_into_a_web_calendar_and_a_feed_be_subscribed_to(tmp_path):
    site = an_invited_site(tmp_path)
    company = site.logged_in(FIRST_COMPANY)
    page = company.get(f"/my/{site.meetings()['c1-b1'].id}").text
    assert "https://calendar.google.com/calendar/render?action=TEMPLATE" in page
    assert "startdt=2026-06-24T00%3A00%3A00Z" in page
    company.post("/my/calendar", page="/my/")
    assert 'href="webcal://fair.example/feeds/' in company.get("/my/").text


def test_answers_stand_on_the_session_with_one_click_to_a_new_plan_without_who_declined(tmp_path):
    site = an_invited_site(tmp_path)
    meeting = site.meetings()["c1-b1"]
    receive(site.stage.db, a_reply(meeting.uid, partstat="DECLINED", more="COMMENT:출장"), now=NOW)
    receive(site.stage.db, a_reply(meeting.uid, attendee="c1@mail.example"), now=NOW)
    visitor, page = site.logged_in(), f"/meetings/{meeting.id}"
    answer = visitor.get(page)
    assert "남동산업 c1 참석" in visitor.text(answer)
    assert "PT Sample b1 불참 출장" in visitor.text(answer)
    assert "회신 없음" in visitor.text(answer)
    fields = dict(re.findall(r'type="hidden" name="(on|since|until)" value="([^"]+)"', answer.text))
    assert fields == {"on": "2026-06-24", "since": "07:00", "until": "07:30"}
    planned = visitor.post("/fairs/sample/replan/absence/b1", page=page, **fields)
    assert planned.status_code == 303
    assert site.meetings()["c1-b1"] == meeting


def test_a_decline_is_a_note_on_the_overview_until_the_session_moves(tmp_path):
    site = an_invited_site(tmp_path)
    meeting = site.meetings()["c1-b1"]
    receive(site.stage.db, a_reply(meeting.uid, partstat="DECLINED", more="COMMENT:출장"), now=NOW)
    visitor = site.logged_in()
    note = "1명이 참석할 수 없습니다 PT Sample b1 – 출장 남동산업 c1 – PT Sample b1 6.24(수) 09:00–09:30 KST"
    assert note in visitor.text(visitor.get("/fairs/sample/"))
    slot = a_slot("11:00")
    written = f"{slot.start_at.isoformat()}/{slot.end_at.isoformat()}"
    visitor.post(f"/meetings/{meeting.id}/move", page=f"/meetings/{meeting.id}", revision="0", slot=written)
    assert "참석할 수 없습니다" not in visitor.text(visitor.get("/fairs/sample/"))


def test_participants_stand_with_how_they_have_answered(tmp_path):
    site = an_invited_site(tmp_path)
    for uid, partstat in (
        (site.meetings()["c1-b1"].uid, "ACCEPTED"),
        (site.meetings()["c2-b1"].uid, "DECLINED"),
    ):
        receive(site.stage.db, a_reply(uid, partstat=partstat), now=NOW)
    visitor = site.logged_in()
    text = visitor.text(visitor.get("/fairs/sample/participants/?tab=buyers"))
    assert "참석 1 불참 1" in text
    assert "회신 없음 1" in visitor.text(visitor.get("/fairs/sample/participants/?tab=companies"))


def test_a_company_and_its_interpreter_read_who_comes_and_a_buyer_reads_nothing_of_it(tmp_path):
    site = an_invited_site(tmp_path)
    meeting = site.meetings()["c1-b1"]
    receive(site.stage.db, a_reply(meeting.uid, partstat="ACCEPTED", more="COMMENT:은밀한 사정"), now=NOW)
    for email in (FIRST_COMPANY, INTERPRETER):
        visitor = site.logged_in(email)
        for page in ("/my/", f"/my/{meeting.id}"):
            text = visitor.text(visitor.get(page))
            assert "PT Sample b1 참석" in text
            assert "은밀" not in text
    assert "회신 없음" not in Visitor.text(site.visitor().get(site.buyer_path()))
