"""How little each participant alone could wait, whatever the others do."""

from scheduler.grid.engine.compiling import compiled, inner
from scheduler.grid.engine.fields import (
    CHAIN,
    DAY_FIRST,
    DAY_LAST,
    DAYS,
    MOST,
    NEAR,
    NEAR_START,
    PEOPLE,
    SLOTS,
    ZONE,
    Arena,
)
from scheduler.grid.engine.seats import gap

_NEVER = 1 << 28


@inner
def overlap(b: Arena, slot: int, other: int) -> bool:
    for number in range(b[b[NEAR_START] + slot], b[b[NEAR_START] + slot + 1]):  # noqa: SIM110 - numba knows no any()
        if b[b[NEAR] + number] == other:
            return True
    return False


@inner
def least_on(b: Arena, used: Arena, person: int, day: int, wanted: int, today: Arena, reach: Arena) -> None:
    """`today[n]`: the fewest idle slots of a day with n sessions in slots of theirs, taken in order of time.

    `reach` holds two rows of slots: the least of n sessions with the last of them in a slot.
    """
    of_zone, chain = b[b[ZONE] + person] * b[DAYS] + day, b[b[CHAIN] + person]
    first, last = b[b[DAY_FIRST] + of_zone], b[b[DAY_LAST] + of_zone]
    for number in range(1, wanted + 1):
        today[number] = _NEVER
    for number in range(1, min(wanted, last - first + 1, b[b[MOST] + person]) + 1):
        old, new = number % 2 * b[SLOTS], (number + 1) % 2 * b[SLOTS]
        for later in range(first, last + 1):
            reach[new + later] = _NEVER
            if used[person * b[SLOTS] + later] == 0:
                continue
            if number == 1:
                reach[new + later] = 0
            for earlier in range(first, later):
                if number > 1 and reach[old + earlier] < _NEVER and not overlap(b, earlier, later):
                    waits = reach[old + earlier] + gap(b, chain, earlier, later)
                    reach[new + later] = min(reach[new + later], waits)
            today[number] = min(today[number], reach[new + later])


@compiled
def least_waiting(
    b: Arena, used: Arena, counts: Arena, total: Arena, today: Arena, reach: Arena, least: Arena
) -> None:
    """`least[p]`: no board gives somebody `counts[p]` sessions in slots of theirs with fewer idle slots.

    `used` [P, S]: 1 for the slots of a person. `total` and `today` have room for the largest count and nought.
    """
    for person in range(b[PEOPLE]):
        wanted = counts[person]
        for number in range(1, wanted + 1):
            total[number] = _NEVER
        total[0], today[0] = 0, 0
        for day in range(b[DAYS]):
            least_on(b, used, person, day, wanted, today, reach)
            # From the top, so that what is read has not been written yet.
            for number in range(wanted, 0, -1):
                for other in range(1, number + 1):
                    total[number] = min(total[number], total[number - other] + today[other])
        least[person] = total[wanted] if wanted > 1 and total[wanted] < _NEVER else 0
