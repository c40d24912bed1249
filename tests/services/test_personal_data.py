"""Personal data: taken away as a file, erased from every place, erased when the time is up, and agreed to."""

import base64
import json
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.booking.errors import BadInput
from scheduler.booking.slot import Slot
from scheduler.mail.mailbox import FolderPost
from scheduler.services import personal_data
from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM
from scheduler.services.book import RoomWish, book_room
from scheduler.services.build_grid import problem_of
from scheduler.services.deliver import deliver_all
from scheduler.services.logins import begin_session
from scheduler.services.personal_data import SessionsAhead
from scheduler.services.publish import publish
from scheduler.services.reading import choose_reading
from scheduler.services.receive_reply import receive
from scheduler.services.subscriptions import make_subscription
from scheduler.storage import (
    answers,
    drafts,
    erased_words,
    fairs,
    meetings,
    people,
    personal,
    personal_given,
    uploads,
)
from scheduler.storage.answers import Answer
from scheduler.storage.drafts import Draft
from scheduler.storage.tables import Base, ConsentTable
from scheduler.storage.uploads import Upload
from tests.builders import a_buyer, a_company, a_fair
from tests.services.stage import COORDINATOR, NOW, Stage, a_stage, mailed
from tests.web.visitors import keep_plan, the_plan

AFTER = NOW + timedelta(days=30)
MARK = "Zebrafink"
"""Stands in everything that tells who the buyer is."""
EMAIL = f"{MARK.lower()}@mail.example"


def a_told_stage(folder) -> Stage:
    """A published fair whose buyer b1 left traces in every place."""
    stage = a_stage(folder)
    buyer = mailed(a_buyer("b1"), "en")
    named = replace(
        buyer,
        name=f"PT {MARK}",
        interests=f"{MARK} parts",
        note=f"knows {MARK}",
        contact=replace(buyer.contact, person=f"Ibu {MARK}", email=EMAIL, phone=f"+62-{MARK}"),
    )
    stage.change(named)
    stage.change(mailed(a_company("c1")))
    keep_plan(stage, the_plan())
    publish(stage.db, stage.settings, stage.fair.key, now=NOW, actor=SYSTEM)
    deliver_all(stage.db, stage.settings, FolderPost(stage.settings.mailbox), now=NOW, owner="test")
    receive(stage.db, a_stray_mail(), now=NOW)
    add_account(
        stage.db,
        email=f"colleague-{EMAIL}",
        role="company",
        name=f"{MARK} jr",
        password="several plain words",
        resource_id="c2",
        now=NOW,
        actor=SYSTEM,
    )
    make_subscription(stage.db, stage.settings, resource_id="b1", now=NOW, actor=SYSTEM)
    with stage.db.write() as work:
        text = json.dumps({"names": [f"PT {MARK}"], "told": f"Ibu {MARK} cannot"})
        drafts.add_draft(
            work, Draft(id="draft_two", fair_id=stage.fair.id, state="ready", problem=text, created_at=NOW)
        )
        uploads.add_upload(
            work,
            Upload(
                id="up_1",
                filename=f"{MARK}.xlsx",
                data=MARK.encode(),
                created_at=NOW,
                fair_key=None,
                created_by="x",
            ),
        )
    return stage


def a_stray_mail() -> bytes:
    return (
        f"From: Ibu {MARK} <{EMAIL}>\r\nTo: fair@sangdam.example\r\nSubject: from {MARK}\r\n"
        f"Message-ID: <1@mail.example>\r\n\r\nI, {MARK}, cannot.\r\n"
    ).encode()


def traces(stage: Stage, word: str) -> list[str]:
    """Lines of the database and files of the mailbox that hold the word."""
    with sqlite3.connect(stage.settings.instance / "scheduler.sqlite") as connection:
        lines = [line for line in connection.iterdump() if word.lower() in line.lower()]
        lines += [
            "incoming.raw"
            for (raw,) in connection.execute("SELECT raw FROM incoming")
            if word.encode() in raw
        ]
        lines += [
            "upload" for (raw,) in connection.execute("SELECT data FROM upload") if word.encode() in raw
        ]
    mails = [
        path.name
        for path in stage.settings.mailbox.glob("*.eml")
        if EMAIL.encode() in path.read_bytes().lower()
    ]
    return lines + mails


