"""What a buyer does behind their link: answers, language and zone, free times, a test of the device."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from scheduler.services.actor import SYSTEM
from scheduler.services.cancel import cancel
from scheduler.services.move import Target, move
from scheduler.storage import answers, people
from scheduler.storage.preferences import find_preference
from tests.builders import FIRST_DAY, a_slot, at
from tests.services.stage import NOW
from tests.web.visitors import Site, Visitor, a_site


def said(site: Site) -> dict[str, tuple[str, str]]:
    """Match -> the buyer's answer and word."""
    stored = site.meetings()
    with site.stage.db.read() as work:
        known = {
            one.meeting_id: one for one in answers.answers_standing(work, [one.id for one in stored.values()])
        }
    return {
        key: (known[one.id].partstat, known[one.id].comment) for key, one in stored.items() if one.id in known
    }


def start(clock: str = "09:00") -> str:
    return at(clock).isoformat()


def slot(clock: str) -> str:
    return str(int(at(clock).timestamp()))


def test_a_buyer_confirms_one_session_and_declines_another_with_a_word(tmp_path):
    site = a_site(tmp_path)
    visitor, path, stored = site.visitor(), site.buyer_path(), site.meetings()
    first, second = stored["c1-b1"].id, stored["c2-b1"].id
    yes = visitor.post(f"{path}/{first}/answer", page=path, answer="accepted", start=start())
    no = visitor.post(
        f"{path}/{second}/answer",
        page=path,
        answer="declined",
        start=start("09:30"),
        comment="보내 주신 시간은 어렵습니다",
    )
    page = Visitor.text(visitor.get(path))

    assert (yes.status_code, yes.location) == (303, f"{path}#{first}")
    assert (no.status_code, no.location) == (303, f"{path}#{second}")
    assert said(site) == {"c1-b1": ("accepted", ""), "c2-b1": ("declined", "보내 주신 시간은 어렵습니다")}
    assert "You said: I will come" in page
    assert "You said: I cannot come" in page
    assert "waits for your answer" not in page
    waiting = Visitor.text(site.logged_in().get("/replies/?lang=en"))
    assert "PT Sample b1 declines 보내 주신 시간은 어렵습니다 Namdong c2 – PT Sample b1" in waiting


def test_the_answer_sent_twenty_times_at_once_is_one_answer(tmp_path):
    site = a_site(tmp_path)
    path, meeting = site.buyer_path(), site.meetings()["c1-b1"].id
    visitors = [site.visitor() for _ in range(20)]
    tokens = [visitor.token(path) for visitor in visitors]

    def send(number: int) -> int:
        form = {"csrf_token": tokens[number], "answer": "accepted", "start": start()}
        return visitors[number].client.post(f"{path}/{meeting}/answer", data=form).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(send, range(20)))

    assert codes == [303] * 20
    assert said(site) == {"c1-b1": ("accepted", "")}
    assert site.stage.trail("meeting", meeting).count(("buyer:b1", "answer")) == 1


def test_all_sessions_are_accepted_in_one_go(tmp_path):
    site = a_site(tmp_path)
    visitor, path = site.visitor(), site.buyer_path()
    shown = re.findall(r'name="session" value="([^"]+)"', visitor.get(path).text)

    assert visitor.post(f"{path}/answers", page=path, session=shown).status_code == 303
    assert said(site) == {"c1-b1": ("accepted", ""), "c2-b1": ("accepted", "")}


