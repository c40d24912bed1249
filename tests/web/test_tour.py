"""The tour of all pages leaves none out, and the documents show pictures that are made."""

from tests.browser.pictures import SHOWN, all_names, shown_names
from tests.browser.tour import NO_PAGES, STOPS
from tests.web.test_access import addresses
from tests.web.visitors import a_site


def test_every_page_is_on_the_tour_and_nothing_else_is(tmp_path):
    site = a_site(tmp_path)
    there = {endpoint for endpoint, _ in addresses(site, method="GET")}

    assert {one.endpoint for one in STOPS} == there - NO_PAGES
    assert there >= NO_PAGES


def test_each_stop_of_the_tour_has_a_name_of_its_own():
    names = [one.name for one in STOPS]

    assert len(names) == len(set(names))


def test_what_is_no_page_answers_with_no_page(tmp_path):
    site = a_site(tmp_path)
    visitor = site.logged_in()
    kinds = {
        endpoint: answer.mimetype
        for endpoint, path in addresses(site, method="GET")
        if endpoint in NO_PAGES - {"mailbox.body"} and (answer := visitor.get(path)).status_code == 200
    }

    assert len(kinds) > 8
    assert "text/html" not in kinds.values()


def test_each_picture_in_a_document_is_one_that_is_taken_and_there_are_no_others():
    there = {file.name for file in SHOWN.iterdir()}

    assert shown_names() <= all_names()
    assert there == {f"{name}.webp" for name in shown_names()}