def files_naming(stage: Stage, word: str) -> list[str]:
    """Files of the database that hold the word, also where nothing refers to it any more."""
    files = stage.settings.instance.glob("scheduler.sqlite*")
    return sorted(path.name for path in files if word.lower().encode() in path.read_bytes().lower())


def test_every_table_says_how_the_data_of_a_person_leave_it():
    named = {table.__tablename__ for table in (*personal.PERSONAL, *personal.IMPERSONAL)}

    assert named == set(Base.metadata.tables)
    assert not set(personal.PERSONAL) & set(personal.IMPERSONAL)


def test_an_erased_buyer_is_gone_from_the_database_the_outbox_the_feeds_and_the_mailbox(tmp_path):
    stage = a_told_stage(tmp_path)
    before = stage.meetings()
    kinds = {line.split('"')[1] for line in traces(stage, MARK) if line.startswith("INSERT")}

    personal_data.erase_person(stage.db, stage.settings, "b1", now=AFTER, actor=SYSTEM)
    personal_data.erase_person(stage.db, stage.settings, "c2", now=AFTER, actor=SYSTEM)

    assert kinds >= {"resource", "draft", "incoming", "upload", "account"}
    assert traces(stage, MARK) == []
    assert stage.meetings() == before
    assert {row.state for row in stage.rows() if row.recipient_id == "b1"} <= {
        "sent",
        "suppressed",
        "superseded",
    }
    assert [action for _, action in stage.trail("resource", "b1")] == ["make_feed", "erase"]


def test_an_erased_buyer_cannot_be_read_from_the_files_of_the_database_either(tmp_path):
    stage = a_told_stage(tmp_path)
    before = files_naming(stage, MARK)

    personal_data.erase_person(stage.db, stage.settings, "b1", now=AFTER, actor=SYSTEM)
    personal_data.erase_person(stage.db, stage.settings, "c2", now=AFTER, actor=SYSTEM)

    assert before != []
    assert files_naming(stage, MARK) == []


def test_what_others_wrote_about_an_erased_person_names_them_no_more(tmp_path):
    stage = a_told_stage(tmp_path)
    with stage.db.read() as work:
        meeting = meetings.meetings_of_fair(work, stage.fair.id)[0]
    stage.change(replace(mailed(a_company("c1")), note=f"met Ibu {MARK} in May"))
    said = Answer(
        meeting_id=meeting.id,
        recipient_id="c1",
        partstat="tentative",
        sequence=0,
        stamped_at=NOW,
        received_at=NOW,
        comment=f"IBU {MARK.upper()} is late, as I told {EMAIL}",
    )
    with stage.db.write() as work:
        answers.save_answer(work, said)
    quoting = base64.b64encode(f"> Ibu {MARK} wrote".encode()).decode()
    mail = (
        "From: c1@mail.example\r\nSubject: =?utf-8?q?about_PT_Zebrafink?=\r\nMessage-ID: <2@mail.example>\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{quoting}\r\n"
    )
    receive(stage.db, mail.encode(), now=NOW)

    personal_data.erase_person(stage.db, stage.settings, "b1", now=AFTER, actor=SYSTEM)
    personal_data.erase_person(stage.db, stage.settings, "c2", now=AFTER, actor=SYSTEM)

    assert traces(stage, MARK) == []
    assert traces(stage, quoting) == []
    with stage.db.read() as work:
        notes = [one.note for one in people.companies_of(work, stage.fair.id) if one.id == "c1"]
    assert notes == ["met (erased) in May"]


