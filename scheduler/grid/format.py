"""Problems and plans as JSON: `sangdam-grid/1`, described in docs/grid-format.md.

Hours are walls with their zone, instants are ISO 8601 in UTC. Nobody's address or telephone number is in it.
"""

from dataclasses import asdict
from typing import Any

from scheduler.booking.assign import Placement
from scheduler.booking.fair import CountryRule, Fair
from scheduler.booking.match import Match
from scheduler.booking.people import Buyer, Company, Interpreter, Room
from scheduler.booking.rules import Busy
from scheduler.grid.plan import LeftOut, Plan
from scheduler.grid.problem import Problem
from scheduler.grid.reading import instant_written
from scheduler.timezones.span import WallSpan
from scheduler.wording import Phrase

FORMAT = "sangdam-grid/1"
Json = dict[str, Any]


def problem_to_json(problem: Problem) -> Json:
    """The problem as plain lists and objects, ready for `json.dumps`."""
    return {
        "format": FORMAT,
        "kind": "problem",
        "fair": _fair(problem.fair),
        "companies": [_company(one) for one in problem.companies],
        "buyers": [_buyer(one) for one in problem.buyers],
        "interpreters": [_interpreter(one) for one in problem.interpreters],
        "rooms": [_room(one) for one in problem.rooms],
        "matches": [_match(one) for one in problem.matches],
        "pins": [_placement(one) for one in problem.pins],
        "published": [_placement(one) for one in problem.published],
        "busy": [_busy(one) for one in problem.busy],
        "weights": asdict(problem.weights),
    }


def plan_to_json(plan: Plan) -> Json:
    """The plan with its proof; reasons in Korean and English."""
    return {
        "format": FORMAT,
        "kind": "plan",
        "status": plan.status.value,
        "wanted": plan.wanted,
        "placed": plan.placed,
        "bound": plan.bound,
        "idle": plan.idle,
        "idle_bound": plan.idle_bound,
        "seconds": round(plan.seconds, 3),
        "seed": plan.seed,
        "solver": plan.solver,
        "versions": dict(plan.versions),
        "weights": dict(plan.weights),
        "placements": [_placement(one) for one in plan.placements],
        "left_out": [_left_out(one) for one in plan.left_out],
    }


def _fair(fair: Fair) -> Json:
    return {
        "id": fair.id,
        "key": fair.key,
        "name": fair.name,
        "name_en": fair.name_en,
        "zone": fair.zone,
        "days": [day.isoformat() for day in fair.days],
        "opening": _spans(fair.opening),
        "slot_minutes": fair.slot_minutes,
        "break_minutes": fair.break_minutes,
        "company_daily_limit": fair.company_daily_limit,
        "buyer_daily_limit": fair.buyer_daily_limit,
        "country_rules": [_country_rule(one) for one in fair.country_rules],
    }


def _country_rule(rule: CountryRule) -> Json:
    return {
        "country": rule.country,
        "slot_minutes": rule.slot_minutes,
        "break_minutes": rule.break_minutes,
        "opening": None if rule.opening is None else _spans(rule.opening),
    }


def _company(one: Company) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "name_en": one.name_en,
        "hours": one.hours.to_json(),
        "languages": list(one.languages),
        "attendance": one.attendance.value,
        "preferred_room_id": one.preferred_room_id,
        "daily_limit": one.daily_limit,
    }


def _buyer(one: Buyer) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "hours": one.hours.to_json(),
        "country": one.country,
        "city": one.city,
        "languages": list(one.languages),
        "daily_limit": one.daily_limit,
    }


def _interpreter(one: Interpreter) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "name_en": one.name_en,
        "hours": one.hours.to_json(),
        "pairs": [str(pair) for pair in one.pairs],
        "rest_minutes": one.rest_minutes,
        "daily_limit": one.daily_limit,
    }


def _room(one: Room) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "name_en": one.name_en,
        "hours": one.hours.to_json(),
        "change_over_minutes": one.change_over_minutes,
    }


def _match(one: Match) -> Json:
    return {
        "id": one.id,
        "company_id": one.company_id,
        "buyer_id": one.buyer_id,
        "priority": one.priority.name.lower(),
        "rank": one.rank,
        "legs": [str(leg) for leg in one.legs],
        "needs_room": one.needs_room,
        "is_walk_in": one.is_walk_in,
    }


def _placement(one: Placement) -> Json:
    return {
        "match_id": one.match_id,
        "company_id": one.company_id,
        "buyer_id": one.buyer_id,
        "start_at": instant_written(one.slot.start_at),
        "end_at": instant_written(one.slot.end_at),
        "interpreter_ids": list(one.interpreter_ids),
        "room_id": one.room_id,
    }


def _busy(one: Busy) -> Json:
    return {
        "resource_id": one.resource_id,
        "start_at": instant_written(one.slot.start_at),
        "end_at": instant_written(one.slot.end_at),
    }


def _left_out(one: LeftOut) -> Json:
    return {"match_id": one.match_id, "reasons": _said(one.reasons), "changes": _said(one.changes)}


def _said(phrases: tuple[Phrase, ...]) -> list[Json]:
    return [{language: phrase.text(language) for language in ("ko", "en")} for phrase in phrases]


def _spans(spans: tuple[WallSpan, ...]) -> list[str]:
    return [span.text() for span in spans]
