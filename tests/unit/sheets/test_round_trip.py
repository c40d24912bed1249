import string
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.booking.assign import Placement
from scheduler.booking.fair import CountryRule, Fair, Programme
from scheduler.booking.match import Match, Priority
from scheduler.booking.people import (
    Attendance,
    Buyer,
    Company,
    Contact,
    Interpreter,
    LanguagePair,
    Room,
)
from scheduler.booking.slot import Slot
from scheduler.sheets.columns import SheetKind
from scheduler.sheets.draft import (
    FairDraft,
    buyer_key,
    company_key,
    interpreter_key,
    match_key,
    room_key,
)
from scheduler.sheets.read import read
from scheduler.sheets.write import write_list_csv, write_workbook
from scheduler.timezones import Hours, WallSpan

SEOUL = "Asia/Seoul"
KO_EN, EN_TH = LanguagePair("ko", "en"), LanguagePair("en", "th")


def a_draft(**changes):
    """A fair with one of everything that a workbook can say."""
    always = Hours.always(SEOUL)
    fair = Fair(
        id="bangkok-2027", key="bangkok-2027", name="태국 화상상담회", name_en="Thailand talks",
        days=(date(2027, 6, 23), date(2027, 6, 24), date(2027, 6, 28)),
        opening=(WallSpan(600, 720), WallSpan(780, 1080)), slot_minutes=40, break_minutes=10,
        country_rules=(
            CountryRule(country="AE", slot_minutes=30, break_minutes=0, opening=(WallSpan(900, 1380),)),
            CountryRule(country="US", opening=()),
        ),
        company_daily_limit=6, buyer_daily_limit=8, programme_id="rounds", organiser="통상지원팀",
        organiser_email="trade@city.example", venue="구청 7층", note="첫 줄\n둘째 줄",
    )  # fmt: skip
    company = company_key("(주)가람식품")
    formula = company_key("=1+1 산업")
    buyer, other = buyer_key("Siam Sample Co."), buyer_key("Gulf Sample LLC")
    relay = match_key(company, buyer)
    draft = FairDraft(
        fair=fair,
        programme=Programme(id="rounds", key="rounds", name="월별 상담회", name_en="Monthly rounds"),
        companies=(
            Company(
                id=company, name="(주)가람식품", name_en="Garam Foods", languages=("ko", "en"),
                hours=always.without(date(2027, 6, 24), WallSpan(0, 720)).without(0, WallSpan(540, 600))
                .without(None, WallSpan(720, 780)),
                attendance=Attendance.ROOM, preferred_room_id=room_key("1호실"), daily_limit=5, products="김, 스낵",
                note="※ 신규", contact=Contact(person="담당", email="a@b.example", phone="+82-32-000", language="en"),
            ),
            Company(id=formula, name="=1+1 산업", hours=always, attendance=Attendance.OWN_OFFICE),
        ),
        buyers=(
            Buyer(
                id=buyer, name="Siam Sample Co.", country="TH", city="Bangkok", languages=("th",),
                hours=Hours(
                    "Asia/Bangkok",
                    ((WallSpan(540, 720), WallSpan(780, 1020)),) * 5 + ((), (WallSpan(1320, 1560),)),
                    ((date(2027, 6, 24), ()), (date(2027, 6, 28), (WallSpan(600, 660),))),
                ),
                daily_limit=4, is_verified=True, interests="snacks", contact=Contact(language="en"),
            ),
            Buyer(id=other, name="Gulf Sample LLC", country="AE", hours=Hours.never("Asia/Dubai").with_dated(
                date(2027, 6, 23), (WallSpan(600, 1080),)), languages=("ar", "en")),
        ),
        interpreters=(
            Interpreter(id=interpreter_key("가통역"), name="가통역", hours=always, pairs=(KO_EN,), rest_minutes=10,
                        daily_limit=8, contact=Contact(phone="010-0000-0000")),
            Interpreter(id=interpreter_key("나통역"), name="나통역", pairs=(EN_TH, KO_EN), note="저녁만",
                        hours=Hours.working_days("Asia/Bangkok", [WallSpan(540, 1080)])),
        ),
        rooms=(
            Room(id=room_key("1호실"), name="1호실", hours=always, change_over_minutes=10, link="https://v.example/1"),
            Room(id=room_key("대회의실"), name="대회의실", hours=Hours.every_day(SEOUL, [WallSpan(600, 1080)])),
        ),
        matches=(
            Match(id=relay, company_id=company, buyer_id=buyer, priority=Priority.MUST, rank=1, legs=(KO_EN, EN_TH)),
            Match(id=match_key(company, other), company_id=company, buyer_id=other, priority=Priority.NEVER),
            Match(id=match_key(formula, buyer), company_id=formula, buyer_id=buyer, needs_room=False, legs=(KO_EN,),
                  priority=Priority.IF_TIME_ALLOWS, note="견본 발송"),
            Match(id=match_key(formula, other), company_id=formula, buyer_id=other, is_walk_in=True),
        ),
        pins=(
            Placement(
                match_id=relay, company_id=company, buyer_id=buyer, room_id=room_key("1호실"),
                slot=Slot.lasting(datetime(2027, 6, 23, 2, 0, tzinfo=UTC), 40),
                interpreter_ids=(interpreter_key("가통역"), interpreter_key("나통역")),
            ),
        ),
    )  # fmt: skip
    return replace(draft, **changes)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_workbook_imports_to_the_same_state(language):
    reading = read(write_workbook(a_draft(), language), "export.xlsx")

    assert (reading.faults, reading.questions) == ((), ())
    assert reading.draft == a_draft()


