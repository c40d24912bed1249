"""Why a match is left out, in the coordinator's words."""

from collections.abc import Sequence

from scheduler.booking.assign import Placement
from scheduler.grid.model import Model
from scheduler.grid.plan import LeftOut
from scheduler.grid.problem import Problem


def left_out(problem: Problem, model: Model, placements: Sequence[Placement]) -> tuple[LeftOut, ...]:
    """Every wanted match without a place, with its reasons."""
    placed = {one.match_id for one in placements}
    return tuple(LeftOut(match_id=match.id, reasons=()) for match in model.matches if match.id not in placed)
