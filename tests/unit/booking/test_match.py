"""Which interpretation a pair takes, and the people of booking."""

import pytest

from scheduler.booking.assign import Placement
from scheduler.booking.match import joins_from_room, legs_between, shared_language
from scheduler.booking.people import Attendance, Kind, LanguagePair, kind_of, zone_of
from tests.builders import (
    JAKARTA,
    KO_ID,
    a_buyer,
    a_company,
    a_match,
    a_placement,
    a_room,
    a_slot,
    an_interpreter,
)


def test_both_sides_with_one_language_need_no_interpreter() -> None:
    company, buyer = a_company(languages=("ko", "en")), a_buyer(languages=("id", "en"))

    assert shared_language(company, buyer) == "en"
    assert legs_between(company, buyer) == ()


def test_without_a_common_language_one_interpreter_stands_between_the_first_ones() -> None:
    company, buyer = a_company(languages=("ko",)), a_buyer(languages=("id", "ms"))

    assert shared_language(company, buyer) is None
    assert legs_between(company, buyer) == (KO_ID,)


def test_a_pair_of_languages_is_the_same_in_either_order() -> None:
    assert LanguagePair("KO", " id") == LanguagePair.parse("id-ko") == KO_ID
    assert str(KO_ID) == "id-ko"


@pytest.mark.parametrize("written", ["ko", "ko-ko", "-ko", ""])
def test_a_pair_takes_two_languages(written: str) -> None:
    with pytest.raises(ValueError, match="two languages"):
        LanguagePair.parse(written)


def test_a_company_joins_from_the_room_or_from_its_own_office() -> None:
    assert joins_from_room(a_company())
    assert not joins_from_room(a_company(attendance=Attendance.OWN_OFFICE))


def test_every_resource_knows_its_kind_and_its_zone() -> None:
    everybody = (a_company(), a_buyer(), an_interpreter(), a_room())

    assert [kind_of(one) for one in everybody] == [Kind.COMPANY, Kind.BUYER, Kind.INTERPRETER, Kind.ROOM]
    assert zone_of(a_buyer()) == JAKARTA


def test_a_placement_claims_both_sides_the_interpreters_and_the_room() -> None:
    assert a_placement().resource_ids == ("b1", "c1", "i1", "r1")


def test_a_placement_from_the_own_office_claims_no_room() -> None:
    match = a_match(legs=(), needs_room=False)

    assert a_placement(match) == Placement(
        match_id="c1-b1", company_id="c1", buyer_id="b1", slot=a_slot(), interpreter_ids=(), room_id=None
    )
    assert a_placement(match).resource_ids == ("b1", "c1")
