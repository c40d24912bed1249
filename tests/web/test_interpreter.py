"""An interpreter's pages: the day, the word on an assignment, the painted week, the hours that are signed."""

import re

from scheduler.storage import answers, people
from tests.web.visitors import INTERPRETER, Site, Visitor, a_site


def said(site: Site) -> list[tuple[str, str, str]]:
    stored = {one.id: key for key, one in site.meetings().items()}
    with site.stage.db.read() as work:
        known = answers.answers_standing(work, list(stored))
    return [(stored[one.meeting_id], one.recipient_id, one.partstat) for one in known]


def test_the_day_has_rooms_languages_both_sides_and_both_times(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in(INTERPRETER)
    page = Visitor.text(visitor.get("/interpreter/?lang=ko"))

    assert visitor.get("/").location == "/interpreter/"
    assert "2026.6.24(수) 인쇄" in page.replace("통역사 i1 · 서울 KST (UTC+9) · 상담 1건 · 30분 ", "")
    assert "09:00–09:30 KST · 07:00 WIB 상담실 r1 한국어–인도네시아어 남동산업 c1 – PT Sample b1" in page
    assert "남동산업 c2" not in page


def test_an_interpreter_declines_and_the_coordinator_sees_who_and_why(tmp_path):
    site = a_site(tmp_path)
    visitor, meeting = site.logged_in(INTERPRETER), site.meetings()["c1-b1"]
    form = {
        "answer": "declined",
        "start": meeting.slot.start_at.isoformat(),
        "day": "2026-06-24",
        "comment": "병원",
    }
    sent = visitor.post(f"/interpreter/sessions/{meeting.id}/answer", page="/interpreter/", **form)

    assert (sent.status_code, sent.location) == (303, f"/interpreter/?day=2026-06-24#{meeting.id}")
    assert said(site) == [("c1-b1", "i1", "declined")]
    assert "You cannot take it" in Visitor.text(visitor.get("/interpreter/?lang=en"))
    assert "통역사 i1 불참 병원" in Visitor.text(site.logged_in().get("/replies/"))


def test_a_session_of_another_interpreter_is_not_there(tmp_path):
    site = a_site(tmp_path)
    visitor, other = site.logged_in(INTERPRETER), site.meetings()["c2-b1"]
    form = {"answer": "accepted", "start": other.slot.start_at.isoformat()}

    assert (
        visitor.post(f"/interpreter/sessions/{other.id}/answer", page="/interpreter/", **form).status_code
        == 404
    )
    assert visitor.post("/interpreter/sessions/mtg_x/answer", page="/interpreter/", **form).status_code == 404
    assert said(site) == []


def test_the_painted_week_is_kept_and_shown_again(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in(INTERPRETER)
    cells = ["2-18", "2-19", "4-46"]
    assert visitor.post("/interpreter/hours", page="/interpreter/hours", cell=cells).status_code == 303
    page = visitor.get("/interpreter/hours").text

    assert re.findall(r'value="(\d-\d+)" checked', page) == cells
    with site.stage.db.read() as work:
        hours = people.get_resource(work, "i1", site.stage.fair.id).hours
    assert hours.to_json()["weekly"]["wed"] == ["09:00-10:00"]
    assert len(page) < 100_000


def test_a_different_day_is_added_and_taken_away_and_faults_stand_at_their_fields(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in(INTERPRETER)
    wrong = visitor.post(
        "/interpreter/hours/days", page="/interpreter/hours", on="x", kind="away", first="9", last=""
    )
    visitor.post("/interpreter/hours/days", page="/interpreter/hours", on="2026-06-25", kind="away")
    listed = Visitor.text(visitor.get("/interpreter/hours?lang=en"))
    gone = visitor.post("/interpreter/hours/days/2026-06-25/drop", page="/interpreter/hours")

    assert wrong.status_code == 400
    assert 'href="#on"' in wrong.text
    assert 'id="first" name="first" value="9"' in wrong.text
    assert "Thu 25 Jun 2026 not available" in listed
    assert gone.status_code == 303
    assert (
        visitor.post("/interpreter/hours/days/2026-06-25/drop", page="/interpreter/hours").status_code == 404
    )
    assert visitor.post("/interpreter/hours/days/never/drop", page="/interpreter/hours").status_code == 404


def test_the_month_is_signed_countersigned_and_downloaded(tmp_path):
    site = a_site(tmp_path)
    site.clock.go_on(days=10)
    visitor, coordinator = site.logged_in(INTERPRETER), site.logged_in()
    mark = re.findall(r'name="seen" value="(\w+)"', visitor.get("/interpreter/worked/2026-06").text)[0]
    early = coordinator.post("/hours/2026-06/i1/sign", page="/hours/", name="이담당", seen=mark)
    nameless = visitor.post(
        "/interpreter/worked/2026-06/sign", page="/interpreter/hours", name=" ", seen=mark
    )
    signed = visitor.post(
        "/interpreter/worked/2026-06/sign", page="/interpreter/hours", name="김통역", seen=mark
    )
    counter = coordinator.post("/hours/2026-06/i1/sign", page="/password", name="이담당", seen=mark)
    page = Visitor.text(visitor.get("/interpreter/worked/2026-06?lang=en"))

    assert [one.status_code for one in (early, nameless, signed, counter)] == [409, 400, 303, 303]
    assert "0 h 30 min" in page
    assert "Sessions of June 2026" in page
    assert "Interpreter 김통역 Sat 27 Jun 12:00 KST Coordinator 이담당 Sat 27 Jun 12:00 KST" in page
    listed = Visitor.text(coordinator.get("/hours/2026-06/"))
    assert "양쪽 서명 완료" in listed
    assert "통역사 근무 시간 · 2026년 6월 2026년 5월 2026년 7월" in listed
    for address in ("/interpreter/worked/2026-06", "/hours/2026-06/i1"):
        reader = visitor if address.startswith("/interpreter") else coordinator
        assert reader.get(f"{address}.xlsx").data.startswith(b"PK")
        assert "김통역" in reader.get(f"{address}.csv").data.decode("utf-8-sig")
        assert reader.get(f"{address}.exe").status_code == 404
    assert visitor.get("/interpreter/worked/2026-13").status_code == 404
    assert coordinator.get("/hours/2026-06/c1").status_code == 404
