"""Refusals say why in the reader's language."""

from scheduler.booking.errors import (
    BadInput,
    Fault,
    IllegalMove,
    NobodyFree,
    NotFound,
    RulesBroken,
    SlotTaken,
    StaleRevision,
    Taken,
)
from scheduler.booking.rules import Conflict
from scheduler.wording import Phrase
from tests.builders import a_slot


def test_a_fault_says_where_and_what_and_what_would_be_right() -> None:
    wrong, mend = Phrase("there is no such field"), Phrase("Known are: %(names)s", names="id")

    assert (
        Fault(place="$.id", wrong=wrong, mend=mend).text("en") == "$.id: there is no such field Known are: id"
    )
    assert Fault(place="$.id", wrong=wrong).text("en") == "$.id: there is no such field"


def test_bad_input_carries_all_its_faults() -> None:
    faults = [
        Fault(place="A1", wrong=Phrase("a list is wanted")),
        Fault(place="A2", wrong=Phrase("a list is wanted")),
    ]

    assert BadInput(faults).faults == tuple(faults)
    assert "2" in str(BadInput(faults))


def test_what_is_taken_is_named_once_each() -> None:
    taken = [
        Taken(resource_id="r1", name="상담실 1", slot=a_slot()),
        Taken(resource_id="r1", name="상담실 1", slot=a_slot()),
    ]

    refusal = SlotTaken(taken=taken, nearest=[a_slot("10:00")])

    assert str(refusal) == "Already taken at that time: 상담실 1"
    assert refusal.nearest == (a_slot("10:00"),)


def test_one_broken_rule_speaks_for_itself_and_several_one_after_the_other() -> None:
    one = Conflict(rule="a", phrase=Phrase("all rooms are taken"))
    two = Conflict(rule="b", phrase=Phrase("No room is open when both sides are free"))

    assert str(RulesBroken([one])) == "all rooms are taken"
    assert (
        RulesBroken([one, two])
        .phrase.text("en")
        .endswith("all rooms are taken; No room is open when both sides are free")
    )


def test_every_other_refusal_keeps_its_facts() -> None:
    illegal = IllegalMove(meeting_id="m1", from_state="cancelled", to_state="held")
    stale = StaleRevision(meeting_id="m1", seen=1, current=2)
    nobody = NobodyFree(wanted=Phrase("all rooms are taken"))

    assert str(illegal) == "A session that is cancelled cannot become held"
    assert (stale.seen, stale.current) == (1, 2)
    assert NotFound(kind="fair", key="x").key == "x"
    assert nobody.wanted == Phrase("all rooms are taken")
