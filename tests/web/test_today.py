"""The page of the day, calling forward from it, and the sheets that are printed."""

from scheduler.booking.meeting import State
from scheduler.storage import people
from tests.builders import at
from tests.web.visitors import Site, Visitor, a_site

TODAY = "/fairs/sample/today/"


def a_site_during(folder) -> Site:
    site = a_site(folder)
    site.clock.now = at("09:05")
    return site


def test_the_day_shows_now_and_next_and_refreshes_itself(tmp_path):
    site = a_site_during(tmp_path)
    visitor = site.logged_in()
    page = visitor.get(f"{TODAY}?lang=en")
    text = Visitor.text(page)

    assert "2 sessions today · 0 took place · 0 not attended" in text
    assert "상담실 r1 Now 09:00–09:30 KST · 07:00 WIB Namdong c1 – PT Sample b1" in text
    assert "상담실 r2 Now Free Next 09:30–10:00" in text
    assert 'data-refresh="20"' in page.text
    site.clock.now = at("09:05", day=1)
    assert "No sessions today" in Visitor.text(site.logged_in().get(f"{TODAY}?lang=en"))


def test_one_press_notes_that_a_session_took_place(tmp_path):
    site = a_site_during(tmp_path)
    meeting = site.meetings()["c1-b1"]
    answer = site.logged_in().post(f"{TODAY}{meeting.id}/took-place", page=TODAY, revision="0")

    assert (answer.status_code, answer.location) == (303, TODAY)
    assert site.meetings()["c1-b1"].state is State.COMPLETED


def test_who_did_not_come_leads_to_those_who_could_be_called_and_one_press_calls_them(tmp_path):
    site = a_site_during(tmp_path)
    meeting, visitor = site.meetings()["c1-b1"], site.logged_in()
    wrong = visitor.post(f"{TODAY}{meeting.id}/no-show", page=TODAY, revision="0", absent="cat")
    gone = visitor.post(f"{TODAY}{meeting.id}/no-show", page=TODAY, revision="0", absent="company")
    page = f"{TODAY}{meeting.id}/forward"
    listed = Visitor.text(visitor.get(f"{page}?lang=en"))
    stale = visitor.post(page, page=page, revision="0", match="c2-b1")
    done = visitor.post(page, page=page, revision="1", match="c2-b1")

    assert (wrong.status_code, gone.status_code, gone.location) == (400, 303, page)
    assert "Namdong c2 – PT Sample b1 Wed 24 Jun 09:30–10:00 KST" in listed
    assert "c1-b2" not in listed
    assert (stale.status_code, done.status_code) == (409, 303)
    assert site.meetings()["c2-b1"].slot.start_at == at("09:05")
    assert "did not come: the company" in listed


def test_sheets_name_their_version_and_show_both_times(tmp_path):
    site = a_site_during(tmp_path)
    visitor = site.logged_in()
    pages = {
        by: Visitor.text(visitor.get(f"/fairs/sample/sheets/?by={by}&on=2026-06-24&lang=en"))
        for by in ("room", "interpreter", "day", "cat")
    }

    assert "Grid version 1 · Wed 17 Jun 12:00 KST, the first" in pages["room"]
    assert "상담실 r1 · Wed 24 Jun 2026" in pages["room"]
    assert "09:00–09:30 KST 07:00 WIB Namdong c1 PT Sample b1" in pages["day"]
    assert pages["room"] == pages["cat"]
    assert "통역사 i2" in pages["interpreter"]
    assert 'href="/fairs/sample/sheets/' in visitor.get("/fairs/sample/board/").text


def test_the_page_to_call_forward_says_why_nobody_can_be_called(tmp_path):
    site = a_site_during(tmp_path)
    meeting, visitor = site.meetings()["c1-b1"].id, site.logged_in()
    visitor.post(f"{TODAY}{meeting}/no-show", page=TODAY, revision="0", absent="both")
    with site.stage.db.write() as work:
        people.set_active(work, "b2", is_active=False)
    page = f"{TODAY}{meeting}/forward?lang=en"
    busy = Visitor.text(visitor.get(page))
    site.clock.now = at("09:20")
    late = Visitor.text(visitor.get(page))

    assert "Of every pair somebody is away or has something else at this time." in busy
    assert "Less than 15 minutes of the time are left." in late
