from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import CountryRule, FairState, Programme
from scheduler.booking.match import Priority
from scheduler.booking.people import Attendance, Contact, Kind, LanguagePair
from scheduler.storage import fairs, matches, people
from scheduler.storage.db import Database
from scheduler.storage.people import FairPeople
from tests.builders import (
    DALLAS,
    a_buyer,
    a_company,
    a_fair,
    a_match,
    a_placement,
    a_room,
    a_slot,
    an_interpreter,
    at,
    hours,
    spans,
)
from tests.storage.stage import BUYERS, COMPANIES, INTERPRETERS, NOW, ROOMS

PROGRAMME = Programme(id="prog-1", key="monthly", name="월례 상담회", name_en="Monthly rounds")
FULL_FAIR = a_fair(
    id="fair-2",
    key="full",
    name_en="Full",
    opening=spans("09:00-12:00", "22:00-26:00"),
    break_minutes=10,
    country_rules=(
        CountryRule(country="US", slot_minutes=40, opening=spans("08:00-11:00")),
        CountryRule(country="AE", break_minutes=0),
    ),
    company_daily_limit=4,
    buyer_daily_limit=6,
    programme_id="prog-1",
    organiser="남동구청",
    organiser_email="fair@namdong.example",
    venue="화상상담실",
    note="메모",
)
OFFICE = a_company(
    "c9",
    hours=hours("Asia/Seoul", "09:00-18:00").with_dated(at("09:00").date(), spans("10:00-12:00")),
    languages=("ko", "en"),
    attendance=Attendance.OWN_OFFICE,
    preferred_room_id="r1",
    daily_limit=3,
    products="펌프",
    note="메모",
    contact=Contact(person="김견본", email="kim@sample.example", phone="+82 32 000 0000", language="ko"),
)
TEXAN = a_buyer(
    "b9",
    zone=DALLAS,
    country="US",
    city="Dallas",
    languages=("en",),
    daily_limit=5,
    is_verified=True,
    interests="pumps",
    note="memo",
    contact=Contact(person="Sam Sample", email="sam@sample.example", language="en"),
)
RESTING = an_interpreter(
    "i9",
    pairs=(LanguagePair("ko", "en"), LanguagePair("ko", "vi")),
    rest_minutes=10,
    daily_limit=8,
    note="메모",
    contact=Contact(email="i9@sample.example"),
)
CHANGING = a_room("r9", change_over_minutes=10, link="https://video.example/r9", note="3층")


def test_a_fair_comes_back_as_it_was(database: Database) -> None:
    with database.write() as work:
        fairs.save_programme(work, PROGRAMME)
        fairs.save_fair(work, FULL_FAIR, NOW)
        fairs.save_fair(work, a_fair(), NOW - timedelta(days=1))
    with database.read() as work:
        assert fairs.get_fair(work, "full") == fairs.get_fair_by_id(work, "fair-2") == FULL_FAIR
        assert fairs.list_fairs(work) == (FULL_FAIR, a_fair())
        assert fairs.fairs_of_programme(work, "prog-1") == (FULL_FAIR,)
        assert fairs.get_programme(work, "monthly") == fairs.get_programme_by_id(work, "prog-1") == PROGRAMME
        assert fairs.list_programmes(work) == (PROGRAMME,)


def test_a_fair_that_is_not_there_is_not_found(database: Database) -> None:
    with database.read() as work:
        assert fairs.find_fair(work, "none") is None
        assert fairs.find_programme(work, "none") is None
        for get in (fairs.get_fair, fairs.get_fair_by_id, fairs.get_programme, fairs.get_programme_by_id):
            with pytest.raises(NotFound):
                get(work, "none")


def test_saving_a_published_fair_again_leaves_it_published_and_keeps_its_settings(database: Database) -> None:
    with database.write() as work:
        fairs.save_fair(work, a_fair(), NOW)
        fairs.set_fair_state(work, "fair-1", FairState.PUBLISHED, NOW)
        fairs.save_fair_settings(work, "fair-1", {"reminders": [1440, 60]})
        fairs.save_fair(work, a_fair(name="새 이름"), NOW)
    with database.read() as work:
        assert fairs.get_fair(work, "sample") == a_fair(name="새 이름", state=FairState.PUBLISHED)
        assert fairs.fair_settings(work, "fair-1") == {"reminders": [1440, 60]}
        assert fairs.published_at(work, "fair-1") == NOW


@pytest.mark.parametrize("resource", [OFFICE, TEXAN, RESTING, CHANGING], ids=lambda one: one.id)
def test_a_resource_comes_back_as_it_was(staged: Database, resource) -> None:  # type: ignore[no-untyped-def]
    with staged.write() as work:
        people.save_resource(work, resource, "key", "fair-1", 9)
    with staged.read() as work:
        assert people.get_resource(work, resource.id) == resource
        assert people.get_resource(work, resource.id, "fair-1") == resource
        assert resource in people.people_of(work, "fair-1").everyone


