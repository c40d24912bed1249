"""Annealing: bringing matches into other slots, the worse seldom and ever more seldom, until nobody has to wait."""

from scheduler.grid.engine.chains import is_accepted, step
from scheduler.grid.engine.compiling import compiled, inner
from scheduler.grid.engine.fields import (
    AT,
    DAYS,
    IDLE,
    IDLE_ON,
    MATCHES,
    MOVES,
    OPTION,
    OPTION_START,
    OUTSIDE_SUM,
    OWN,
    OWN_START,
    SLOTS,
    WEIGHT,
    Arena,
)
from scheduler.grid.engine.placing import in_the_way
from scheduler.grid.engine.seats import day_of, is_open, pick_up, put_down, roll, side_of

_DRAWS = 6
BLOCK = 256
"""It cools after so many steps."""


@inner
def choose(b: Arena, movable: Arena) -> int:
    """Half the time anybody, else somebody who waits or makes others wait, if met in a few draws."""
    match = movable[roll(b, len(movable))]
    if roll(b, 2) == 0:
        return match
    for _ in range(_DRAWS):
        if b[b[AT] + match] < 0:
            return match
        for side in range(2):
            person = side_of(b, match, side)
            if b[b[IDLE_ON] + person * b[DAYS] + day_of(b, person, b[b[AT] + match])] > 0:
                return match
        match = movable[roll(b, len(movable))]
    return match


@inner
def aim(b: Arena, match: int) -> int:
    """Half the time any slot open to a match, else one beside another session of its company or buyer."""
    if roll(b, 2) == 0:
        person = side_of(b, match, roll(b, 2))
        first = b[b[OWN_START] + person]
        other = b[b[OWN] + first + roll(b, b[b[OWN_START] + person + 1] - first)]
        target = b[b[AT] + other] + 2 * roll(b, 2) - 1
        if other != match and b[b[AT] + other] >= 0 and 0 <= target < b[SLOTS] and is_open(b, match, target):
            return target
    first = b[b[OPTION_START] + match]
    return b[b[OPTION] + first + roll(b, b[b[OPTION_START] + match + 1] - first)]


@inner
def replace(b: Arena, match: int, target: int, warmth: float, per_idle: float, per_half_hour: float) -> bool:
    """Try to bring a match that has no place into a slot, instead of another that counts as much."""
    idle, outside = b[IDLE], b[OUTSIDE_SUM]
    count = in_the_way(b, match, target)
    if count != 1:
        return False
    other = b[b[MOVES] + count - 1]
    if b[b[WEIGHT] + other] != b[b[WEIGHT] + match]:
        return False
    stood = b[b[AT] + other]
    pick_up(b, other)
    put_down(b, match, target)
    cost = per_idle * (b[IDLE] - idle) + per_half_hour * (b[OUTSIDE_SUM] - outside)
    if is_accepted(b, cost, warmth):
        return True
    pick_up(b, match)
    put_down(b, other, stood)
    return False


@compiled
def anneal(
    b: Arena,
    movable: Arena,
    best: Arena,
    kept: Arena,
    first: int,
    last: int,
    steps: int,
    warm: float,
    cool: float,
    per_idle: float,
    per_half_hour: float,
) -> int:
    """The steps from `first` up to `last` of so many; returns the next, earlier when nothing better is wanted.

    It cools from `warm` to `cool` over all steps. An idle slot costs `per_idle`, half an hour outside comfortable hours
    `per_half_hour`; what costs more goes first. `best`: these two of the best board, which `kept` keeps, then as many
    of each as suffice.
    """
    warmth = warm
    for number in range(first, last):
        if number % BLOCK == 0:
            # Always at the same steps, so that it does not matter where a turn ends.
            warmth = warm * (cool / warm) ** (number / steps)
        match = choose(b, movable)
        target, stands = aim(b, match), b[b[AT] + match]
        if stands < 0:
            has_changed = replace(b, match, target, warmth, per_idle, per_half_hour)
        else:
            has_changed = target != stands and step(b, match, target, warmth, per_idle, per_half_hour)
        if has_changed and is_better(b, best, per_idle >= per_half_hour):
            best[0], best[1] = b[IDLE], b[OUTSIDE_SUM]
            for one in range(b[MATCHES]):
                kept[one] = b[b[AT] + one]
            if best[0] <= best[2] and best[1] <= best[3]:
                return number + 1
    return last


@inner
def is_better(b: Arena, best: Arena, is_waiting_first: bool) -> bool:
    if b[IDLE] == best[0] or (b[OUTSIDE_SUM] != best[1] and not is_waiting_first):
        return b[OUTSIDE_SUM] < best[1]
    return b[IDLE] < best[0]
