"""Problems and plans as JSON: the same again after reading, and every fault with its place."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from scheduler.booking.errors import BadInput
from scheduler.booking.fair import CountryRule
from scheduler.booking.match import Priority
from scheduler.booking.people import Attendance, Contact, LanguagePair
from scheduler.booking.rules import Busy
from scheduler.grid import json_text
from scheduler.grid.format import plan_to_json, problem_to_json
from scheduler.grid.json_text import loads
from scheduler.grid.plan import LeftOut, Plan, Status
from scheduler.grid.problem import Problem, Weights
from scheduler.grid.reading_plan import plan_from_json
from scheduler.grid.reading_problem import problem_from_json
from scheduler.grid.texts import plan_from_text, plan_text, problem_from_text, problem_text
from scheduler.wording import Phrase
from tests.builders import (
    DALLAS,
    SEOUL,
    a_buyer,
    a_company,
    a_fair,
    a_match,
    a_placement,
    a_problem,
    a_room,
    a_slot,
    an_interpreter,
    hours,
    spans,
)


def a_rich_problem() -> Problem:
    """Everything that the format can say."""
    rule = CountryRule(country="US", slot_minutes=45, opening=spans("22:00-26:00"))
    legs = (LanguagePair("ko", "en"), LanguagePair("en", "th"))
    return a_problem(
        fair=a_fair(country_rules=(rule, CountryRule(country="TH")), company_daily_limit=5, name_en="Sample"),
        companies=(
            a_company("c1", preferred_room_id="r2", daily_limit=3, languages=("ko", "en")),
            a_company("c2", attendance=Attendance.OWN_OFFICE, hours=hours(SEOUL, "09:00-18:00")),
        ),
        buyers=(a_buyer("b1", city="Jakarta"), a_buyer("b2", zone=DALLAS, country="US", daily_limit=2)),
        interpreters=(an_interpreter("i1", rest_minutes=10, daily_limit=6), an_interpreter("i2", pairs=legs)),
        rooms=(a_room("r1", change_over_minutes=5), a_room("r2")),
        matches=(
            a_match(priority=Priority.MUST, rank=1),
            a_match(buyer="b2", legs=legs, is_walk_in=True),
            a_match(company="c2", needs_room=False, legs=()),
            a_match(company="c2", buyer="b2", priority=Priority.NEVER),
        ),
        pins=(a_placement(),),
        published=(a_placement(), a_placement(a_match(buyer="b2"), interpreter_ids=("i1", "i2"))),
        busy=(Busy(resource_id="r1", slot=a_slot("11:00")),),
        weights=Weights(waiting=7, room_changes=0),
    )


def written() -> Any:
    """The JSON of that problem, to be spoilt."""
    return json.loads(problem_text(a_rich_problem()))


def faults_of(read: Callable[[Any], object], value: object) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as refusal:
        read(value)
    return [(fault.place, fault.wrong.text("en")) for fault in refusal.value.faults]


def spoilt(*path: str | int, value: object) -> Any:
    """The JSON with one value replaced."""
    whole = written()
    at = whole
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return whole


def places_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value in the JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield (*path, step)
        yield from places_in(one, (*path, step))


def test_a_problem_is_the_same_after_writing_and_reading() -> None:
    assert problem_from_text(problem_text(a_rich_problem())) == a_rich_problem()


def test_what_is_left_out_has_its_usual_value() -> None:
    bare = problem_to_json(a_problem())
    for name in ("pins", "published", "busy", "weights"):
        del bare[name]
    for match in bare["matches"]:
        del match["priority"], match["rank"], match["needs_room"], match["is_walk_in"]

    assert problem_from_json(bare) == a_problem()


def test_nobody_s_address_is_in_a_problem() -> None:
    contact = Contact(person="Secret", email="secret@example.com", phone="010-0000-0000")
    problem = a_problem(
        companies=(a_company("c1", contact=contact), a_company("c2", note="secret", contact=contact))
    )

    assert "ecret" not in problem_text(problem)


def test_a_plan_is_the_same_after_writing_and_reading() -> None:
    plan = Plan(
        placements=(a_placement(),), status=Status.OPTIMAL, wanted=1, bound=1, seed=4, versions={"a": "1"}
    )

    assert plan_from_text(plan_text(plan)) == plan


def test_reasons_come_back_in_both_languages() -> None:
    reason = Phrase("rooms are taken")
    plan = Plan(placements=(), left_out=(LeftOut(match_id="c1-b1", reasons=(reason,)),), wanted=1)
    (left,) = plan_from_text(plan_text(plan)).left_out

    assert left.match_id == "c1-b1"
    assert [left.reasons[0].text(language) for language in ("ko", "en")] == [
        "상담실이 모두 사용 중",
        "rooms are taken",
    ]


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("format",), "sangdam-grid/9", "$.format"),
        (("kind",), "plan", "$.kind"),
        (("extra",), 1, "$.extra"),
        (("fair",), [], "$.fair"),
        (("fair", "zone"), "Seoul", "$.fair.zone"),
        (("fair", "days", 0), "24.6.2026", "$.fair.days[0]"),
        (("fair", "days"), ["2026-06-24", "2026-06-24"], "$.fair.days"),
        (("fair", "opening", 0), "9-12", "$.fair.opening[0]"),
        (("fair", "slot_minutes"), "30", "$.fair.slot_minutes"),
        (("fair", "slot_minutes"), 0, "$.fair.slot_minutes"),
        (("fair", "company_daily_limit"), True, "$.fair.company_daily_limit"),
        (("companies",), {}, "$.companies"),
        (("companies", 0), "c1", "$.companies[0]"),
        (("companies", 0, "id"), " ", "$.companies[0].id"),
        (("companies", 0, "hours"), None, "$.companies[0].hours"),
        (("companies", 0, "hours", "zone"), "Nowhere", "$.companies[0].hours.zone"),
        (("companies", 0, "hours", "weekly", "mon"), ["x"], "$.companies[0].hours.weekly.mon[0]"),
        (("companies", 0, "attendance"), "train", "$.companies[0].attendance"),
        (("companies", 0, "languages"), [1], "$.companies[0].languages"),
        (("companies", 0, "preferred_room_id"), "r9", "$.companies[0].preferred_room_id"),
        (("companies", 1, "id"), "c1", "$.companies[1].id"),
        (("interpreters", 0, "pairs"), ["ko"], "$.interpreters[0].pairs[0]"),
        (("rooms", 0, "id"), "b1", "$.rooms[0].id"),
        (("matches", 0, "company_id"), "c9", "$.matches[0].company_id"),
        (("matches", 0, "buyer_id"), "c1", "$.matches[0].buyer_id"),
        (("matches", 0, "needs_room"), "yes", "$.matches[0].needs_room"),
        (("matches", 0, "legs"), ["ko-id", "ko-en", "en-th"], "$.matches[0].legs"),
        (("matches", 1, "id"), "c1-b1", "$.matches[1].id"),
        (("pins", 0, "match_id"), "c9-b9", "$.pins[0].match_id"),
        (("pins", 0, "room_id"), "r9", "$.pins[0].room_id"),
        (("pins", 0, "interpreter_ids"), ["i9"], "$.pins[0].interpreter_ids[0]"),
        (("pins", 0, "start_at"), "2026-06-24T09:00:00", "$.pins[0].start_at"),
        (("pins", 0, "start_at"), "2026-13-24T09:00:00Z", "$.pins[0].start_at"),
        (("pins", 0, "end_at"), "2026-06-23T09:00:00Z", "$.pins[0].end_at"),
        (("busy", 0, "resource_id"), "nobody", "$.busy[0].resource_id"),
        (("weights", "waiting"), -1, "$.weights.waiting"),
        (("weights", "beauty"), 1, "$.weights.beauty"),
    ],
)
def test_a_fault_is_reported_at_its_place(path: tuple[str | int, ...], value: object, place: str) -> None:
    assert place in [where for where, _ in faults_of(problem_from_json, spoilt(*path, value=value))]


def test_all_faults_are_reported_at_once() -> None:
    whole = spoilt("fair", "zone", value="Seoul")
    whole["rooms"][0]["change_over_minutes"] = -5
    whole["matches"][0]["buyer_id"] = "b9"

    assert faults_of(problem_from_json, whole) == [
        ("$.fair.zone", "the name of a time zone is wanted, such as Asia/Seoul"),
        ("$.rooms[0].change_over_minutes", "a whole number from 0 to 1440 is wanted"),
        ("$.matches[0].buyer_id", "there is no entry with the id b9"),
    ]


def test_two_pins_of_one_match_contradict_each_other() -> None:
    whole = written()
    whole["pins"].append(copy.deepcopy(whole["pins"][0]))

    assert faults_of(problem_from_json, whole) == [
        ("$.pins[1].match_id", "the id c1-b1 is used already at $.pins[0].match_id")
    ]


@pytest.mark.parametrize("value", [None, [], "problem", 7])
def test_what_is_no_object_at_all_is_refused_at_the_top(value: object) -> None:
    assert faults_of(problem_from_json, value)[0] == ("$", "an object is wanted here")
    assert faults_of(plan_from_json, value)[0] == ("$", "an object is wanted here")


def test_too_many_of_anything_are_refused() -> None:
    whole = spoilt("matches", value=written()["matches"] * 5001)

    # And what names one of them is not called unknown.
    assert faults_of(problem_from_json, whole) == [
        ("$.matches", "there are 20004 entries; at most 20000 are taken")
    ]


@pytest.mark.parametrize("name", ["companies", "buyers", "interpreters", "rooms", "matches"])
def test_a_list_that_cannot_be_read_makes_nobody_unknown(name: str) -> None:
    assert faults_of(problem_from_json, spoilt(name, value={})) == [(f"$.{name}", "a list is wanted")]


def test_whatever_stands_anywhere_is_read_or_refused_with_a_place() -> None:
    strange = [
        None,
        True,
        -1,
        10**30,
        1.5,
        float("nan"),
        "",
        "x",
        "99:99-00:00",
        "0001-01-01",
        [],
        [None],
        {},
    ]
    for number, path in enumerate(places_in(written())):
        # Each place gets another strange value; neighbours get all of them.
        whole = spoilt(*path, value=strange[number % len(strange)])
        try:
            problem_from_json(whole)
        except BadInput as refusal:
            assert all(fault.place.startswith("$") for fault in refusal.faults)


def test_a_fair_with_too_many_slots_is_refused() -> None:
    whole = spoilt(
        "fair", "days", value=[f"2026-{month:02}-{day:02}" for month in (6, 7) for day in range(1, 31)]
    )
    whole["fair"].update(slot_minutes=5, break_minutes=0, opening=["00:00-24:00"])

    assert "$.fair" in [place for place, _ in faults_of(problem_from_json, whole)]


def test_a_file_full_of_faults_is_given_up_after_many() -> None:
    whole = spoilt("rooms", value=[{}] * 500)

    assert len(faults_of(problem_from_json, whole)) == 200


@pytest.mark.parametrize(
    ("text", "place"),
    [("{", "line 1, column 2"), (b"\xff\xfe\x00", "$"), ("[" * 100_000, "$"), ("1" * 5000, "$")],
)
def test_what_is_no_json_is_refused_with_its_place(text: str | bytes, place: str) -> None:
    assert faults_of(loads, text) == [(place, "this is not JSON")]


def test_a_file_that_is_too_large_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MOST_BYTES", 10)

    assert faults_of(loads, "[" * 11) == [("$", "the file is too large: at most 0 MB are taken")]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("status",), "great"),
        (("seconds",), "long"),
        (("wanted",), 1.5),
        (("placed",), 7),
        (("placements", 0, "slot"), 1),
        (("left_out",), 3),
        (("left_out", 0, "reasons"), [{"ko": "가"}]),
        (("versions",), []),
    ],
)
def test_a_plan_with_a_fault_is_refused(path: tuple[str | int, ...], value: object) -> None:
    plan = Plan(placements=(a_placement(),), left_out=(LeftOut(match_id="x", reasons=()),), wanted=2, bound=2)
    whole = at = plan_to_json(plan)
    for step in path[:-1]:
        at = at[step]  # type: ignore[index]
    at[path[-1]] = value  # type: ignore[index]

    assert any(place.startswith(f"$.{path[0]}") for place, _ in faults_of(plan_from_json, whole))


def test_a_plan_without_versions_may_be_read() -> None:
    whole = plan_to_json(Plan(placements=()))
    del whole["versions"], whole["seconds"]

    assert plan_from_json(whole) == Plan(placements=())


def test_instants_are_written_in_utc() -> None:
    placement = replace(a_placement(), slot=a_slot("09:00", zone=SEOUL))

    assert plan_to_json(Plan(placements=(placement,)))["placements"][0]["start_at"] == "2026-06-24T00:00:00Z"


def test_changes_and_weights_come_back_too() -> None:
    change = Phrase("one more room at %(when)s", when="09:00")
    left = LeftOut(match_id="c1-b1", reasons=(), changes=(change,))
    plan = plan_from_text(plan_text(Plan(placements=(), left_out=(left,), wanted=1, weights={"waiting": 5})))

    assert plan.weights == {"waiting": 5}
    assert [plan.left_out[0].changes[0].text(language) for language in ("ko", "en")] == [
        "상담실 1실 추가 (09:00)",
        "one more room at 09:00",
    ]


def test_weights_and_changes_of_the_wrong_kind_are_told_with_their_places() -> None:
    written = json.loads(plan_text(Plan(placements=(), wanted=1)))
    written["weights"] = {"waiting": "much", "hours": -1}
    written["left_out"] = [{"match_id": "m", "reasons": [], "changes": [{"ko": 3}]}]
    with pytest.raises(BadInput) as refused:
        plan_from_text(json.dumps(written))
    assert sorted(fault.place for fault in refused.value.faults) == [
        "$.left_out[0].changes[0].en",
        "$.left_out[0].changes[0].ko",
        "$.weights.hours",
        "$.weights.waiting",
    ]
