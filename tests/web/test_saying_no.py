"""Every mail about a session leads its reader to a page of their own where they can say no."""

import re
from pathlib import Path

from scheduler.services.cancel import cancel
from scheduler.services.deliver import deliver_all
from scheduler.services.move import Target, move
from tests.builders import a_slot, at
from tests.services.stage import COMPANY, NOW, Outgoing, a_post
from tests.web.visitors import FIRST_COMPANY, INTERPRETER, Site, Visitor, a_site

READERS = ("b1@mail.example", "c1@mail.example", "i1@mail.example")


def delivered(site: Site, now: object = NOW) -> Outgoing:
    post = a_post()
    deliver_all(site.stage.db, site.stage.settings, post, now=now, owner="test")  # type: ignore[arg-type]
    return post


def ways(site: Site, post: Outgoing) -> dict[str, str]:
    """Reader -> the way to their own page, of the mails about the first session."""
    meeting_id = site.meetings()["c1-b1"].id
    found = {}
    for mail in post.kept:
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        for path in re.findall(r"https://fair\.example(/(?:b|my)/\S+)", text):
            if path.endswith(meeting_id):
                found[str(mail["To"]).split("<")[-1].strip(">")] = path
    return found


def visitors(site: Site) -> dict[str, Visitor]:
    company, interpreter = site.logged_in(FIRST_COMPANY), site.logged_in(INTERPRETER)
    return dict(zip(READERS, (site.visitor(), company, interpreter), strict=True))


def test_each_kind_of_mail_leads_each_reader_to_the_question(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    meeting = site.meetings()["c1-b1"]
    by_kind = {"request": ways(site, delivered(site))}
    target = Target(slot=a_slot("11:00"))
    move(site.stage.db, site.stage.settings, meeting.id, target, seen_revision=0, now=NOW, actor=COMPANY)
    by_kind["update"] = ways(site, delivered(site))
    by_kind["reminder"] = ways(site, delivered(site, at("11:00", day=-1)))
    assert {kind: sorted(found) for kind, found in by_kind.items()} == {
        kind: list(READERS) for kind in by_kind
    }
    for found in by_kind.values():
        for reader, visitor in visitors(site).items():
            page = visitor.get(found[reader].partition("#")[0])
            assert (page.status_code, 'value="declined"' in page.text) == (200, True), reader
    cancel(site.stage.db, meeting.id, seen_revision=1, now=NOW, actor=COMPANY)
    cancelled = ways(site, delivered(site))
    for reader, visitor in visitors(site).items():
        page = visitor.get(cancelled[reader].partition("#")[0])
        assert page.status_code == 200, reader
        assert f"/{meeting.id}/answer" not in page.text


def test_a_company_says_no_on_its_page_and_the_coordinator_hears_of_it(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    delivered(site)
    meeting = site.meetings()["c1-b1"]
    company, page = site.logged_in(FIRST_COMPANY), f"/my/{meeting.id}"
    start = meeting.slot.start_at.isoformat()
    long = company.post(f"{page}/answer", page=page, answer="declined", start=start, comment="가" * 501)
    assert long.status_code == 400
    assert "가" * 501 in long.text
    answer = company.post(f"{page}/answer", page=page, answer="declined", start=start, comment="출장")
    assert (answer.status_code, answer.location) == (303, page)
    assert "참석할 수 없다고 회신하셨습니다." in company.text(company.get(page))
    coordinator = site.logged_in()
    assert "남동산업 c1 – 출장" in coordinator.text(coordinator.get("/fairs/sample/"))
    [alert] = [one for one in site.stage.rows("due") if one.kind == "declines"]
    assert alert.facts == {"declines": [{"meeting_id": meeting.id, "person_id": "c1"}]}


def test_an_answer_to_somebody_else_s_session_or_to_another_time_counts_nothing(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    delivered(site)
    stored = site.meetings()
    company, page = site.logged_in(FIRST_COMPANY), f"/my/{stored['c1-b1'].id}"
    start = stored["c2-b1"].slot.start_at.isoformat()
    other = f"/my/{stored['c2-b1'].id}/answer"
    assert company.post(other, page=page, answer="declined", start=start).status_code == 404
    assert company.post(f"{page}/answer", page=page, answer="declined", start=start).status_code == 409
    assert company.post(f"{page}/answer", page=page, answer="declined", start="soon").status_code == 400
    assert [one for one in site.stage.rows() if one.kind == "declines"] == []