def test_an_answer_to_a_session_that_has_moved_or_gone_meanwhile_says_so(tmp_path):
    site = a_site(tmp_path)
    visitor, path, stored = site.visitor(), site.buyer_path(), site.meetings()
    first, second = stored["c1-b1"], stored["c2-b1"]
    db, settings = site.stage.db, site.stage.settings
    move(db, settings, first.id, Target(slot=a_slot("11:00")), seen_revision=0, now=NOW, actor=SYSTEM)
    cancel(db, second.id, seen_revision=0, now=NOW, actor=SYSTEM)
    moved = visitor.post(f"{path}/{first.id}/answer", page=path, answer="accepted", start=start())
    gone = visitor.post(f"{path}/{second.id}/answer", page=path, answer="accepted", start=start("09:30"))

    assert (moved.status_code, gone.status_code) == (409, 409)
    assert "has been moved meanwhile" in Visitor.text(moved)
    assert "nothing to answer any more" in Visitor.text(gone)
    assert said(site) == {}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"answer": "perhaps", "start": start()}, "Say whether you come or not."),
        ({"answer": "accepted", "start": "yesterday"}, "The page was not sent whole."),
        ({"answer": "accepted", "start": "2026-06-24T09:00"}, "The page was not sent whole."),
        ({"answer": "declined", "start": start(), "comment": "word " * 200}, "too long: at most 500"),
    ],
)
def test_an_answer_that_cannot_be_read_comes_back_with_what_was_typed(tmp_path, form, sentence):
    site = a_site(tmp_path)
    path, meeting = site.buyer_path(), site.meetings()["c1-b1"].id
    answer = site.visitor().post(f"{path}/{meeting}/answer", page=path, **form)

    assert answer.status_code == 400
    assert sentence in Visitor.text(answer)
    assert form.get("comment", "") in answer.text
    assert said(site) == {}


def test_a_link_answers_for_its_own_buyer_only(tmp_path):
    site = a_site(tmp_path)
    meeting, other = site.meetings()["c1-b1"].id, site.buyer_path("b2")
    visitor = site.visitor()

    for path in (
        f"{other}/{meeting}/answer",
        f"{other}/mtg_aaaaaaaaaaaaaaaa/answer",
        f"/b/{'x' * 32}/{meeting}/answer",
    ):
        assert visitor.post(path, page=other, answer="accepted", start=start()).status_code == 404
    together = visitor.post(f"{other}/answers", page=other, session=f"{meeting}/{start()}")
    assert together.status_code == 404
    assert said(site) == {}


def test_nothing_is_sent_by_looking(tmp_path):
    site = a_site(tmp_path)
    path, meeting = site.buyer_path(), site.meetings()["c1-b1"].id
    before = site.contents()
    codes = {
        one: [
            site.visitor().client.open(f"{path}{one}", method=method).status_code
            for method in ("GET", "HEAD")
        ]
        for one in ("/free", "/check", "/settings", f"/{meeting}/answer", "/answers")
    }

    assert codes == {
        **{one: [200, 200] for one in ("/free", "/check", "/settings")},
        **{one: [405, 405] for one in (f"/{meeting}/answer", "/answers")},
    }
    assert site.contents() == before


def test_a_buyer_on_a_journey_sees_the_times_of_where_they_are_on_any_device(tmp_path):
    site = a_site(tmp_path)
    path = site.buyer_path()
    site.visitor().post(f"{path}/settings", page=path, zone="America/Chicago")
    page = Visitor.text(site.visitor().get(path))

    assert "Tue 23 Jun 2026" in page
    assert "19:00–19:30 CDT · the next day 09:00 KST" in page
    assert "At home it is Jakarta WIB (UTC+7)." in page
    site.visitor().post(f"{path}/settings", page=path, zone="Asia/Jakarta")
    with site.stage.db.read() as work:
        kept = find_preference(work, "b1")
    assert kept is not None
    assert kept.zone == ""


def test_the_language_chosen_is_kept_for_the_person_and_for_the_device(tmp_path):
    site = a_site(tmp_path)
    visitor, path = site.visitor(), site.buyer_path()
    visitor.get(f"{path}?lang=ko")
    visitor.post(f"{path}/settings", page=f"{path}/settings", language="vi", zone="Asia/Jakarta")

    assert '<html lang="vi"' in visitor.get(path).text
    assert '<html lang="vi"' in site.visitor().get(path).text


