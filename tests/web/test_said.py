"""What templates say: in the language of the page, with facts escaped, and never what another process has changed."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, g, render_template_string

from scheduler.services.picking_rules import set_picking_rules
from scheduler.storage import people
from scheduler.storage.db import open_database
from tests.services.stage import COORDINATOR as ORGANISER
from tests.services.stage import NOW
from tests.web.visitors import FIRST_COMPANY, Site, a_site


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return a_site(tmp_path_factory.mktemp("said")).app


def rendered(app: Flask, source: str, language: str, root: str = "", **facts: object) -> str:
    with app.test_request_context("/", base_url=f"http://localhost{root}"):
        g.language = language
        return render_template_string(source, **facts)


def test_one_sentence_is_said_in_the_language_of_each_page(app: Flask) -> None:
    said = [rendered(app, "{{ _('Log out') }}", language) for language in ("ko", "en", "ko")]
    assert said == ["로그아웃", "Log out", "로그아웃"]


def test_facts_are_escaped_and_the_sentence_is_not(app: Flask) -> None:
    source = "{{ _('the next day %(time)s', time=clock) }} {{ _('<b>100%%</b>') }}"
    assert rendered(app, source, "en", clock="<09:00>") == "the next day &lt;09:00&gt; <b>100%</b>"


def test_where_nothing_is_escaped_a_sentence_is_plain_text(app: Flask) -> None:
    source = "{% autoescape false %}{{ _('the next day %(time)s', time=clock) }} {{ _('Log out') }}{% endautoescape %}"
    assert rendered(app, source, "ko", clock="<09:00>") == "다음 날 <09:00> 로그아웃"


def test_a_missing_fact_is_an_error_also_where_none_is_given(app: Flask) -> None:
    with pytest.raises(KeyError):
        rendered(app, "{{ _('the next day %(time)s') }}", "en")


def test_a_static_file_has_its_address_below_wherever_the_pages_are(app: Flask) -> None:
    source = "{{ asset('css/app.css') }}"
    plain, below = (rendered(app, source, "ko", root) for root in ("", "/sangdam"))
    assert plain.startswith("/static/css/app.css?v=")
    assert below == f"/sangdam{plain}"


def test_the_next_page_shows_what_another_process_has_changed(tmp_path: Path) -> None:
    site: Site = a_site(tmp_path)
    visitor = site.logged_in(FIRST_COMPANY)
    first = visitor.text(visitor.get("/my/"))
    other = open_database(str(site.stage.settings.database_url))
    with other.write() as work:
        buyer = people.get_resource(work, "b1", site.stage.fair.id)
        people.save_resource(work, replace(buyer, name="Renamed Elsewhere"), "b1", site.stage.fair.id)
    set_picking_rules(other, "sample", {"is_on": "yes"}, now=NOW, actor=ORGANISER)
    other.dispose()
    then = visitor.text(visitor.get("/my/"))
    shown = [("Renamed Elsewhere" in page, "바이어와 빈 시간 보기" in page) for page in (first, then)]
    assert shown == [(False, False), (True, True)]
