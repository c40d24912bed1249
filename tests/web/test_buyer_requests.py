"""A buyer behind their link answers the requests of companies and asks companies themselves."""

import re
from pathlib import Path

from scheduler.services.actor import Role
from scheduler.services.requests import ask
from scheduler.storage import matches
from scheduler.storage.requests import Request
from tests.services.stage import COMPANY, NOW
from tests.web.test_company import a_picking_site, unmatched
from tests.web.visitors import Site


def asked(site: Site, by: Role = Role.COMPANY) -> Request:
    return ask(
        site.stage.db,
        "sample",
        company_id="c1",
        buyer_id="b2",
        asked_by=by,
        message="<b>견본</b>",
        now=NOW,
        actor=COMPANY,
    )


def has_match(site: Site) -> bool:
    with site.stage.db.read() as work:
        return matches.find_match(work, site.stage.fair.id, "c1", "b2") is not None


def test_a_buyer_accepts_by_link_what_only_they_were_asked(tmp_path: Path) -> None:
    site = a_picking_site(tmp_path)
    unmatched(site, "c1-b2")
    request = asked(site)
    visitor, path = site.visitor(), site.buyer_path("b2")
    page = f"{path}/requests"
    assert page in visitor.get(path).text
    shown = visitor.get(page)
    assert "&lt;b&gt;견본&lt;/b&gt;" in shown.text
    assert "Fri 19 Jun 22:00 CDT" in visitor.text(shown)
    before = site.contents()
    assert [visitor.get(page).status_code, visitor.get(f"{page}/{request.id}/accept").status_code] == [
        200,
        405,
    ]
    assert site.contents() == before
    stranger = site.buyer_path("b1")
    assert visitor.post(f"{stranger}/requests/{request.id}/accept", page=path).status_code == 404
    assert visitor.post(f"{page}/{request.id}/withdraw", page=path).status_code == 404
    assert visitor.post(f"{page}/{request.id}/dance", page=path).status_code == 404
    assert [visitor.post(f"{page}/{request.id}/accept", page=path).status_code for _ in range(2)] == [
        303,
        303,
    ]
    assert visitor.post(f"{page}/{request.id}/decline", page=path).status_code == 409
    assert has_match(site)


def test_a_buyer_asks_a_company_and_what_was_typed_stays_when_it_is_too_long(tmp_path: Path) -> None:
    site = a_picking_site(tmp_path)
    unmatched(site, "c1-b2")
    visitor = site.visitor()
    page = f"{site.buyer_path('b2')}/requests"
    assert re.findall(r'<option value="(\w+)"', visitor.get(page).text) == ["c1"]
    wrong = visitor.post(page, page=page, company="c1", message="samples " + "x" * 500)
    assert (wrong.status_code, "samples xxx" in wrong.text, 'id="message-fault"' in wrong.text) == (
        400,
        True,
        True,
    )
    assert visitor.post(page, page=page, company="c1", message="Samples, please").status_code == 303
    assert visitor.post(page, page=page, company="c2").status_code == 409
    assert visitor.post(page, page=page, company="c9").status_code == 404
    assert "C1" in visitor.text(visitor.get(page)).upper()
    assert asked(site).state == "accepted"
    assert has_match(site)
