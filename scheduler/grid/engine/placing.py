"""Placing: a first board by hand's order, then room for what is left, by asking others to leave their slot."""

from scheduler.grid.engine.chains import try_chain
from scheduler.grid.engine.compiling import compiled, inner
from scheduler.grid.engine.fields import (
    AT,
    DAY_FIRST,
    DAY_LAST,
    DAYS,
    FILLED,
    FIXED,
    IDLE_ON,
    LEFT,
    LOAD,
    LOAD_WEIGHT,
    MATCHES,
    MOST,
    MOVES,
    NEAR,
    NEAR_START,
    OPTION,
    OPTION_START,
    OUTSIDE,
    PLACED,
    ROW,
    SLOTS,
    TODAY,
    WEIGHT,
    WIDEST,
    ZONE,
    Arena,
)
from scheduler.grid.engine.seats import (
    count_again,
    day_of,
    first_load,
    fits,
    idle_on,
    pick_up,
    put_down,
    rise,
    roll,
    side_of,
    sit,
    who,
)

MOST_ASKED = 8
SHAKES = 4
_FAR = 1 << 30


@inner
def cost_of(b: Arena, match: int, slot: int) -> int:
    """The idle slots that a match would make, 64 for each, and its half-hours outside comfortable hours."""
    cost = 0
    sit(b, match, slot)
    for side in range(2):
        person = side_of(b, match, side)
        day = day_of(b, person, slot)
        cost += 64 * (idle_on(b, person, day) - b[b[IDLE_ON] + person * b[DAYS] + day])
        cost += b[b[OUTSIDE] + b[b[ZONE] + person] * b[SLOTS] + slot]
    rise(b, match)
    b[b[AT] + match] = -1
    return cost


@inner
def best_slot(b: Arena, match: int) -> int:
    """The free slot that makes the least waiting, then the most comfortable one; -1 when there is none."""
    best, least = -1, _FAR
    for number in range(b[b[OPTION_START] + match], b[b[OPTION_START] + match + 1]):
        slot = b[b[OPTION] + number]
        if fits(b, match, slot):
            cost = cost_of(b, match, slot)
            if cost < least:
                best, least = slot, cost
    return best


@compiled
def fill(b: Arena, order: Arena) -> None:
    """Match after match into the slot that is best for it."""
    for number in range(len(order)):
        match = order[number]
        if b[b[AT] + match] < 0:
            slot = best_slot(b, match)
            if slot >= 0:
                put_down(b, match, slot)


@inner
def ask(b: Arena, one: int, count: int) -> int:
    """Note in MOVES that a match would have to leave; -1 when it cannot, or too many would."""
    if one < 0 or count < 0:
        return count
    for number in range(count):
        if b[b[MOVES] + number] == one:
            return count
    if b[b[FIXED] + one] != 0 or count == MOST_ASKED:
        return -1
    b[b[MOVES] + count] = one
    return count + 1


@inner
def who_loads(b: Arena, limit: int, slot: int) -> int:
    """A match drawn at random that uses a counted limit in a slot or one beside it; -1 when none was met."""
    beside = b[b[NEAR_START] + slot + 1] - b[b[NEAR_START] + slot]
    for draw in range(16):
        where = slot
        if beside > 0 and draw % 2 == 1:
            where = b[b[NEAR] + b[b[NEAR_START] + slot] + roll(b, beside)]
        if b[b[FILLED] + where] == 0:
            continue
        one = b[b[ROW] + where * b[WIDEST] + roll(b, b[b[FILLED] + where])]
        first = first_load(b, one, where)
        for number in range(b[first], b[first + 1]):
            if b[b[LOAD] + number] == limit and b[b[FIXED] + one] == 0:
                return one
    return -1


@inner
def who_is_in_its_place(b: Arena, match: int, slot: int) -> int:
    """A match that uses up a limit this one needs; -1 when none was met in a few draws."""
    for side in range(2):
        person = side_of(b, match, side)
        day = day_of(b, person, slot)
        if b[b[TODAY] + person * b[DAYS] + day] < b[b[MOST] + person]:
            continue
        of_zone = b[b[ZONE] + person] * b[DAYS] + day
        start = b[b[DAY_FIRST] + of_zone]
        width = b[b[DAY_LAST] + of_zone] - start + 1
        for _ in range(4 * width):
            one = who(b, person, start + roll(b, width))
            if one >= 0 and b[b[FIXED] + one] == 0:
                return one
        return -1
    first = first_load(b, match, slot)
    for number in range(b[first], b[first + 1]):
        if b[b[LEFT] + b[b[LOAD] + number]] < b[b[LOAD_WEIGHT] + number]:
            return who_loads(b, b[b[LOAD] + number], slot)
    return -1


