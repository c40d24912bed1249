"""A plan at once, then a better one: filling by hand's order, making room, and exchanging pairs of slots.

The same seed and the same number of rounds give the same board. It serves as the first plan for the exact solver, and
alone where a problem is too large for that.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence

from scheduler.grid.board import Board
from scheduler.grid.bounds import most_placed
from scheduler.grid.model import Model

LONGEST_CHAIN = 12
ROUNDS_PER_MATCH = 200
_WARM, _COLD = 0.6, 0.05


def fill(model: Model, goes_on: Callable[[], bool] = lambda: True) -> Board:
    """The pins, then match after match by importance, the one with the fewest slots first."""
    board = Board(model)
    for match, index in model.pinned.items():
        board.put(match, index)
    rest = [match for match in range(len(model.matches)) if match not in model.pinned]
    rest.sort(key=lambda match: (model.matches[match].priority, len(model.options[match]), match))
    for match in rest:
        found = best_slot(board, match)
        if found is not None:
            board.put(match, found)
    make_room(board, [match for match in rest if match not in board.at], goes_on)
    return board


def best_slot(board: Board, match: int) -> int | None:
    """The free slot that makes the least waiting and lies in comfortable hours; None when there is none."""
    free = [index for index in board.model.options[match] if board.fits(match, index)]
    return min(free, key=lambda index: (*_cost(board, match, index), index), default=None)


def make_room(board: Board, left: Sequence[int], goes_on: Callable[[], bool]) -> None:
    """For each match without a place, move one other out of its way where that is possible."""
    most = most_placed(board.model)
    for match in left:
        if len(board.at) == most or not goes_on():
            return
        any(_squeeze_in(board, match, index) for index in board.model.options[match])


def improve(
    board: Board, *, seed: int, rounds: int, goes_on: Callable[[], bool], improved: Callable[[int], None]
) -> Board:
    """Exchange slots, a worse board at times (simulated annealing), until nobody waits or time is up."""
    dice = random.Random(seed)  # noqa: S311
    movable = sorted(set(board.at) - set(board.model.pinned))
    waiting = best = board.waiting()
    kept = dict(board.at)
    for number in range(rounds if movable else 0):
        if best == 0 or (number % 64 == 0 and not goes_on()):
            break
        warmth = _WARM * (_COLD / _WARM) ** (number / rounds)
        change = _try_exchange(board, dice, movable, warmth)
        waiting += change
        if waiting < best:
            best, kept = waiting, dict(board.at)
            improved(best)
    return board_with(board.model, kept)


def board_with(model: Model, at: dict[int, int]) -> Board:
    """A board with these matches on it."""
    board = Board(model)
    for match, index in at.items():
        board.put(match, index)
    return board


def _cost(board: Board, match: int, index: int) -> tuple[int, int]:
    company, buyer, _ = board.model.owners[match]
    before = board.idle(company) + board.idle(buyer)
    board.put(match, index)
    after = board.idle(company) + board.idle(buyer)
    board.take(match)
    discomfort = board.model.discomfort
    return after - before, discomfort.get((company, index), 0) + discomfort.get((buyer, index), 0)


def _squeeze_in(board: Board, match: int, index: int) -> bool:
    if board.fits(match, index):
        board.put(match, index)
        return True
    return any(_moves_aside(board, other, match, index) for other in _in_the_way(board, match, index))


def _in_the_way(board: Board, match: int, index: int) -> Iterator[int]:
    """Matches that load all the packings that are full, so that one of them gone would be enough."""
    model, full = board.model, board.full(match, index)
    shared: set[int] | None = None
    for number in full:
        loading = {
            other
            for owner, where, _ in model.packings[number].members
            for other in board.sitting.get((owner, where), ())
        }
        shared = loading if shared is None else shared & loading
    own = model.matches[match].priority
    for other in sorted(shared or ()):
        if other not in model.pinned and model.matches[other].priority >= own:
            yield other


def _moves_aside(board: Board, other: int, match: int, index: int) -> bool:
    was = board.take(other)
    if board.fits(match, index):
        board.put(match, index)
        elsewhere = best_slot(board, other)
        if elsewhere is not None:
            board.put(other, elsewhere)
            return True
        board.take(match)
    board.put(other, was)
    return False


def _try_exchange(board: Board, dice: random.Random, movable: Sequence[int], warmth: float) -> int:
    """Move one match to another slot, whoever is in its way changing places; returns the change in waiting."""
    match = dice.choice(movable)
    options = board.model.options[match]
    target = options[dice.randrange(len(options))]
    moves = _chain(board, match, target)
    if not moves:
        return 0
    people = {owner for one in moves for owner in board.model.owners[one][:2]}
    before = sum(board.idle(owner) for owner in people)
    was = {one: board.at[one] for one in moves}
    if not _apply(board, moves):
        _restore(board, was)
        return 0
    change = sum(board.idle(owner) for owner in people) - before
    if change <= 0 or dice.random() < math.exp(-change / warmth):
        return change
    _restore(board, was)
    return 0


def _chain(board: Board, match: int, target: int) -> dict[int, int]:
    """Who has to change between the two slots if one match does (a Kempe chain); empty when it cannot be."""
    source, model = board.at[match], board.model
    moves: dict[int, int] = {}
    waiting = [match] if source != target else []
    while waiting:
        one = waiting.pop()
        goes_to = target if board.at[one] == source else source
        if one in model.pinned or goes_to not in model.options[one] or len(moves) == LONGEST_CHAIN:
            return {}
        moves[one] = goes_to
        met = {other for owner in model.owners[one][:2] for other in board.sitting.get((owner, goes_to), ())}
        waiting.extend(sorted(other for other in met if other not in moves and other not in waiting))
    return moves


def _apply(board: Board, moves: dict[int, int]) -> bool:
    for one in moves:
        board.take(one)
    for one, index in moves.items():
        if not board.fits(one, index):
            return False
        board.put(one, index)
    return True


def _restore(board: Board, was: dict[int, int]) -> None:
    for one in was:
        if one in board.at:
            board.take(one)
    for one, index in was.items():
        board.put(one, index)
