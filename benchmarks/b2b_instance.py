"""An instance of business-to-business meeting scheduling, its rules and its score, as the literature has them.

Bofill et al., "Constraint Solving Approaches to the Business-to-Business Meeting Scheduling Problem", JAIR 74 (2022).
There a break is a stretch of idle slots of a participant between two meetings, over all slots of the event; tables are
only counted; the breaks of any two participants differ by at most two.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

MOST_APART = 2
MORNING, AFTERNOON = 1, 2
Board = Mapping[int, int]
"""Meeting -> slot, both counted from 0."""


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One event. All numbers are counted from 0."""

    name: str
    participants: int
    tables: int
    slots: int
    morning: int
    """So many slots are in the morning."""
    pairs: tuple[tuple[int, int], ...]
    options: tuple[tuple[int, ...], ...]
    """The slots open to each meeting: its part of the day, nobody's forbidden slot, its fixed slot."""
    before: tuple[tuple[int, ...], ...]
    """The meetings that must come strictly before each meeting."""

    def meetings_of(self, participant: int) -> list[int]:
        return [meeting for meeting, pair in enumerate(self.pairs) if participant in pair]


def read(path: Path) -> Instance:
    """Read one instance; raises KeyError or ValueError for a file that is none."""
    given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    slots, morning = given["n_slots"], given["n_morning"]
    parts = {MORNING: range(morning), AFTERNOON: range(morning, slots)}
    forbidden = [{slot - 1 for slot in mine} for mine in given["forbidden"]]
    pairs = tuple((first - 1, second - 1) for first, second, _ in given["meetings"])
    options = []
    for (first, second), meeting, fixed in zip(pairs, given["meetings"], given["fixed"], strict=True):
        open_to_it = set(parts.get(meeting[2], range(slots))) - forbidden[first] - forbidden[second]
        options.append(tuple(sorted(open_to_it & {fixed - 1} if fixed else open_to_it)))
    return Instance(
        name=path.stem,
        participants=given["n_participants"],
        tables=given["n_tables"],
        slots=slots,
        morning=morning,
        pairs=pairs,
        options=tuple(options),
        before=tuple(tuple(other - 1 for other in mine) for mine in given["prec"]),
    )


def breaks_of(instance: Instance, at: Board, participant: int) -> int:
    """Stretches of idle slots between two meetings."""
    taken = sorted(at[meeting] for meeting in instance.meetings_of(participant) if meeting in at)
    return sum(later - earlier > 1 for earlier, later in pairwise(taken))


def score(instance: Instance, at: Board) -> int:
    """The breaks of everybody."""
    return sum(breaks_of(instance, at, one) for one in range(instance.participants))


def faults(instance: Instance, at: Board) -> list[str]:
    """Every rule of the literature that a board breaks."""
    found = [f"meeting {one} has no place" for one in range(len(instance.pairs)) if one not in at]
    found += [
        f"meeting {one} stands where it may not"
        for one, slot in at.items()
        if slot not in instance.options[one]
    ]
    found += [
        f"meetings {one} and {other} want the same participant at once"
        for one, other in combinations(at, 2)
        if at[one] == at[other] and set(instance.pairs[one]) & set(instance.pairs[other])
    ]
    taken = list(at.values())
    found += [f"slot {slot} has too few tables" for slot in set(taken) if taken.count(slot) > instance.tables]
    found += [
        f"meeting {one} must be before {meeting}"
        for meeting, earlier in enumerate(instance.before)
        for one in earlier
        if meeting in at and one in at and at[one] >= at[meeting]
    ]
    breaks = [breaks_of(instance, at, one) for one in range(instance.participants)]
    return found + (["breaks are not shared fairly"] if max(breaks) - min(breaks) > MOST_APART else [])


def least_alone(instance: Instance) -> int:
    """Breaks that the participants cannot avoid, each looked at alone: no board has fewer in sum."""
    return sum(least_of(instance, one) for one in range(instance.participants))


def least_of(instance: Instance, participant: int) -> int:
    """The breaks one participant cannot avoid: the fewest runs of slots that hold all meetings, less one.

    As many of the slots are in the morning, and in the afternoon, as meetings must be there.
    """
    options = [instance.options[meeting] for meeting in instance.meetings_of(participant)]
    open_to_any = {slot for mine in options for slot in mine}
    early = sum(all(slot < instance.morning for slot in mine) for mine in options)
    late = sum(all(slot >= instance.morning for slot in mine) for mine in options)
    # Slots taken in the morning and in the afternoon, and whether the last slot was -> the fewest runs.
    best = {(0, 0, False): 0}
    for slot in range(instance.slots):
        after: dict[tuple[int, int, bool], int] = {}
        for (mornings, afternoons, was_busy), runs in best.items():
            for busy in (False, True) if slot in open_to_any else (False,):
                is_early = slot < instance.morning
                key = (mornings + (busy and is_early), afternoons + (busy and not is_early), busy)
                after[key] = min(after.get(key, instance.slots), runs + (busy and not was_busy))
        best = after
    fitting = [
        runs
        for (mornings, afternoons, _), runs in best.items()
        if mornings + afternoons == len(options) and mornings >= early and afternoons >= late
    ]
    return max(0, min(fitting, default=1) - 1)