@inner
def in_the_way(b: Arena, match: int, slot: int) -> int:
    """How many would have to leave for a match to come in, noted in MOVES; -1 when they cannot or are too many."""
    count = 0
    for side in range(2):
        person = side_of(b, match, side)
        count = ask(b, who(b, person, slot), count)
        for number in range(b[b[NEAR_START] + slot], b[b[NEAR_START] + slot + 1]):
            count = ask(b, who(b, person, b[b[NEAR] + number]), count)
    if count < 0:
        return -1
    for number in range(count):
        rise(b, b[b[MOVES] + number])
    is_possible = True
    while is_possible and not fits(b, match, slot):
        one = who_is_in_its_place(b, match, slot)
        grown = ask(b, one, count)
        is_possible = grown > count
        if is_possible:
            rise(b, one)
            count = grown
    for number in range(count):
        one = b[b[MOVES] + number]
        sit(b, one, -2 - b[b[AT] + one])
    return count if is_possible else -1


@inner
def least_asked(b: Arena, match: int, barred: Arena, now: int) -> int:
    """The slot where what must leave weighs least, and no more than the match itself; -1 when there is none."""
    own = b[b[WEIGHT] + match]
    best, least, ties = -1, own + 1, 1
    for number in range(b[b[OPTION_START] + match], b[b[OPTION_START] + match + 1]):
        slot = b[b[OPTION] + number]
        count, weight, is_barred = in_the_way(b, match, slot), 0, False
        for asked in range(count):
            one = b[b[MOVES] + asked]
            weight += b[b[WEIGHT] + one]
            is_barred = is_barred or barred[one] > now
        if count < 0 or weight > least or (is_barred and weight >= own):
            continue
        ties = 1 if weight < least else ties + 1
        if weight < least or roll(b, ties) == 0:
            best, least = slot, weight
    return best


@inner
def come_in(b: Arena, match: int, slot: int, waiting: Arena, count: int) -> int:
    """Put a match where others leave for it; they wait from now on. Returns how many wait."""
    leaving = in_the_way(b, match, slot)
    if leaving < 0:
        waiting[count] = match
        return count + 1
    for number in range(leaving):
        one = b[b[MOVES] + number]
        waiting[count] = one
        count += 1
        pick_up(b, one)
    put_down(b, match, slot)
    return count


@inner
def shake(b: Arena) -> None:
    """Exchange two slots for somebody, whatever that does to waiting."""
    match = roll(b, b[MATCHES])
    source = b[b[AT] + match]
    first = b[b[OPTION_START] + match]
    options = b[b[OPTION_START] + match + 1] - first
    if source < 0 or options == 0:
        return
    target = b[b[OPTION] + first + roll(b, options)]
    count = 0 if target == source else try_chain(b, match, target)
    for number in range(2 * count):
        person = side_of(b, b[b[MOVES] + number // 2], number % 2)
        count_again(b, person, source)
        count_again(b, person, target)


@compiled
def make_room(
    b: Arena, waiting: Arena, barred: Arena, best: Arena, kept: Arena, first: int, last: int
) -> int:
    """The steps from `first` to `last`: place the `waiting` matches, at times instead of others that then wait.

    Returns the next step, earlier when no more than `best[2]` wait. `best[0]` wait now; `best[1]` is the most weight
    that was placed, on the board that `kept` keeps. A match that was placed may not be asked to leave for a while
    (`barred` until then). What leaves weighs no more than what comes in, so the weight placed never falls for long.
    """
    for number in range(first, last):
        if best[0] <= best[2]:
            return number
        drawn = roll(b, best[0])
        match = waiting[drawn]
        slot = least_asked(b, match, barred, number)
        if slot >= 0:
            waiting[drawn] = waiting[best[0] - 1]
            best[0] = come_in(b, match, slot, waiting, best[0] - 1)
            barred[match] = number + 10 + roll(b, 10 + best[0])
        if b[PLACED] > best[1]:
            best[1] = b[PLACED]
            for one in range(b[MATCHES]):
                kept[one] = b[b[AT] + one]
        for _ in range(SHAKES):
            shake(b)
    return last
