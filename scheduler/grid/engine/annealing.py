"""Annealing: bringing matches into other slots, the worse seldom and ever more seldom, until nobody has to wait."""

from scheduler.grid.engine.chains import step
from scheduler.grid.engine.compiling import compiled, inner
from scheduler.grid.engine.fields import (
    AT,
    DAYS,
    IDLE,
    IDLE_ON,
    MATCHES,
    OPTION,
    OPTION_START,
    OUTSIDE_SUM,
    OWN,
    OWN_START,
    SLOTS,
    Arena,
)
from scheduler.grid.engine.seats import day_of, is_open, roll, side_of

_DRAWS = 6


@inner
def choose(b: Arena, movable: Arena) -> int:
    """Half the time anybody, else somebody who waits or makes others wait, if met in a few draws."""
    match = movable[roll(b, len(movable))]
    if roll(b, 2) == 0:
        return match
    for _ in range(_DRAWS):
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


@compiled
def anneal(
    b: Arena,
    movable: Arena,
    best: Arena,
    kept: Arena,
    steps: int,
    warm: float,
    cool: float,
    per_idle: float,
    per_half_hour: float,
) -> int:
    """So many steps from `warm` down to `cool`; returns how many were done before nothing better was wanted.

    An idle slot costs `per_idle`, half an hour outside comfortable hours `per_half_hour`; what costs more goes first.
    `best`: these two of the best board, which `kept` keeps, then as many of each as suffice.
    """
    cooling = (cool / warm) ** (1.0 / max(1, steps))
    warmth = warm
    for number in range(steps):
        warmth *= cooling
        match = choose(b, movable)
        target = aim(b, match)
        if target == b[b[AT] + match] or not step(b, match, target, warmth, per_idle, per_half_hour):
            continue
        if is_better(b, best, per_idle >= per_half_hour):
            best[0], best[1] = b[IDLE], b[OUTSIDE_SUM]
            for one in range(b[MATCHES]):
                kept[one] = b[b[AT] + one]
            if best[0] <= best[2] and best[1] <= best[3]:
                return number
    return steps


@inner
def is_better(b: Arena, best: Arena, is_waiting_first: bool) -> bool:
    if b[IDLE] == best[0] or (b[OUTSIDE_SUM] != best[1] and not is_waiting_first):
        return b[OUTSIDE_SUM] < best[1]
    return b[IDLE] < best[0]
