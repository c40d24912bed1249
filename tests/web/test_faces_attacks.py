"""Bad input at the pages of buyers, interpreters, screens and co-hosts: a clear no, and never an error of ours."""

from dataclasses import replace

import pytest

from scheduler.services.actor import SYSTEM
from scheduler.services.display import make_display
from scheduler.storage import answers, links
from tests.builders import at
from tests.services.stage import NOW
from tests.web.test_roles import COHOST, a_site_with_a_cohost
from tests.web.visitors import INTERPRETER, Site, Visitor, a_site

START = at("09:00").isoformat()
STRANGE = [
    "\x00",
    "\u202eevil",
    "x" * 1_000_000,
    "'; DROP TABLE answer; --",
    "{{7*7}}<script>alert(1)</script>",
    "=cmd|' /C calc'!A1",
    "2026-06-24T09:00:00+99:99",
    "9" * 400,
    "-1",
    "\r\nBcc: x@x.example",
]


def forms(site: Site) -> dict[str, tuple[Visitor, str, tuple[str, ...]]]:
    """Each form of these pages: who sends it, where to, and its fields."""
    buyer, link, meeting = site.visitor(), site.buyer_path(), site.meetings()["c1-b1"].id
    interpreter, cohost, coordinator = (
        site.logged_in(one) for one in (INTERPRETER, COHOST, "coordinator@city.example")
    )
    return {
        f"{link}/{meeting}/answer": (buyer, link, ("answer", "start", "comment")),
        f"{link}/answers": (buyer, link, ("session",)),
        f"{link}/settings": (buyer, link, ("language", "zone")),
        f"{link}/free": (buyer, link, ("slot", "comment")),
        f"/interpreter/sessions/{meeting}/answer": (
            interpreter,
            "/password",
            ("answer", "start", "comment", "day"),
        ),
        "/interpreter/hours": (interpreter, "/password", ("cell",)),
        "/interpreter/hours/days": (interpreter, "/password", ("on", "kind", "first", "last")),
        "/interpreter/worked/2026-06/sign": (interpreter, "/password", ("name", "seen")),
        f"/cohost/sample/b1/sessions/{meeting}/answer": (cohost, "/password", ("answer", "start", "comment")),
        "/cohost/sample/b1/free": (cohost, "/password", ("slot", "comment")),
        "/fairs/sample/displays/": (coordinator, "/password", ("room",)),
        "/hours/2026-06/i1/sign": (coordinator, "/password", ("name", "seen")),
    }


def test_what_no_form_expects_is_refused_and_nothing_breaks(tmp_path):
    site = a_site_with_a_cohost(tmp_path, "b1")
    odd = {}
    for path, (visitor, page, fields) in forms(site).items():
        token = visitor.token(page)
        for strange in STRANGE:
            form = {"csrf_token": token, **dict.fromkeys(fields, strange)}
            code = visitor.client.post(path, data=form).status_code
            if code not in (400, 404, 409, 413):
                odd[path, strange[:24]] = code

    assert odd == {}
    with site.stage.db.read() as work:
        assert answers.answers_of(work, [one.id for one in site.meetings().values()]) == ()


def test_addresses_with_strange_parts_are_not_there(tmp_path):
    site = a_site_with_a_cohost(tmp_path, "b1")
    interpreter, cohost, coordinator = (
        site.logged_in(one) for one in (INTERPRETER, COHOST, "coordinator@city.example")
    )
    strange = ("%00", "..%2f..%2fetc", "' OR 1=1", "x" * 3000, "é", "9999-99")
    codes = {
        visitor.get(path.format(one)).status_code
        for one in strange
        for visitor, path in (
            (interpreter, "/interpreter/worked/{}"),
            (interpreter, "/interpreter/worked/{}.xlsx"),
            (cohost, "/cohost/sample/{}"),
            (cohost, "/cohost/{}/b1"),
            (coordinator, "/proposals/{}"),
            (coordinator, "/hours/{}/i1"),
            (coordinator, "/hours/2026-06/{}"),
            (coordinator, "/display/{}"),
        )
    }
    days = {
        interpreter.get(f"/interpreter/?day={one}").status_code
        for one in ("x", "2026-06-24", "9999-12-31", "-")
    }

    assert codes <= {400, 404}
    assert days == {200}


def test_what_a_buyer_writes_is_shown_as_text_to_the_coordinator(tmp_path):
    site = a_site(tmp_path)
    visitor, path, word = site.visitor(), site.buyer_path(), "<script>alert(1)</script>{{7*7}}"
    meeting = site.meetings()["c1-b1"].id
    visitor.post(f"{path}/{meeting}/answer", page=path, answer="declined", start=START, comment=word)
    visitor.post(f"{path}/free", page=f"{path}/free", slot=str(int(at("10:00").timestamp())), comment=word)
    coordinator = site.logged_in()
    pages = [coordinator.get(one).text for one in ("/replies/", "/proposals/", f"/meetings/{meeting}")]

    assert ["&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in one for one in pages[:2]] == [True, True]
    assert not any("<script>alert" in one for one in pages)


def test_the_form_of_one_buyer_does_not_speak_for_another(tmp_path):
    site = a_site(tmp_path)
    visitor, path, meeting = site.visitor(), site.buyer_path("b1"), site.meetings()["c1-b1"].id
    more = {"recipient_id": "c1", "buyer_id": "b2", "role": "coordinator", "resource_id": "b2"}
    visitor.post(f"{path}/{meeting}/answer", page=path, answer="accepted", start=START, **more)
    with site.stage.db.read() as work:
        known = answers.answers_of(work, [meeting])

    assert [one.recipient_id for one in known] == ["b1"]


@pytest.mark.parametrize("gone", ["expired", "revoked"])
def test_a_link_that_has_run_out_is_gone_for_looking_and_for_sending(tmp_path, gone):
    site = a_site(tmp_path)
    path, meeting = site.buyer_path(), site.meetings()["c1-b1"].id
    screen = make_display(site.stage.db, site.stage.settings, "sample", "r1", now=NOW, actor=SYSTEM)
    with site.stage.db.write() as work:
        for kind in ("buyer", "display"):
            [link] = links.links_of_kind(work, kind)
            change = {"expires_at": NOW} if gone == "expired" else {"revoked_at": NOW}
            links.save_link(work, replace(link, **change))
    visitor = site.visitor()
    looks = [
        visitor.get(path + one).status_code for one in ("", "/free", "/check", "/settings", f"/{meeting}.ics")
    ]
    screens = [
        visitor.get(screen.removeprefix("https://fair.example") + one).status_code for one in ("", ".json")
    ]
    sent = visitor.post(f"{path}/{meeting}/answer", page="/login", answer="accepted", start=START)

    assert looks == [410] * 5
    assert screens == [410] * 2
    assert sent.status_code == 410
    assert len({Visitor.text(visitor.get(path + one)) for one in ("", "/free", "/check")}) == 1


def test_whoever_guesses_links_and_screens_has_to_wait(tmp_path):
    visitor = a_site(tmp_path).visitor()
    codes = [visitor.get(f"/{('b', 'display')[number % 2]}/{number:032}").status_code for number in range(62)]

    assert codes == [404] * 60 + [429] * 2
