"""Every form of every page, filled with what attackers and accidents send: an answer in words, never a failure."""

from html.parser import HTMLParser

import pytest

from tests.web.test_access import addresses
from tests.web.visitors import FIRST_COMPANY, INTERPRETER, Site, Visitor, a_site

SCRIPT = "<script>alert('zq1')</script>"
HOSTILE = {
    "markup": f"\"'>{SCRIPT}{{{{7*7}}}}<svg onload=alert(2)>",
    "database": "'; DROP TABLE meeting; -- %00 \\' OR 1=1 %s {0} $(id) `id`",
    "length": "가" * 20_000,
    "direction": "\u202egnp.exe \ufeff 😀 \u0000",
    "numbers": "-99999999999999999999999",
    "dates": "9999-12-31T23:59:60+99:99",
}


class Forms(HTMLParser):
    """The forms of a page: where each goes, and its fields with what stands in them."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._path, self._select = path, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form" and facts.get("method", "").lower() == "post":
            self.found.append((facts.get("action") or self._path, {}, []))
        elif self.found and tag in ("input", "textarea", "select", "button") and facts.get("name"):
            _, fields, typed = self.found[-1]
            if facts.get("type") in ("checkbox", "radio") and facts["name"] in fields:
                return
            fields.setdefault(facts["name"], facts.get("value", ""))
            self._select = facts["name"] if tag == "select" else ""
            if tag == "textarea" or (tag == "input" and facts.get("type", "text") not in ("hidden", "file")):
                typed.append(facts["name"])
        elif tag == "option" and self._select and self.found and not self.found[-1][1].get(self._select):
            self.found[-1][1][self._select] = facts.get("value", "")


def forms_of(site: Site, visitor: Visitor, paths: list[str]) -> list[tuple[str, dict[str, str], list[str]]]:
    """Each form once, from all pages that the visitor may open."""
    known: dict[tuple[str, tuple[str, ...]], tuple[str, dict[str, str], list[str]]] = {}
    for path in paths:
        answer = visitor.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for action, fields, typed in Forms(answer.text, path).found:
            if action not in ("/logout", ""):
                known.setdefault((action.partition("?")[0], tuple(sorted(fields))), (action, fields, typed))
    return list(known.values())


def visitors(site: Site) -> list[tuple[Visitor, list[str]]]:
    pages = [
        path
        for endpoint, path in addresses(site, method="GET")
        if not endpoint.startswith(("feeds", "static"))
    ]
    link = site.buyer_path()
    own = [
        path
        for endpoint, path in addresses(site, method="GET")
        if endpoint.startswith(("own.", "company.", "interpreter."))
    ]
    return [
        (site.logged_in(), pages),
        (site.logged_in(FIRST_COMPANY), own),
        (site.logged_in(INTERPRETER), own),
        (site.visitor(), [link, f"{link}/free", f"{link}/choices", "/login", "/forgot"]),
    ]


@pytest.mark.parametrize("turn", [0, 3])
def test_no_form_fails_or_repeats_what_it_was_sent_as_markup(tmp_path, turn):
    site = a_site(tmp_path)
    outcomes = {}
    kinds = list(HOSTILE.values())
    tried = 0
    for visitor, pages in visitors(site):
        for action, fields, typed in forms_of(site, visitor, pages):
            tried += 1
            hostile = {name: kinds[(tried + at + turn) % len(kinds)] for at, name in enumerate(typed)}
            answer = visitor.client.post(action, data={**fields, **hostile})
            if answer.status_code >= 500 or SCRIPT in answer.text:
                outcomes[action] = (answer.status_code, SCRIPT in answer.text)

    assert outcomes == {}
    assert tried >= 30