@pytest.mark.parametrize(
    ("word", "text", "left"),
    [
        ("강가람", "강가람은 못 온다", "(erased)은 못 온다"),
        ("가람", "강가람과 가람이", "강가람과 (erased)이"),
        ("김", "김치, 김", "김치, 김"),
        ("김", "김", "(erased)"),
        ("Lee", "Lee, Leeds and Lee는", "(erased), Leeds and (erased)는"),
        ("Home", "home and Homework at Home", "home and Homework at (erased)"),
        ("Ibu Sari", "IBU SARI said", "(erased) said"),
        ("a.b@c.example", "write to A.B@C.example.", "write to (erased)."),
        ("plan", '{"kind": "plan", "names": ["plan"]}', '{"kind": "plan", "names": ["(erased)"]}'),
    ],
)
def test_a_name_is_taken_out_and_no_word_that_only_looks_like_it(word, text, left):
    assert erased_words.cleared(text, (word,)) == left


def test_others_keep_their_mails_and_data(tmp_path):
    stage = a_told_stage(tmp_path)

    personal_data.erase_person(stage.db, stage.settings, "b1", now=AFTER, actor=SYSTEM)

    assert "c1@mail.example" in str(personal_data.data_of(stage.db, "c1"))
    assert any(b"c1@mail.example" in path.read_bytes() for path in stage.settings.mailbox.glob("*.eml"))
    assert {
        match.buyer_id for match in problem_of(stage.db, stage.fair.key).matches if match.priority < 4
    } == {"b2"}


def test_somebody_with_sessions_ahead_is_not_erased_and_nothing_changes(tmp_path):
    stage = a_told_stage(tmp_path)
    before = traces(stage, MARK)

    with pytest.raises(SessionsAhead):
        personal_data.erase_person(stage.db, stage.settings, "b1", now=NOW, actor=SYSTEM)

    assert traces(stage, MARK) == before


def test_everything_kept_of_a_person_is_given_to_them(tmp_path):
    stage = a_told_stage(tmp_path)
    personal_data.set_privacy(
        stage.db, stage.fair.key, days=None, consent_text="I agree", now=NOW, actor=SYSTEM
    )
    personal_data.give_consent(stage.db, "b1", stage.fair.id, now=NOW, actor=SYSTEM)

    data = personal_data.data_of(stage.db, "b1")

    assert data["person"]["contact"]["email"] == EMAIL
    assert [(one["start_at"], one["with"]) for one in data["sessions"]] == [
        ("2026-06-24T00:00:00+00:00", ["남동산업 c1", "통역사 i1", "상담실 r1"]),
        ("2026-06-24T00:30:00+00:00", ["남동산업 c2", "통역사 i2", "상담실 r2"]),
    ]
    assert [one["text"] for one in data["consents"]] == ["I agree"]
    assert data["notices"]


def test_every_table_with_data_of_a_person_says_how_they_are_given_to_them():
    named = (*personal_given.GIVEN, *personal_given.ELSEWHERE, *personal_given.NOT_GIVEN)

    assert len(set(named)) == len(named)
    assert {*named} >= {*personal.PERSONAL, ConsentTable}


def test_what_somebody_chose_wrote_and_where_they_are_logged_in_is_given_too_and_nothing_of_others(tmp_path):
    stage = a_told_stage(tmp_path)
    choose_reading(stage.db, "b1", language="en", zone="Asia/Tokyo", now=NOW, actor=SYSTEM)
    choose_reading(stage.db, "b2", language="id", zone="Asia/Tokyo", now=NOW, actor=SYSTEM)
    account = add_account(
        stage.db,
        email="one@company.example",
        role="company",
        name="하나",
        password=None,
        resource_id="c1",
        now=NOW,
        actor=SYSTEM,
    )
    begin_session(stage.db, account, previous="", agent="Firefox", address="203.0.113.7", now=NOW)

    buyer, company = (personal_data.data_of(stage.db, one)["more"] for one in ("b1", "c1"))

    assert [one["zone"] for one in buyer["preference"]] == ["Asia/Tokyo"]
    assert [one["subject"] for one in buyer["incoming"]] == [f"from {MARK}"]
    assert {one["kind"] for one in buyer["link"]} == {"buyer", "feed"}
    assert [(one["agent"], one["address"]) for one in company["login_session"]] == [
        ("Firefox", "203.0.113.7")
    ]
    assert "sha256" not in json.dumps([buyer, company])
    assert MARK not in json.dumps(company)


