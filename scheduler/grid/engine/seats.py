"""Putting matches on a board and taking them off, and what that does to the idle slots."""

from scheduler.grid.engine.compiling import compiled, inner
from scheduler.grid.engine.fields import (
    AFTER,
    AT,
    BEFORE,
    CHAIN,
    DAY,
    DAY_FIRST,
    DAY_LAST,
    DAYS,
    DEMAND,
    DICE,
    DICE_STEP,
    FILLED,
    IDLE,
    IDLE_ON,
    LEFT,
    LOAD,
    LOAD_START,
    LOAD_WEIGHT,
    MOST,
    NEAR,
    NEAR_START,
    OPEN,
    OUTSIDE,
    OUTSIDE_SUM,
    PLACE,
    PLACED,
    ROW,
    SIDES,
    SLOTS,
    TODAY,
    WEIGHT,
    WHO,
    WIDEST,
    WORDS,
    ZONE,
    Arena,
)

_MASK = 0xFFFFFFFF


@inner
def roll(b: Arena, sides: int) -> int:
    """A number from 0 to sides - 1 (Marsaglia's xorshift with a Weyl sequence, 32 bits)."""
    x = b[DICE]
    x ^= (x << 13) & _MASK
    x ^= x >> 17
    x ^= (x << 5) & _MASK
    b[DICE] = x
    b[DICE_STEP] = (b[DICE_STEP] + 362437) & _MASK
    return ((x + b[DICE_STEP]) & _MASK) % sides


@inner
def side_of(b: Arena, match: int, side: int) -> int:
    """The company (0) or the buyer (1) of a match."""
    return b[b[SIDES] + 2 * match + side]


@inner
def who(b: Arena, person: int, slot: int) -> int:
    """The match of a person in a slot, or -1."""
    return b[b[WHO] + person * b[SLOTS] + slot]


@inner
def day_of(b: Arena, person: int, slot: int) -> int:
    """The day on which a slot begins for a person."""
    return b[b[DAY] + b[b[ZONE] + person] * b[SLOTS] + slot]


@inner
def is_open(b: Arena, match: int, slot: int) -> bool:
    return (b[b[OPEN] + match * b[WORDS] + (slot >> 5)] >> (slot & 31)) & 1 != 0


@inner
def first_load(b: Arena, match: int, slot: int) -> int:
    """Where in LOAD_START the loads of a match in a slot are found."""
    return b[LOAD_START] + b[b[DEMAND] + match] + slot


@inner
def fits(b: Arena, match: int, slot: int) -> bool:
    """Whether both sides and the counted limits have room for one more."""
    for side in range(2):
        person = side_of(b, match, side)
        if who(b, person, slot) >= 0:
            return False
        if b[b[TODAY] + person * b[DAYS] + day_of(b, person, slot)] >= b[b[MOST] + person]:
            return False
        for number in range(b[b[NEAR_START] + slot], b[b[NEAR_START] + slot + 1]):
            if who(b, person, b[b[NEAR] + number]) >= 0:
                return False
    first = first_load(b, match, slot)
    for number in range(b[first], b[first + 1]):
        if b[b[LEFT] + b[b[LOAD] + number]] < b[b[LOAD_WEIGHT] + number]:
            return False
    return True


@inner
def sit(b: Arena, match: int, slot: int) -> None:
    """Put a match into a slot; idle slots are not counted here."""
    b[b[AT] + match] = slot
    for side in range(2):
        person = side_of(b, match, side)
        b[b[WHO] + person * b[SLOTS] + slot] = match
        b[b[TODAY] + person * b[DAYS] + day_of(b, person, slot)] += 1
        b[OUTSIDE_SUM] += b[b[OUTSIDE] + b[b[ZONE] + person] * b[SLOTS] + slot]
    first = first_load(b, match, slot)
    for number in range(b[first], b[first + 1]):
        b[b[LEFT] + b[b[LOAD] + number]] -= b[b[LOAD_WEIGHT] + number]
    filled = b[b[FILLED] + slot]
    b[b[PLACE] + match] = filled
    b[b[ROW] + slot * b[WIDEST] + filled] = match
    b[b[FILLED] + slot] = filled + 1


@inner
def rise(b: Arena, match: int) -> int:
    """Take a match off its slot, which is returned; idle slots are not counted here."""
    slot = b[b[AT] + match]
    b[b[AT] + match] = -2 - slot
    for side in range(2):
        person = side_of(b, match, side)
        if who(b, person, slot) == match:
            b[b[WHO] + person * b[SLOTS] + slot] = -1
        b[b[TODAY] + person * b[DAYS] + day_of(b, person, slot)] -= 1
        b[OUTSIDE_SUM] -= b[b[OUTSIDE] + b[b[ZONE] + person] * b[SLOTS] + slot]
    first = first_load(b, match, slot)
    for number in range(b[first], b[first + 1]):
        b[b[LEFT] + b[b[LOAD] + number]] += b[b[LOAD_WEIGHT] + number]
    filled = b[b[FILLED] + slot] - 1
    row, place = b[ROW] + slot * b[WIDEST], b[b[PLACE] + match]
    last = b[row + filled]
    b[row + place] = last
    b[b[PLACE] + last] = place
    b[b[FILLED] + slot] = filled
    return slot


@inner
def gap(b: Arena, chain: int, earlier: int, later: int) -> int:
    """The own slots that lie wholly between two sessions of a day."""
    row = chain * b[SLOTS]
    return max(0, b[b[BEFORE] + row + later] - b[b[AFTER] + row + earlier] + 1)


@inner
def idle_on(b: Arena, person: int, day: int) -> int:
    """The idle slots of one person on one day."""
    to_come = b[b[TODAY] + person * b[DAYS] + day]
    if to_come < 2:
        return 0
    of_zone, chain = b[b[ZONE] + person] * b[DAYS] + day, b[b[CHAIN] + person]
    seat = b[WHO] + person * b[SLOTS]
    slot, last, idle = b[b[DAY_FIRST] + of_zone], -1, 0
    end = b[b[DAY_LAST] + of_zone]
    while to_come > 0 and slot <= end:
        if b[seat + slot] >= 0:
            if last >= 0:
                idle += gap(b, chain, last, slot)
            last = slot
            to_come -= 1
        slot += 1
    return idle


@inner
def count_again(b: Arena, person: int, slot: int) -> None:
    """Count the idle slots of a person on the day of a slot after a change."""
    day = day_of(b, person, slot)
    idle, noted = idle_on(b, person, day), b[IDLE_ON] + person * b[DAYS] + day
    b[IDLE] += idle - b[noted]
    b[noted] = idle


@inner
def put_down(b: Arena, match: int, slot: int) -> None:
    """Put a match into a slot that it fits."""
    sit(b, match, slot)
    b[PLACED] += b[b[WEIGHT] + match]
    for side in range(2):
        count_again(b, side_of(b, match, side), slot)


@inner
def pick_up(b: Arena, match: int) -> None:
    """Take a match off the board."""
    slot = rise(b, match)
    b[b[AT] + match] = -1
    b[PLACED] -= b[b[WEIGHT] + match]
    for side in range(2):
        count_again(b, side_of(b, match, side), slot)


@compiled
def put_all(b: Arena, where: Arena) -> None:
    """Put each match into its slot (-1 for none) if it fits and has no place yet."""
    for match in range(len(where)):
        if where[match] >= 0 and b[b[AT] + match] < 0 and fits(b, match, where[match]):
            put_down(b, match, where[match])
