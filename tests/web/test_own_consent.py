"""People agree on their own page to the keeping of their data: the text they saw, when, and no other text."""

import pytest

from scheduler.services.actor import SYSTEM
from scheduler.services.personal_data import set_privacy
from scheduler.storage import consents
from tests.services.stage import NOW
from tests.web.visitors import FIRST_COMPANY, INTERPRETER, Site, Visitor, a_site

TEXT = "We keep your name for a year.\nNobody else gets it."


def a_site_that_asks(folder, text: str = TEXT) -> Site:
    site = a_site(folder)
    ask_for(site, text)
    return site


def ask_for(site: Site, text: str) -> None:
    set_privacy(site.stage.db, "sample", days=365, consent_text=text, now=NOW, actor=SYSTEM)


def version(visitor: Visitor, page: str) -> str:
    return visitor.get(page).text.partition('name="version" value="')[2][:16]


def given(site: Site, person: str) -> list[tuple[str, str, bool]]:
    with site.stage.db.read() as work:
        return [
            (one.text, one.given_by.partition(":")[0], one.withdrawn_at is None)
            for one in consents.consents_of(work, person)
        ]


def test_a_buyer_agrees_behind_the_link_once_and_takes_it_back(tmp_path):
    site = a_site_that_asks(tmp_path)
    visitor, path = site.visitor(), site.buyer_path()
    page = visitor.text(visitor.get(f"{path}?lang=en"))
    said = {"fair": "sample", "version": version(visitor, path), "deed": "agree"}
    answers = [visitor.post(f"{path}/consent", page=path, **said) for _ in range(2)]
    after = visitor.text(visitor.get(path))

    assert "May we keep your data for" in page
    assert "We keep your name for a year. Nobody else gets it." in page
    assert [(one.status_code, one.location) for one in answers] == [(303, path)] * 2
    assert given(site, "b1") == [(TEXT, "buyer", True)]
    assert "You agreed to the keeping of your data for" in after
    assert "May we keep" not in after

    visitor.post(f"{path}/consent", page=path, fair="sample", deed="take_back")
    assert given(site, "b1") == [(TEXT, "buyer", False)]
    assert "May we keep your data for" in visitor.text(visitor.get(path))


@pytest.mark.parametrize(
    ("email", "role", "person", "home"),
    [(FIRST_COMPANY, "company", "c1", "/my/"), (INTERPRETER, "interpreter", "i1", "/interpreter/")],
)
def test_a_company_and_an_interpreter_agree_on_their_first_page(tmp_path, email, role, person, home):
    site = a_site_that_asks(tmp_path)
    visitor = site.logged_in(email)
    sent = visitor.post("/my/consent", page=home, fair="sample", version=version(visitor, home), deed="agree")

    assert (sent.status_code, sent.location) == (303, "/")
    assert given(site, person) == [(TEXT, role, True)]
    assert "동의 철회" in visitor.text(visitor.get(home))


def test_nobody_agrees_to_words_that_came_after_theirs_and_a_new_text_is_asked_for_anew(tmp_path):
    site = a_site_that_asks(tmp_path)
    visitor, path = site.visitor(), site.buyer_path()
    first = version(visitor, path)
    ask_for(site, "We keep your name for ever.")
    late = visitor.post(f"{path}/consent", page=path, fair="sample", version=first, deed="agree")
    visitor.post(f"{path}/consent", page=path, fair="sample", version=version(visitor, path), deed="agree")
    ask_for(site, TEXT)
    page = visitor.text(visitor.get(f"{path}?lang=en"))

    assert late.status_code == 409
    assert [text for text, _, _ in given(site, "b1")] == ["We keep your name for ever."]
    assert "The text has changed since you agreed on Wed 17 Jun" in page


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"fair": "other"}, 404),
        ({"fair": "sample", "deed": "x"}, 400),
        ({"fair": "sample", "deed": "agree"}, 409),
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(tmp_path, more, status):
    site = a_site_that_asks(tmp_path)
    visitor, path = site.visitor(), site.buyer_path()

    assert visitor.post(f"{path}/consent", page=path, **more).status_code == status
    assert given(site, "b1") == []


def test_where_a_fair_asks_for_nothing_nobody_is_asked(tmp_path):
    site = a_site_that_asks(tmp_path, text="")
    visitor, path = site.visitor(), site.buyer_path()

    assert "May we keep" not in visitor.text(visitor.get(f"{path}?lang=en"))
    assert visitor.post(f"{path}/consent", page=path, fair="sample", deed="agree").status_code == 404
