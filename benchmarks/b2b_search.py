"""The compiled search of the grid on a published instance: slots of one day, and stretches of waiting counted once."""

from datetime import UTC, datetime, timedelta
from time import monotonic

from benchmarks.b2b_instance import Board, Instance, faults, score
from scheduler.booking.fair import Fair
from scheduler.booking.match import Match
from scheduler.booking.people import Company
from scheduler.booking.slot import Slot
from scheduler.grid.budget import Budget
from scheduler.grid.candidates import Candidates
from scheduler.grid.constraints import Demand, Load, Packing
from scheduler.grid.engine.searching import Search
from scheduler.grid.limits import Limits
from scheduler.grid.model import Model
from scheduler.grid.problem import Problem
from scheduler.timezones.hours import Hours

FIRST_STEPS = 300_000
_PLACING_STEPS = 1_000_000
_MINUTES = timedelta(minutes=30)
_START = datetime(2026, 1, 1, tzinfo=UTC)


def search(instance: Instance, *, seconds: float, enough: int, seed: int = 1) -> tuple[Board | None, float]:
    """The best board that keeps all rules, and the seconds until it was found; stops at `enough` few breaks."""
    began, steps, found_after = monotonic(), FIRST_STEPS, 0.0
    best: Board | None = None
    budget = Budget(Limits(seconds=seconds, seed=seed))
    engine = Search(model_of(instance), budget, most_a_gap=1)
    while monotonic() - began < seconds and (best is None or score(instance, best) > enough):
        engine.fill()
        engine.place(most=len(instance.pairs), steps=_PLACING_STEPS, heard=_silent)
        engine.improve(steps=steps, enough=(enough, 0), heard=_silent)
        at = engine.at
        if not faults(instance, at) and (best is None or score(instance, at) < score(instance, best)):
            best, found_after = at, monotonic() - began
        steps *= 2
    return best, found_after


def model_of(instance: Instance) -> Model:
    """The instance as a grid: participants on both sides, tables counted as one packing for each slot."""
    slots = tuple(
        Slot(_START + number * _MINUTES, _START + (number + 1) * _MINUTES) for number in range(instance.slots)
    )
    everybody = range(instance.participants)
    people = {one: Company(id=f"p{one}", name=f"p{one}", hours=Hours.always("UTC")) for one in everybody}
    demand = instance.participants
    matches = tuple(
        Match(id=f"m{number}", company_id=f"p{one}", buyer_id=f"p{other}")
        for number, (one, other) in enumerate(instance.pairs)
    )
    problem = Problem(
        fair=Fair(id="", key="", name="", zone="UTC", days=(_START.date(),), opening=(), slot_minutes=30),
        companies=tuple(people.values()),
        buyers=(),
        interpreters=(),
        rooms=(),
        matches=matches,
    )
    used = {
        one: frozenset(slot for meeting in instance.meetings_of(one) for slot in instance.options[meeting])
        for one in everybody
    }
    demands = {demand: Demand((), needs_room=True)}
    model = Model(
        problem=problem,
        candidates=Candidates(slots=slots, open_slots={}, offered={}, options={}),
        slots=slots,
        matches=matches,
        options=instance.options,
        owners=tuple((one, other, demand) for one, other in instance.pairs),
        people=people,
        demands=demands,
        load=Load(
            problem=problem,
            slots=slots,
            open_slots={},
            people=people,
            demands=demands,
            used=used,
            matches={},
        ),
        pinned={},
    )
    # What a grid works out from hours and rooms is given here.
    vars(model)["own_slots"] = {one.id: slots for one in people.values()}
    vars(model)["shared"] = tuple(
        Packing("tables", instance.tables, ((demand, slot, 1),)) for slot in range(instance.slots)
    )
    return model


def _silent(_placed: int, _idle: int) -> None:
    return