def test_everybody_of_a_fair_comes_in_their_order_with_one_query(staged: Database) -> None:
    with staged.write() as work:
        people.save_resource(work, a_company("c0"), "zz", "fair-1", -1)
    statements: list[str] = []
    event.listen(staged.reader, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with staged.read() as work:
        assert people.people_of(work, "fair-1") == FairPeople(
            companies=(a_company("c0"), *COMPANIES), buyers=BUYERS, interpreters=INTERPRETERS, rooms=ROOMS
        )
        assert len(statements) == 1
        assert people.companies_of(work, "fair-1") == (a_company("c0"), *COMPANIES)
        assert people.buyers_of(work, "fair-1") == BUYERS
        assert people.interpreters_of(work, "fair-1") == INTERPRETERS
        assert people.rooms_of(work, "fair-1") == people.all_rooms(work) == ROOMS
        assert people.fair_ids_of(work, "c1") == ("fair-1",)


def test_hours_and_limits_of_one_fair_do_not_change_those_of_another(staged: Database) -> None:
    at_second = replace(
        INTERPRETERS[0], hours=hours("Asia/Seoul", "13:00-15:00"), rest_minutes=20, daily_limit=2
    )
    renamed = replace(at_second, name="새 이름", pairs=(LanguagePair("ko", "vi"),))
    with staged.write() as work:
        fairs.save_fair(work, a_fair(id="fair-2", key="second"), NOW)
        people.save_resource(work, renamed, "i1", "fair-2", 0)
    with staged.read() as work:
        everywhere = replace(INTERPRETERS[0], name="새 이름", pairs=(LanguagePair("ko", "vi"),))
        assert people.interpreters_of(work, "fair-2") == (renamed,)
        assert people.interpreters_of(work, "fair-1") == (everywhere, INTERPRETERS[1])
        assert people.get_resource(work, "i1") == everywhere
        assert people.resources_by_id(work, ["i1", "i2", "none"], "fair-2") == {
            "i1": renamed,
            "i2": INTERPRETERS[1],
        }


def test_saving_outside_any_fair_changes_the_defaults_only(staged: Database) -> None:
    with staged.write() as work:
        people.save_resource(work, replace(ROOMS[0], change_over_minutes=15), "r1")
    with staged.read() as work:
        assert people.find_by_key(work, Kind.ROOM, "r1") == replace(ROOMS[0], change_over_minutes=15)
        assert people.rooms_of(work, "fair-1") == ROOMS


def test_keys_lead_to_ids_within_a_kind(staged: Database) -> None:
    with staged.write() as work:
        people.save_resource(work, a_buyer("b7"), "c1")
    with staged.read() as work:
        assert people.keys_of(work, Kind.COMPANY) == {"c1": "c1", "c2": "c2"}
        assert people.find_by_key(work, Kind.BUYER, "c1") == a_buyer("b7")
        assert people.find_by_key(work, Kind.ROOM, "c1") is None
        with pytest.raises(NotFound):
            people.get_resource(work, "none")


def test_an_inactive_resource_takes_part_in_nothing_but_keeps_its_name(staged: Database) -> None:
    with staged.write() as work:
        people.set_active(work, "r1", is_active=False)
    with staged.read() as work:
        assert people.rooms_of(work, "fair-1") == people.all_rooms(work) == (ROOMS[1],)
        assert people.resources_by_id(work, ["r1"]) == {"r1": ROOMS[0]}


def test_whoever_still_has_a_match_cannot_be_taken_out_of_the_fair(staged: Database) -> None:
    with pytest.raises(IntegrityError), staged.write() as work:
        people.remove_participation(work, "fair-1", "c1")
    with staged.write() as work:
        for match in matches.matches_of(work, "fair-1"):
            matches.remove_match(work, match.id)
        people.remove_participation(work, "fair-1", "c1")
        assert people.companies_of(work, "fair-1") == (COMPANIES[1],)


def test_matches_come_by_priority_and_rank(staged: Database) -> None:
    ranked = a_match(priority=Priority.MUST, rank=2, note="메모", needs_room=False, is_walk_in=True, legs=())
    first = a_match(company="c2", buyer="b2", priority=Priority.MUST, rank=1)
    with staged.write() as work:
        matches.save_match(work, "fair-1", ranked)
        matches.save_match(work, "fair-1", first)
    with staged.read() as work:
        others = (a_match(company="c1", buyer="b2"), a_match(company="c2", buyer="b1"))
        assert matches.matches_of(work, "fair-1") == (first, ranked, *others)
        assert matches.get_match(work, "c1-b1") == matches.find_match(work, "fair-1", "c1", "b1") == ranked
        assert matches.fair_id_of_match(work, "c1-b1") == "fair-1"
        assert matches.find_match(work, "fair-1", "c1", "none") is None
        for get in (matches.get_match, matches.fair_id_of_match):
            with pytest.raises(NotFound):
                get(work, "none")


def test_both_sides_of_a_match_take_part_in_its_fair(staged: Database) -> None:
    with staged.write() as work:
        people.save_resource(work, a_buyer("b3"), "b3")
    with pytest.raises(IntegrityError), staged.write() as work:
        matches.save_match(work, "fair-1", a_match(buyer="b3"))


def test_a_pin_is_kept_replaced_and_goes_with_its_match(staged: Database) -> None:
    second = a_placement(a_match(company="c2", buyer="b2", needs_room=False, legs=()), a_slot("09:30"))
    with staged.write() as work:
        matches.save_pin(work, "fair-1", second)
        matches.save_pin(work, "fair-1", a_placement(slot=a_slot("11:00")))
        matches.save_pin(work, "fair-1", a_placement())
        assert matches.pins_of(work, "fair-1") == (a_placement(), second)
        matches.remove_pin(work, "c1-b1")
        assert matches.pins_of(work, "fair-1") == (second,)
        matches.remove_match(work, "c2-b2")
        assert matches.pins_of(work, "fair-1") == ()
