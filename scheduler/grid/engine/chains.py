"""Exchanging two slots for some matches: a Kempe chain, with a second and third where a slot would be too full.

If a match moves from one slot to another, whoever its two sides meet there moves back, and so on until nobody is in
two places.
"""

import math

from scheduler.grid.engine.compiling import inner
from scheduler.grid.engine.fields import (
    AT,
    CLOCK,
    DAYS,
    FILLED,
    FIXED,
    FRESH,
    IDLE,
    IDLE_ON,
    LEFT,
    LOAD,
    MARK,
    MOST,
    MOVES,
    NEAR,
    NEAR_START,
    OUTSIDE_SUM,
    ROW,
    SEEN,
    TODAY,
    WIDEST,
    Arena,
)
from scheduler.grid.engine.seats import (
    day_of,
    first_load,
    idle_on,
    is_open,
    rise,
    roll,
    side_of,
    sit,
    who,
)

LONGEST = 60
COMPENSATIONS = 3
_SURE = 1 << 30


@inner
def follow(b: Arena, match: int, target: int, begun: int) -> int:
    """Note in MOVES all that must move with a match; returns their number, or -1 - that when it cannot be."""
    source, stamp, head, count = b[b[AT] + match], b[CLOCK], begun, begun + 1
    b[b[MARK] + match] = stamp
    b[b[MOVES] + begun] = match
    while head < count:
        one = b[b[MOVES] + head]
        head += 1
        stays = b[b[AT] + one]
        goes_to = target if stays == source else source
        if b[b[FIXED] + one] != 0 or not is_open(b, one, goes_to):
            return -1 - count
        for side in range(2):
            person = side_of(b, one, side)
            other = who(b, person, goes_to)
            if other >= 0 and b[b[MARK] + other] != stamp:
                if count - begun == LONGEST:
                    return -1 - count
                b[b[MARK] + other] = stamp
                b[b[MOVES] + count] = other
                count += 1
            for number in range(b[b[NEAR_START] + goes_to], b[b[NEAR_START] + goes_to + 1]):
                slot = b[b[NEAR] + number]
                if slot != stays and who(b, person, slot) >= 0:
                    return -1 - count
    return count


@inner
def collect(b: Arena, match: int, target: int, begun: int) -> int:
    """The same, but what was noted in vain is forgotten; -1 when it cannot be."""
    count = follow(b, match, target, begun)
    if count >= 0:
        return count
    for number in range(begun, -1 - count):
        b[b[MARK] + b[b[MOVES] + number]] = 0
    return -1


@inner
def exchange(b: Arena, start: int, count: int, source: int, target: int) -> None:
    """Let the matches noted from `start` to `count` change sides; a second time undoes it."""
    for number in range(start, count):
        rise(b, b[b[MOVES] + number])
    for number in range(start, count):
        one = b[b[MOVES] + number]
        was = -2 - b[b[AT] + one]
        sit(b, one, target if was == source else source)


@inner
def too_full(b: Arena, count: int) -> int:
    """A slot in which the movers break a counted limit; -1 when there is none, -2 for a person's limit of a day."""
    for number in range(count):
        one = b[b[MOVES] + number]
        slot = b[b[AT] + one]
        first = first_load(b, one, slot)
        for loaded in range(b[first], b[first + 1]):
            if b[b[LEFT] + b[b[LOAD] + loaded]] < 0:
                return slot
        for side in range(2):
            person = side_of(b, one, side)
            if b[b[TODAY] + person * b[DAYS] + day_of(b, person, slot)] > b[b[MOST] + person]:
                return -2
    return -1


@inner
def somebody_aside(b: Arena, slot: int) -> int:
    """A match in a slot, drawn at random, that does not move yet; -1 when it was not met in a few draws."""
    for _ in range(4):
        other = b[b[ROW] + slot * b[WIDEST] + roll(b, b[b[FILLED] + slot])]
        if b[b[MARK] + other] != b[CLOCK]:
            return other
    return -1


@inner
def try_chain(b: Arena, match: int, target: int) -> int:
    """Exchange so that a match comes into another slot; returns how many moved, 0 when nothing could."""
    source = b[b[AT] + match]
    b[CLOCK] += 1
    none = b[b[FIXED] + match]  # 0, and for the compiler a number like any other
    if none != 0:
        return 0
    count = collect(b, match, target, none)
    if count < 0:
        return 0
    exchange(b, none, count, source, target)
    full = too_full(b, count)
    for _ in range(COMPENSATIONS):
        if full < 0:
            break
        aside = somebody_aside(b, full)
        grown = -1 if aside < 0 else collect(b, aside, source + target - full, count)
        if grown > count:
            exchange(b, count, grown, source, target)
            count = grown
            full = too_full(b, count)
    if full == -1:
        return count
    exchange(b, none, count, source, target)
    return 0


@inner
def recount(b: Arena, count: int, source: int, target: int) -> tuple[int, int]:
    """What an exchange did to the idle slots, noted in FRESH: the change, and the number of notes."""
    change, notes, stamp = 0, 0, b[CLOCK]
    for number in range(2 * count):
        person = side_of(b, b[b[MOVES] + number // 2], number % 2)
        if b[b[SEEN] + person] == stamp:
            continue
        b[b[SEEN] + person] = stamp
        day, other = day_of(b, person, source), day_of(b, person, target)
        for turn in range(1 if day == other else 2):
            day = day if turn == 0 else other
            idle = idle_on(b, person, day)
            difference = idle - b[b[IDLE_ON] + person * b[DAYS] + day]
            if difference != 0:
                change += difference
                note = b[FRESH] + 3 * notes
                b[note], b[note + 1], b[note + 2] = person, day, idle
                notes += 1
    return change, notes


@inner
def is_accepted(b: Arena, cost: float, warmth: float) -> bool:
    """Whether a change may stay: always if it costs nothing, else more often the warmer it is."""
    return cost <= 0 or roll(b, _SURE) < math.exp(-cost / warmth) * _SURE


@inner
def step(b: Arena, match: int, target: int, warmth: float, per_idle: float, per_half_hour: float) -> bool:
    """Try to bring a match into another slot; a worse board is kept at times, more often the warmer it is."""
    source, outside = b[b[AT] + match], b[OUTSIDE_SUM]
    count = try_chain(b, match, target)
    if count == 0:
        return False
    change, notes = recount(b, count, source, target)
    cost = per_idle * change + per_half_hour * (b[OUTSIDE_SUM] - outside)
    if is_accepted(b, cost, warmth):
        b[IDLE] += change
        for number in range(notes):
            note = b[FRESH] + 3 * number
            b[b[IDLE_ON] + b[note] * b[DAYS] + b[note + 1]] = b[note + 2]
        return True
    exchange(b, b[b[FIXED] + match], count, source, target)
    return False
