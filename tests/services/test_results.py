"""Results: stated by either side, never written over, verified apart, asked for once more, and taken away."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.booking.errors import BadInput, NotFound
from scheduler.booking.meeting import Meeting
from scheduler.booking.results import Claim, NothingToState, Side
from scheduler.booking.results import Stage as How
from scheduler.services import personal_data
from scheduler.services.accounts import add_account
from scheduler.services.actor import SYSTEM, Actor, Role
from scheduler.services.book import book
from scheduler.services.buyer_checks import check_page, newest_check, newest_checks, note_check
from scheduler.services.cancel import cancel, mark_no_show
from scheduler.services.deliver import deliver_all
from scheduler.services.follow_up import ask_companies, follow_up_page
from scheduler.services.idempotency import new_key, ticket_for
from scheduler.services.results import own_result, session_result, state_result, verify_result
from scheduler.services.results_page import as_csv, as_workbook, results_page
from scheduler.storage import meetings
from scheduler.storage.erased_words import ERASED
from tests.builders import a_buyer, at
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_post, a_stage, mailed

AFTER = at("18:00")
MONTH = AFTER + timedelta(days=31)
BUYER = Actor(role=Role.BUYER, name="buyer", resource_id="b1")
PROGRESS = Claim(stage=How.IN_PROGRESS, amount=50_000, note="시험 주문")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """c1-b1 at 09:00 and c2-b2 at 10:00."""
    stage = a_stage(tmp_path)
    book(stage.db, stage.settings, stage.wish("c1-b1"), now=NOW, actor=COORDINATOR)
    book(stage.db, stage.settings, stage.wish("c2-b2", "10:00"), now=NOW, actor=COORDINATOR)
    return stage


def meeting_of(stage: Stage, match_id: str = "c1-b1") -> Meeting:
    with stage.db.read() as work:
        return next(one for one in meetings.meetings_of_fair(work, stage.fair.id) if one.match_id == match_id)


def state(stage: Stage, claim: Claim = PROGRESS, side: Side = Side.COMPANY, **given: object) -> str:
    actor = {Side.COMPANY: COMPANY, Side.BUYER: BUYER}[side]
    told = {"side": side, "now": AFTER, "actor": actor, **given}
    return state_result(stage.db, meeting_of(stage).id, claim, **told).id  # type: ignore[arg-type]


def test_a_later_statement_counts_and_the_earlier_can_still_be_read(stage: Stage) -> None:
    contracted = Claim(stage=How.CONTRACTED, amount=80_000)
    first, second = state(stage), state(stage, contracted, now=MONTH)
    meeting = meeting_of(stage)
    found = session_result(stage.db, meeting.id, now=MONTH).result

    assert [(one.id, one.claim, one.said_at, one.said_by, one.by_name) for one in found.statements] == [
        (first, PROGRESS, AFTER, "company:acc_2", "남동산업"),
        (second, contracted, MONTH, "company:acc_2", "남동산업"),
    ]
    assert found.claimed is not None
    assert found.claimed.id == second
    assert stage.trail("meeting", meeting.id)[-2:] == [("company:acc_2", "state_result")] * 2


def test_a_buyer_speaks_for_itself_and_a_coordinator_on_somebody_s_word(stage: Stage) -> None:
    state(stage, Claim(stage=How.CONSULTED), Side.BUYER)
    state(stage, actor=COORDINATOR, now=AFTER + timedelta(minutes=1))
    found = session_result(stage.db, meeting_of(stage).id, now=AFTER).result

    assert [(one.side, one.is_noted_for_them, one.by_name) for one in found.statements] == [
        (Side.BUYER, False, ""),
        (Side.COMPANY, True, "코디"),
    ]
    assert own_result(stage.db, meeting_of(stage).id, Side.BUYER, now=AFTER).standing == found.by_buyer


@pytest.mark.parametrize(
    ("actor", "side"),
    [
        (COMPANY, Side.BUYER),
        (BUYER, Side.COMPANY),
        (Actor(role=Role.COMPANY, name="x", account_id="a", resource_id="c2"), Side.COMPANY),
        (Actor(role=Role.INTERPRETER, name="x", account_id="a", resource_id="i1"), Side.COMPANY),
        (Actor(role=Role.COHOST, name="x", account_id="a"), Side.BUYER),
    ],
)
def test_nobody_speaks_for_another(stage: Stage, actor: Actor, side: Side) -> None:
    with pytest.raises(NotFound):
        state(stage, PROGRESS, side, actor=actor)


def test_before_the_start_and_after_a_cancellation_there_is_nothing_to_state(stage: Stage) -> None:
    with pytest.raises(NothingToState):
        state(stage, now=at("08:59"))
    cancel(stage.db, meeting_of(stage).id, seen_revision=0, now=NOW, actor=COORDINATOR)
    with pytest.raises(NothingToState):
        state(stage)
    assert not own_result(stage.db, meeting_of(stage).id, Side.COMPANY, now=AFTER).can_state


def test_a_form_sent_twice_states_once(stage: Stage) -> None:
    ticket = ticket_for(COMPANY, new_key(), "x")

    assert state(stage, ticket=ticket) == state(stage, ticket=ticket)
    assert len(session_result(stage.db, meeting_of(stage).id, now=AFTER).result.statements) == 1


def test_a_verification_stands_beside_the_claim_and_never_in_its_place(stage: Stage) -> None:
    statement, meeting = state(stage), meeting_of(stage)
    for amount, now in (("40,000", AFTER), ("41000", MONTH)):
        verify_result(
            stage.db, meeting.id, statement, amount=amount, note="발주서", now=now, actor=COORDINATOR
        )
    found = session_result(stage.db, meeting.id, now=AFTER).result
    [line, other] = results_page(stage.db, stage.fair.key, now=AFTER).lines

    assert found.claimed is not None
    assert found.claimed.claim.amount == 50_000
    assert [one.amount for one in found.verifications] == [40_000, 41_000]
    assert (found.verified.amount if found.verified else 0, line.is_unverified, other.is_missing) == (
        41_000,
        False,
        True,
    )
    assert stage.trail("meeting", meeting.id)[-1] == ("coordinator:acc_1", "verify_result")


def test_only_an_amount_of_a_company_of_this_session_can_be_verified(stage: Stage) -> None:
    meeting = meeting_of(stage)
    by_buyer = state(stage, Claim(stage=How.CONSULTED), Side.BUYER)
    by_company = state(stage)
    for meeting_id, statement in ((meeting.id, by_buyer), (meeting.id, "said_none"), ("mtg_x", by_company)):
        with pytest.raises(NotFound):
            verify_result(stage.db, meeting_id, statement, amount="1", note="x", now=AFTER, actor=COORDINATOR)
    with pytest.raises(BadInput):
        verify_result(stage.db, meeting.id, by_company, amount="1", note="", now=AFTER, actor=COORDINATOR)


def test_the_page_of_a_fair_is_narrowed_and_counts_every_choice(stage: Stage) -> None:
    state(stage)
    state(stage, Claim(stage=How.NOT_HELD), Side.BUYER)
    pages = {one: results_page(stage.db, stage.fair.key, shown=one, now=AFTER) for one in ("all", "missing")}

    assert [[line.meeting.match_id for line in page.lines] for page in pages.values()] == [
        ["c1-b1", "c2-b2"],
        ["c2-b2"],
    ]
    assert pages["all"].counts == {"all": 2, "missing": 1, "unverified": 1, "differing": 1}
    assert [(one.sessions, one.claimed, one.verified) for one in pages["missing"].totals] == [
        (0, 0, 0),
        (1, 50_000, 0),
        (0, 0, 0),
    ]
    assert results_page(stage.db, stage.fair.key, now=at("08:00")).lines == ()


def test_the_file_holds_claimed_and_verified_apart_and_no_formula(stage: Stage) -> None:
    statement = state(stage, Claim(stage=How.CONTRACTED, amount=7, note="=HYPERLINK(1)"))
    verify_result(
        stage.db, meeting_of(stage).id, statement, amount="6", note="+1", now=AFTER, actor=COORDINATOR
    )
    page = results_page(stage.db, stage.fair.key, now=AFTER)
    lines = as_csv(page, "en").decode("utf-8-sig").splitlines()

    assert len(lines) == 3
    assert "contracted,7,Wed 24 Jun 18:00 KST,,'=HYPERLINK(1),6," in lines[1]
    assert ",'+1," in lines[1]
    assert as_workbook(page, "ko").startswith(b"PK")


def test_companies_that_owe_a_word_are_shown_before_they_are_asked_and_asked_once_a_day(stage: Stage) -> None:
    state(stage)
    early, late = (follow_up_page(stage.db, stage.fair.key, days=30, now=now) for now in (AFTER, MONTH))
    key = stage.fair.key
    counts = [
        ask_companies(stage.db, key, ["c2", "c9"], days=30, now=MONTH, actor=COORDINATOR) for _ in range(2)
    ]
    post = a_post()
    deliver_all(stage.db, stage.settings, post, now=MONTH, owner="test")
    asked = [one for one in post.kept if "상담 결과를" in str(one["Subject"])]

    assert [one.company.id for one in early.asked] == ["c2"]
    assert [one.company.id for one in late.asked] == ["c1", "c2"]
    assert counts == [1, 0]
    assert [str(one["To"]) for one in asked] == ["남동산업 c2 <c2@mail.example>"]
    body = asked[0].get_body(("plain",))
    assert body is not None
    assert f"https://fair.example/my/{meeting_of(stage, 'c2-b2').id}" in body.get_content()
    [_, again] = follow_up_page(stage.db, key, days=30, now=MONTH).asked
    assert (again.last_at, again.was_asked_today, again.can_be_asked) == (MONTH, True, False)
    with pytest.raises(BadInput):
        ask_companies(stage.db, key, [], days=30, now=MONTH, actor=COORDINATOR)
    with pytest.raises(BadInput):
        follow_up_page(stage.db, key, days=31, now=MONTH)


def test_who_has_stated_everything_before_the_mail_leaves_gets_none(stage: Stage) -> None:
    ask_companies(stage.db, stage.fair.key, ["c1"], days=30, now=AFTER, actor=COORDINATOR)
    state(stage)
    post = a_post()
    deliver_all(stage.db, stage.settings, post, now=AFTER, owner="test")

    assert [one for one in post.kept if "상담 결과를" in str(one["Subject"])] == []
    assert {row.state for row in stage.rows() if row.kind == "follow_up"} == {"suppressed"}


def test_of_a_session_that_nobody_came_to_no_company_is_asked(stage: Stage) -> None:
    mark_no_show(stage.db, meeting_of(stage).id, seen_revision=0, now=AFTER, actor=COORDINATOR)

    assert [one.company.id for one in follow_up_page(stage.db, stage.fair.key, days=7, now=AFTER).asked] == [
        "c2"
    ]


def test_a_buyer_is_verified_by_somebody_on_a_day_and_it_can_be_taken_back(stage: Stage) -> None:
    key = stage.fair.key
    for answer, now in (("yes", NOW), ("no", AFTER)):
        note_check(stage.db, key, "b1", is_verified=answer, note="등록부", now=now, actor=COORDINATOR)
    page = check_page(stage.db, key, "b1")

    assert [(one.is_verified, one.by_name, one.checked_at) for one in page.checks] == [
        (True, "코디", NOW),
        (False, "코디", AFTER),
    ]
    assert newest_check(stage.db, "b1") == page.checks[-1]
    assert newest_checks(stage.db, stage.fair.id) == {"b1": page.checks[-1]}
    assert newest_check(stage.db, "b2") is None
    for buyer, answer, note in (("c1", "yes", "x"), ("b9", "yes", "x")):
        with pytest.raises(NotFound):
            note_check(stage.db, key, buyer, is_verified=answer, note=note, now=NOW, actor=COORDINATOR)
    with pytest.raises(BadInput) as refusal:
        note_check(stage.db, key, "b1", is_verified="?", note=" ", now=NOW, actor=COORDINATOR)
    assert [one.place for one in refusal.value.faults] == ["is_verified", "note"]


def test_words_of_an_erased_person_go_and_amounts_stay(stage: Stage) -> None:
    statement, meeting = state(stage), meeting_of(stage)
    verify_result(stage.db, meeting.id, statement, amount="9", note="Zebra", now=AFTER, actor=COORDINATOR)
    note_check(stage.db, stage.fair.key, "b1", is_verified="yes", note="Zebra", now=NOW, actor=COORDINATOR)
    data = {one: personal_data.data_of(stage.db, one) for one in ("c1", "b1")}
    personal_data.erase_person(stage.db, stage.settings, "b1", now=MONTH, actor=SYSTEM)
    found = session_result(stage.db, meeting.id, now=MONTH).result

    assert [one["amount"] for one in data["c1"]["more"]["statement"]] == [50_000]
    assert [one["note"] for one in data["c1"]["more"]["verification"]] == ["Zebra"]
    assert "statement" not in data["b1"]["more"]
    assert [one["note"] for one in data["b1"]["more"]["buyer_check"]] == ["Zebra"]
    assert [(one.claim.amount, one.claim.note, one.by_name) for one in found.statements] == [
        (50_000, "", "남동산업")
    ]
    assert [(one.amount, one.note) for one in found.verifications] == [(9, "")]
    assert check_page(stage.db, stage.fair.key, "b1").checks[0].note == ""


def test_whoever_stated_it_is_named_no_more_when_their_company_is_erased(stage: Stage) -> None:
    account = add_account(
        stage.db,
        email="kim@company.example",
        role="company",
        name="김하나",
        password=None,
        resource_id="c1",
        now=NOW,
        actor=SYSTEM,
    )
    state(stage, actor=Actor(role=Role.COMPANY, name="김하나", account_id=account.id, resource_id="c1"))
    meeting = meeting_of(stage)
    noted = state_result(
        stage.db,
        meeting.id,
        Claim(stage=How.CONTRACTED, amount=70_000, note="by telephone"),
        side=Side.COMPANY,
        now=MONTH,
        actor=COORDINATOR,
    )
    personal_data.erase_person(stage.db, stage.settings, "c1", now=MONTH, actor=SYSTEM)
    found = session_result(stage.db, meeting.id, now=MONTH).result

    assert [(one.claim.amount, one.claim.note, one.by_name) for one in found.statements] == [
        (50_000, "", ERASED),
        (70_000, "", "코디"),
    ]
    assert found.claimed is not None
    assert found.claimed.id == noted.id


def test_what_others_noted_of_their_own_results_names_an_erased_person_no_more(stage: Stage) -> None:
    buyer = mailed(a_buyer("b1"), "en")
    stage.change(replace(buyer, contact=replace(buyer.contact, person="Ibu Zebrafink")))
    other = meeting_of(stage, "c2-b2")
    claim = Claim(stage=How.CONSULTED, amount=0, note="came with Ibu Zebrafink")
    said = state_result(stage.db, other.id, claim, side=Side.COMPANY, now=AFTER, actor=COORDINATOR)
    seen = {"amount": "0", "note": "Ibu Zebrafink confirms", "now": AFTER, "actor": COORDINATOR}
    verify_result(stage.db, other.id, said.id, **seen)  # type: ignore[arg-type]
    note = "Ibu Zebrafink knows them"
    note_check(stage.db, stage.fair.key, "b2", is_verified="yes", note=note, now=NOW, actor=COORDINATOR)
    personal_data.erase_person(stage.db, stage.settings, "b1", now=MONTH, actor=SYSTEM)
    found = session_result(stage.db, other.id, now=MONTH).result

    assert [one.claim.note for one in found.statements] == ["came with (erased)"]
    assert [one.note for one in found.verifications] == ["(erased) confirms"]
    assert [one.note for one in check_page(stage.db, stage.fair.key, "b2").checks] == ["(erased) knows them"]