def test_when_the_time_is_up_all_are_erased_once_but_those_of_a_later_fair(tmp_path):
    stage = a_told_stage(tmp_path)
    later = a_fair(id="fair_later", key="later", days=(stage.fair.days[-1] + timedelta(days=300),))
    with stage.db.write() as work:
        fairs.save_fair(work, later, NOW)
        people.save_resource(work, people.get_resource(work, "c1"), "key:c1", later.id)
    personal_data.set_privacy(stage.db, stage.fair.key, days=20, consent_text="", now=NOW, actor=SYSTEM)
    ended = NOW + timedelta(days=27)

    too_early = personal_data.apply_retention(stage.db, stage.settings, now=ended, actor=SYSTEM)
    done = personal_data.apply_retention(
        stage.db, stage.settings, now=ended + timedelta(days=1), actor=SYSTEM
    )
    again = personal_data.apply_retention(
        stage.db, stage.settings, now=ended + timedelta(days=2), actor=SYSTEM
    )

    kept = {
        one.person.id
        for one in personal_data.privacy_page(stage.db, stage.fair.key).people
        if not one.is_erased
    }
    assert (too_early, done, again) == ({}, {stage.fair.key: 5}, {})
    assert kept == {"c1"}
    assert traces(stage, MARK) == []
    assert [action for _, action in stage.trail("fair", stage.fair.id)][-1] == "retention"


def test_an_interpreter_with_sessions_ahead_outside_any_fair_holds_up_nobody_elses_erasure(tmp_path):
    stage = a_told_stage(tmp_path)
    personal_data.set_privacy(stage.db, stage.fair.key, days=20, consent_text="", now=NOW, actor=SYSTEM)
    first, second, third = (NOW + timedelta(days=days) for days in (28, 29, 40))
    slot = Slot.lasting(third - timedelta(hours=1), 30)
    wish = RoomWish(room_id="r1", slot=slot, interpreter_ids=("i1",))
    book_room(stage.db, stage.settings, wish, now=NOW, actor=COORDINATOR)

    done = [
        personal_data.apply_retention(stage.db, stage.settings, now=now, actor=SYSTEM)
        for now in (first, second, third, third + timedelta(days=1))
    ]

    assert done == [{stage.fair.key: 5}, {}, {stage.fair.key: 1}, {}]
    logged = [action for _, action in stage.trail("fair", stage.fair.id)]
    assert logged.count("retention") == 2


def test_a_consent_is_kept_in_the_words_that_were_seen_and_can_be_taken_back(tmp_path):
    stage = a_stage(tmp_path)

    def give(text: str, minute: int = 0):
        now = NOW + timedelta(minutes=minute)
        personal_data.set_privacy(
            stage.db, stage.fair.key, days=None, consent_text=text, now=NOW, actor=SYSTEM
        )
        return personal_data.give_consent(stage.db, "b1", stage.fair.id, now=now, actor=SYSTEM)

    nothing, first, same, other = give(""), give("I agree"), give("I agree", 1), give("I agree to more", 2)
    taken_back = personal_data.withdraw_consent(stage.db, "b1", stage.fair.id, now=AFTER, actor=SYSTEM)
    texts = [
        (one["text"], one["withdrawn_at"] is None)
        for one in personal_data.data_of(stage.db, "b1")["consents"]
    ]

    assert nothing is None
    assert first == same
    assert (first.text, other.text, taken_back) == ("I agree", "I agree to more", True)
    assert texts == [("I agree", False), ("I agree to more", False)]


@pytest.mark.parametrize("days", [-1, 4000])
def test_days_that_make_no_sense_are_refused(tmp_path, days):
    stage = a_stage(tmp_path)

    with pytest.raises(BadInput):
        personal_data.set_privacy(stage.db, stage.fair.key, days=days, consent_text="", now=NOW, actor=SYSTEM)
