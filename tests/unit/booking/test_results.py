"""What came of a session: what may be stated, what counts, and the totals by stage."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.booking.errors import BadInput
from scheduler.booking.meeting import State
from scheduler.booking.results import (
    MOST_USD,
    Claim,
    NothingToState,
    Result,
    Side,
    Stage,
    Statement,
    Total,
    Verification,
    claim_of,
    is_overdue,
    refuse_to_state,
    took_place,
    totals,
    verified_amount,
)
from tests.builders import a_meeting, a_slot, at

AFTER = at("18:00")


def said(id: str = "s1", side: Side = Side.COMPANY, **given: object) -> Statement:  # noqa: A002
    claim = Claim(stage=Stage(given.pop("stage", "consulted")), amount=given.pop("amount", 0))  # type: ignore[arg-type]
    defaults = {"meeting_id": "m1", "said_at": AFTER, "said_by": "company:acc_2", "claim": claim}
    return Statement(id=id, side=side, **{**defaults, **given})  # type: ignore[arg-type]


def seen(statement_id: str = "s1", amount: int = 10, id: str = "v1") -> Verification:  # noqa: A002
    return Verification(
        id=id, statement_id=statement_id, amount=amount, note="order", checked_at=AFTER, checked_by="x"
    )


def faults(refusal: pytest.ExceptionInfo[BadInput]) -> list[str]:
    return [one.place for one in refusal.value.faults]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("25,000", 25000),
        ("US$ 1806000", 1806000),
        ("$5", 5),
        ("5 USD", 5),
        ("300달러", 300),
        (str(MOST_USD), MOST_USD),
    ],
)
def test_an_amount_is_read_as_people_write_it(written, amount):
    assert claim_of(stage="contracted", amount=written, note=" ok ", side=Side.COMPANY) == Claim(
        stage=Stage.CONTRACTED, amount=amount, note="ok"
    )


@pytest.mark.parametrize("written", ["", "1.5", "-1", "a lot", "1e9", "٣", "9" * 30, str(MOST_USD + 1)])
def test_what_is_no_amount_of_whole_dollars_within_bounds_is_refused(written):
    with pytest.raises(BadInput) as refusal:
        claim_of(stage="in_progress", amount=written, note="", side=Side.COMPANY)
    assert faults(refusal) == ["amount"]


def test_nothing_is_enough_for_a_consultation_and_for_no_other_stage():
    for nothing in ("0", " ", ""):
        assert claim_of(stage="consulted", amount=nothing, note="", side=Side.COMPANY).amount == 0
    for stage in ("in_progress", "contracted"):
        with pytest.raises(BadInput):
            claim_of(stage=stage, amount="0", note="", side=Side.COMPANY)


def test_a_buyer_and_a_session_that_did_not_take_place_have_no_amount():
    assert claim_of(stage="contracted", amount="7", note="", side=Side.BUYER).amount is None
    assert claim_of(stage="not_held", amount="7", note="", side=Side.COMPANY).amount is None


def test_every_fault_is_said_at_once():
    with pytest.raises(BadInput) as refusal:
        claim_of(stage="sold", amount="?", note="x" * 501, side=Side.COMPANY)
    assert faults(refusal) == ["stage", "amount", "note"]
    with pytest.raises(BadInput) as refusal:
        verified_amount(str(MOST_USD + 1), " ")
    assert faults(refusal) == ["amount", "note"]


def test_a_verification_may_find_nothing_but_needs_a_word_on_the_evidence():
    assert verified_amount("0", "no order was placed") == 0


@pytest.mark.parametrize("state", [State.CONFIRMED, State.COMPLETED, State.NO_SHOW])
def test_a_session_can_be_stated_of_from_its_start_on(state):
    meeting = a_meeting(state=state, slot=a_slot("09:00"))

    refuse_to_state(meeting, at("09:00"))
    with pytest.raises(NothingToState):
        refuse_to_state(meeting, at("08:59"))


@pytest.mark.parametrize("given", [{"state": State.CANCELLED}, {"state": State.HELD}, {"buyer_id": None}])
def test_a_session_that_was_none_has_nothing_to_state(given):
    with pytest.raises(NothingToState):
        refuse_to_state(a_meeting(**given), AFTER)


def test_the_newest_of_a_side_counts_and_the_earlier_stays():
    first, second = said("s1"), said("s2", stage="contracted", amount=5)
    by_buyer = said("s3", Side.BUYER, amount=None)
    result = Result(statements=(first, second, by_buyer))

    assert (result.claimed, result.by_buyer) == (second, by_buyer)
    assert result.statements[0] == first
    assert result.differs
    assert not Result(statements=(first, by_buyer)).differs
    assert not Result(statements=(second,)).differs


def test_a_verification_speaks_of_its_own_statement_alone():
    verified = Result(statements=(said("s1", amount=9),), verifications=(seen("s1", 4), seen("s1", 8, "v2")))
    later = replace(verified, statements=(*verified.statements, said("s2", amount=20)))

    assert verified.verified == seen("s1", 8, "v2")
    assert later.verified is None
    assert later.verification_of(later.statements[0]) == seen("s1", 8, "v2")


def test_totals_keep_stages_apart_and_claimed_from_verified():
    results = (
        Result(statements=(said("a", amount=100),), verifications=(seen("a", 60),)),
        Result(statements=(said("b", amount=50),)),
        Result(statements=(said("c", stage="contracted", amount=7),), verifications=(seen("c", 9, "v3"),)),
        Result(statements=(said("d", stage="not_held", amount=None),)),
        Result(statements=(said("e", Side.BUYER, stage="in_progress", amount=None),)),
        Result(),
    )

    assert totals(results) == (
        Total(stage=Stage.CONSULTED, sessions=2, claimed=150, verified_sessions=1, verified=60),
        Total(stage=Stage.IN_PROGRESS),
        Total(stage=Stage.CONTRACTED, sessions=1, claimed=7, verified_sessions=1, verified=9),
    )


def test_a_session_took_place_when_it_is_noted_or_is_over_without_a_word():
    over = a_meeting(slot=a_slot("09:00"))

    assert took_place(over, at("09:30"))
    assert not took_place(over, at("09:29"))
    assert took_place(replace(over, state=State.COMPLETED), at("09:10"))
    assert not took_place(replace(over, state=State.NO_SHOW), AFTER)


def test_a_company_owes_a_word_while_it_has_stated_nothing_or_nothing_lately():
    meeting, month = a_meeting(), timedelta(days=30)
    stated = Result(statements=(said(),))

    assert is_overdue(meeting, Result(), days=30, now=AFTER)
    assert is_overdue(meeting, Result(statements=(said("s9", Side.BUYER),)), days=30, now=AFTER)
    assert is_overdue(meeting, stated, days=30, now=AFTER + month)
    assert not is_overdue(meeting, stated, days=30, now=AFTER + month - timedelta(seconds=1))
    assert not is_overdue(replace(meeting, state=State.NO_SHOW), Result(), days=30, now=AFTER)
