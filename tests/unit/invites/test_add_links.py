"""Links that put a session into a web calendar."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from scheduler.invites.add_links import add_links, webcal_link
from tests.invitations import a_feed_entry


def fields(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query, strict_parsing=True).items()}


def test_google_gets_title_instant_and_place() -> None:
    entry = a_feed_entry(company_name="한빛 & 산업 + #1")
    found = fields(add_links(entry).google)
    assert found == {
        "action": "TEMPLATE",
        "text": "한빛 & 산업 + #1 × PT Maju Jaya",
        "dates": "20260624T000000Z/20260624T003000Z",
        "details": entry.description,
        "location": entry.location,
    }


def test_outlook_gets_the_same_with_spaces_that_are_no_plus_signs() -> None:
    entry = a_feed_entry()
    link = add_links(entry).outlook
    found = fields(link)
    assert (found["startdt"], found["enddt"]) == ("2026-06-24T00:00:00Z", "2026-06-24T00:30:00Z")
    assert (found["subject"], found["body"], "+" in link) == (entry.summary, entry.description, False)


def test_a_name_without_end_makes_no_address_that_servers_refuse() -> None:
    entry = a_feed_entry(company_name="가" * 200)
    long = replace(entry, description="나" * 50_000)
    assert max(len(add_links(long).google), len(add_links(long).outlook)) < 8_000


def test_a_feed_s_address_becomes_one_to_subscribe_to() -> None:
    assert webcal_link("https://fair.example/feeds/abc.ics") == "webcal://fair.example/feeds/abc.ics"
