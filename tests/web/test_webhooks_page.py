"""The page of programs that are told: registered with a secret shown once, looked over, sent again, ended."""

from scheduler.services.actor import SYSTEM
from scheduler.services.book import book
from scheduler.services.webhook_calls import call_due
from scheduler.services.webhooks import all_webhooks, secret_of
from scheduler.storage import outbox
from tests.services.stage import NOW
from tests.web.visitors import Site, Visitor, a_site

PAGE = "/webhooks/"


def a_told_site(folder) -> tuple[Site, Visitor, str]:
    """A site whose first webhook is at an address that nobody listens at; its page."""
    site = a_site(folder, webhook_private=True)
    coordinator = site.logged_in()
    made = coordinator.post(
        PAGE, page=PAGE, address="http://127.0.0.1:9/in", events=["session.booked", "plan.published"]
    )
    assert made.status_code == 201
    (webhook,) = all_webhooks(site.stage.db)
    return site, coordinator, f"{PAGE}{webhook.id}"


def test_an_address_is_registered_and_its_secret_shown_once(tmp_path):
    site, coordinator, page = a_told_site(tmp_path)
    secret = secret_of(site.stage.settings, page.removeprefix(PAGE))
    again = coordinator.post(PAGE, page=PAGE, address="http://127.0.0.1:9/2", events=["session.moved"])
    later = coordinator.get(PAGE).text

    assert "whsec_" in again.text
    assert secret not in later
    assert secret not in "\n".join(site.contents())
    assert "http://127.0.0.1:9/in" in later
    assert "아직 보낸 알림이 없습니다" in coordinator.get(page).text


def test_every_fault_is_said_at_its_field_and_what_was_typed_stays(tmp_path):
    coordinator = a_site(tmp_path).logged_in()
    answer = coordinator.post(PAGE, page=PAGE, address="https://127.0.0.1/", events=[])

    assert answer.status_code == 400
    assert [one for one in ("address", "events") if f'href="#{one}"' in answer.text] == ["address", "events"]
    assert 'value="https://127.0.0.1/"' in answer.text


def test_the_last_messages_stand_there_with_their_reason_and_one_is_sent_again(tmp_path):
    site, coordinator, page = a_told_site(tmp_path)
    book(site.stage.db, site.stage.settings, site.stage.wish("c1-b2", "11:00"), now=NOW, actor=SYSTEM)
    call_due(site.stage.db, site.stage.settings, now=NOW, owner="w")
    waiting = coordinator.get(page).text
    with site.stage.db.write() as work:
        (row,) = [one for one in outbox.list_rows(work) if one.channel == "webhook"]
        outbox.mark_failed(work, row.id, row.error)
    failed = coordinator.get(page).text
    sent = coordinator.post(f"{page}/{row.id}/again", page=page)
    twice = coordinator.post(f"{page}/{row.id}/again", page=page)

    assert "서버가 응답하지 않음" in waiting
    assert f"{row.id}/again" not in waiting
    assert f"{row.id}/again" in failed
    assert (sent.status_code, twice.status_code) == (303, 404)
    with site.stage.db.read() as work:
        assert outbox.get_row(work, row.id).state == "due"


def test_one_that_has_ended_is_told_nothing_and_stays_to_be_looked_at(tmp_path):
    site, coordinator, page = a_told_site(tmp_path)
    ended = coordinator.post(f"{page}/end", page=PAGE)

    assert ended.status_code == 303
    assert all_webhooks(site.stage.db)[0].ended_because == "by hand"
    assert coordinator.get(page).status_code == 200
    assert f"{page}/end" not in coordinator.get(PAGE).text
    assert coordinator.post(f"{PAGE}hook_none/end", page=PAGE).status_code == 404