def test_what_our_own_workbook_says_plainly_is_not_explained_again():
    reading = read(write_workbook(a_draft(), "ko"), "export.xlsx")

    # Blank addresses and companies that need no room are worth a word; nothing else was interpreted.
    assert {note.meaning.text("en") for note in reading.notes} == {
        "No e-mail address: no invitation can be sent.",
        "Joins from its own office and needs no room",
    }


def test_importing_over_the_same_fair_changes_nothing():
    draft = a_draft()

    assert read(write_workbook(draft, "ko"), "export.xlsx", existing=draft).draft == draft


@pytest.mark.parametrize(
    "kind", [SheetKind.COMPANIES, SheetKind.BUYERS, SheetKind.INTERPRETERS, SheetKind.MATCHES]
)
def test_one_list_as_csv_imports_to_the_same_list(kind):
    draft = a_draft()
    data = write_list_csv(draft, kind, "ko")

    reading = read(data, "list.csv", existing=draft)

    assert (reading.faults, reading.questions) == ((), ())
    assert reading.draft == draft


def test_a_list_in_the_file_replaces_the_list_before_it():
    draft = a_draft()
    fewer = replace(draft, companies=draft.companies[:1], matches=draft.matches[:2])

    assert read(write_workbook(fewer, "ko"), "export.xlsx", existing=draft).draft == fewer


SPANS = st.tuples(st.integers(0, 1435), st.integers(1, 1440)).map(
    lambda pair: WallSpan(pair[0], min(pair[0] + pair[1], 2880))
)
DAYS = st.dates(date(2027, 1, 1), date(2028, 12, 31))
HOURS = st.builds(
    lambda zone, weekly, dated, away: Hours(
        zone, tuple(map(tuple, weekly)), tuple(sorted(dated.items())), tuple(away)
    ),
    st.sampled_from([SEOUL, "America/Chicago", "Asia/Kathmandu"]),
    st.lists(st.lists(SPANS, max_size=2), min_size=7, max_size=7),
    st.dictionaries(DAYS, st.lists(SPANS, max_size=2).map(tuple), max_size=3),
    st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 6), DAYS), SPANS), max_size=4),
)
TEXT = st.text(string.ascii_letters + "가나다라 .,=+-@'\"<>&%;", max_size=30).map(str.strip)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hours=HOURS, note=TEXT, language=st.sampled_from(["ko", "en"]))
def test_any_hours_and_any_text_survive_a_round_trip(hours, note, language):
    draft = a_draft()
    first, *others = draft.companies
    draft = replace(draft, companies=(replace(first, hours=hours, note=note), *others))

    reading = read(write_workbook(draft, language), "export.xlsx")

    assert (reading.faults, reading.questions) == ((), ())
    assert reading.draft == draft