def test_a_language_or_zone_that_is_not_listed_is_named_at_its_field(tmp_path):
    site = a_site(tmp_path)
    path = site.buyer_path()
    answer = site.visitor().post(f"{path}/settings", page=path, language="xx", zone="Mars/Olympus")

    assert answer.status_code == 400
    assert 'href="#language"' in answer.text
    assert 'href="#zone"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2


def test_the_page_before_anybody_is_known_speaks_the_browser_s_language(tmp_path):
    answer = a_site(tmp_path).visitor().get(f"/b/{'x' * 32}", headers={"Accept-Language": "ar-AE,en;q=0.5"})

    assert answer.status_code == 404
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert "لا توجد صفحة كهذه" in answer.text


def test_digits_run_left_to_right_in_a_right_to_left_page(tmp_path):
    site = a_site(tmp_path)
    text = site.visitor().get(f"{site.buyer_path()}?lang=ar").text

    assert '<bdi dir="ltr">07:00–07:30</bdi>' in text
    assert "الأربعاء 24 يونيو 2026" in text


def test_free_times_are_marked_sent_and_taken_over_by_the_coordinator(tmp_path):
    site = a_site(tmp_path)
    visitor, path = site.visitor(), site.buyer_path()
    sent = visitor.post(
        f"{path}/free", page=f"{path}/free", slot=[slot("10:00"), slot("10:30")], comment="오후만"
    )
    coordinator = site.logged_in()
    notice = Visitor.text(coordinator.get("/replies/?lang=en"))
    proposal = re.findall(r"/proposals/(prop_\w+)", coordinator.get("/proposals/").text)[0]
    page = Visitor.text(coordinator.get(f"/proposals/{proposal}?lang=en"))
    taken = coordinator.post(f"/proposals/{proposal}/accept", page=f"/proposals/{proposal}")
    again = coordinator.post(f"/proposals/{proposal}/decline", page="/password")

    assert sent.status_code == 303
    assert "1 buyer proposes other times." in notice
    assert "2 times marked as free" in page
    assert "Sessions outside these times Namdong c1 · Wed 24 Jun 09:00–09:30 KST · 07:00–07:30 WIB" in page
    assert (taken.status_code, again.status_code) == (303, 409)
    with site.stage.db.read() as work:
        hours = people.get_resource(work, "b1", site.stage.fair.id).hours
    assert [one.text() for one in dict(hours.dated)[FIRST_DAY]] == ["08:00-09:00"]
    assert "The organiser has taken over the times you sent." in Visitor.text(visitor.get(f"{path}/free"))


def test_marks_that_are_refused_stay_on_the_page(tmp_path):
    site = a_site(tmp_path)
    path = site.buyer_path()
    answer = site.visitor().post(
        f"{path}/free", page=f"{path}/free", slot=[slot("10:00"), "1"], comment="x" * 501
    )

    assert answer.status_code == 400
    assert re.findall(r'value="(\d+)" checked', answer.text) == [slot("10:00")]
    assert "x" * 501 in answer.text
    assert answer.text.count('href="#') == 3


def test_only_the_page_of_the_test_may_ask_for_camera_and_microphone(tmp_path):
    site = a_site(tmp_path)
    path = site.buyer_path()
    policies = {
        one: site.visitor().get(path + one).headers["Permissions-Policy"] for one in ("", "/free", "/check")
    }

    assert policies == {
        **dict.fromkeys(("", "/free"), "camera=(), microphone=(), geolocation=(), payment=()"),
        "/check": "camera=(self), microphone=(self), geolocation=(), payment=()",
    }


@pytest.mark.parametrize("page", ["", "/free", "/check", "/settings"])
def test_no_page_of_a_buyer_is_kept_or_told_to_anybody(tmp_path, page):
    site = a_site(tmp_path)
    answer = site.visitor().get(site.buyer_path() + page)

    assert answer.status_code == 200
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not re.findall(
        r'(?:src|href)="https?://(?!calendar\.google\.com|outlook\.office\.com|video\.)', answer.text
    )
    assert len(answer.data) < 100_000
