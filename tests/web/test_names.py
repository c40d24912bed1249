"""Rooms, interpreters and companies have English names for those who read no Korean, where one is known."""

from dataclasses import replace

import pytest

from scheduler.booking.people import name_for
from scheduler.mail.mailbox import FolderPost
from scheduler.services.actor import Role
from scheduler.services.deliver import deliver_all
from scheduler.storage.accounts import list_accounts
from tests.builders import a_buyer, a_company, a_room, an_interpreter
from tests.services.stage import NOW, mailed
from tests.web.visitors import Visitor, a_site


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (a_room("r1", name="남동 1호실", name_en="Namdong room 1"), ("남동 1호실", "Namdong room 1")),
        (an_interpreter("i1", name="김하나", name_en="Hana Kim"), ("김하나", "Hana Kim")),
        (a_company("c1", name="가온식품", name_en="Gaon Foods"), ("가온식품", "Gaon Foods")),
        (a_room("r1", name="남동 1호실"), ("남동 1호실", "남동 1호실")),
        (a_buyer("b1", name="PT Sample"), ("PT Sample", "PT Sample")),
    ],
)
def test_the_english_name_is_for_those_who_read_no_korean(one, said):
    assert (name_for(one, "ko"), name_for(one, "en")) == said
    assert name_for(one, "vi") == said[1]


def test_pages_and_mails_in_english_name_the_interpreter_and_the_room_in_english(tmp_path):
    site = a_site(tmp_path)
    site.stage.change(replace(mailed(an_interpreter("i1")), name="김하나", name_en="Hana Kim"))
    site.stage.change(replace(a_room("r1"), name="남동 1호실", name_en="Namdong room 1"))
    path, coordinator = site.buyer_path(), site.logged_in()
    in_english = [
        Visitor.text(site.visitor().get(f"{path}?lang=en")),
        Visitor.text(coordinator.get(f"/meetings/{site.meetings()['c1-b1'].id}?lang=en")),
        Visitor.text(coordinator.get("/fairs/sample/board/?day=all&lang=en")),
    ]
    in_korean = Visitor.text(coordinator.get(f"/meetings/{site.meetings()['c1-b1'].id}?lang=ko"))
    post = FolderPost(site.stage.settings.mailbox)
    deliver_all(site.stage.db, site.stage.settings, post, now=NOW, owner="t")
    mails = [post.get_message(one.name) for one in post.list_messages(limit=50).messages]
    [mail] = [
        one for one in mails if one.envelope.recipient.email.startswith("b1") and "c1" in one.envelope.subject
    ]

    assert all("Hana Kim" in page and "김하나" not in page for page in in_english)
    assert all("Namdong room 1" in page for page in in_english[1:])
    assert ("김하나" in in_korean, "남동 1호실" in in_korean) == (True, True)
    assert "Hana Kim" in mail.text


def test_the_preview_of_a_publication_names_everybody_in_the_reader_s_language(tmp_path):
    site = a_site(tmp_path, is_published=False)
    coordinator = site.logged_in()
    korean, english = (
        Visitor.text(coordinator.get(f"/fairs/sample/publish?lang={one}")) for one in ("ko", "en")
    )

    assert ("남동산업 c1" in korean, "Namdong c1" in korean) == (True, False)
    assert ("남동산업 c1" in english, "Namdong c1" in english) == (False, True)


def test_the_history_of_a_session_says_who_by_name_and_not_by_id(tmp_path):
    site = a_site(tmp_path)
    coordinator = site.logged_in()
    meeting = site.meetings()["c1-b1"]
    coordinator.post(f"/meetings/{meeting.id}/cancel", page="/fairs/", revision=str(meeting.revision))
    with site.stage.db.read() as work:
        [account] = [one for one in list_accounts(work) if one.role == Role.COORDINATOR]
    history = Visitor.text(coordinator.get(f"/meetings/{meeting.id}?lang=ko")).partition("변경 이력")[2]

    assert history.count(account.name) == 1
    assert "시스템 자동 처리" in history
    assert account.id not in history and "system:" not in history
