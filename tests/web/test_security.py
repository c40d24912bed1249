"""Attacks that belong to no single page: what is logged, whose sessions are whose, ids, and weak secrets."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from scheduler.settings import BadSettings, read_settings
from scheduler.storage.db import new_id
from scheduler.web.request_log import JsonLines
from tests.web.visitors import COORDINATOR, FIRST_COMPANY, SECOND_COMPANY, a_site


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


def test_a_log_holds_no_token_and_no_address_of_a_person(tmp_path, caplog):
    site = a_site(tmp_path)
    link, feed = site.buyer_path(), site.feed_path()
    with caplog.at_level(logging.INFO):
        visitor = site.visitor()
        for path in (link, feed, f"{link}/nowhere", "/join/acc_x.1.secret-of-nobody"):
            visitor.get(path)
        visitor.log_in(COORDINATOR)
        visitor.log_in(FIRST_COMPANY, "wrong password of one")
    written = json.dumps(lines(caplog), ensure_ascii=False)

    assert '"endpoint": "feeds.feed"' in written
    for secret in (
        link.rpartition("/")[2],
        feed.rpartition("/")[2].removesuffix(".ics"),
        "secret-of-nobody",
        COORDINATOR,
        FIRST_COMPANY,
        "wrong password",
    ):
        assert secret not in written


def test_a_line_break_does_not_forge_a_line_of_the_log(caplog):
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("mail from %s", 'x\r\n{"level": "error", "message": "forged"}\u2028')

    written = JsonLines().format(caplog.records[-1])

    assert "\n" not in written
    assert "\r" not in written
    assert json.loads(written)["level"] == "info"


def test_nobody_moves_or_cancels_the_session_of_another(tmp_path):
    site = a_site(tmp_path)
    theirs = site.meetings()["c1-b1"]
    stranger = site.logged_in(SECOND_COMPANY)
    before = site.meetings()
    answers = {
        stranger.post(f"/my/sessions/{theirs.id}/{deed}", page="/password", revision="0", **more).status_code
        for deed, more in (("move", {"start": "2026-06-24T02:00:00+00:00"}), ("cancel", {}))
    }

    assert answers == {404}
    assert site.meetings() == before


def test_ids_in_addresses_cannot_be_counted_up():
    made = [new_id("mtg") for _ in range(1000)]

    assert len(set(made)) == 1000
    assert {len(one) for one in made} == {20}
    assert len({one[4:10] for one in made}) > 990


@pytest.mark.parametrize(
    ("written", "said"),
    [("CITY = (", "config.py: line 1"), ("CITY = city", "config.py: name 'city'"), ("TOWN = 1", "TOWN")],
)
def test_a_configuration_that_cannot_be_read_says_where_it_is_wrong(tmp_path, written, said):
    (tmp_path / "config.py").write_text(written)
    with pytest.raises(BadSettings, match=said):
        read_settings({}, instance=tmp_path)


def test_the_secret_that_is_made_is_whole_readable_by_its_owner_and_the_same_for_all(tmp_path):
    with ThreadPoolExecutor(4) as starting:
        made = set(starting.map(lambda _: read_settings({}, instance=tmp_path).secret_key, range(8)))

    assert len(made) == 1
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("secret", ["", "secret", "changeme" * 3, "changeme" * 5, "0123456789" * 3])
def test_a_weak_secret_starts_nothing(tmp_path, secret):
    with pytest.raises(BadSettings):
        read_settings({}, instance=tmp_path, secret_key=secret)
