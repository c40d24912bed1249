"""The tray of a board: matches that have no session, why, and what would let them in."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from scheduler.booking.fair import Fair
from scheduler.booking.match import Match
from scheduler.booking.people import Resource
from scheduler.grid.plan import LeftOut
from scheduler.services.board import Unplaced
from scheduler.services.board_plan import NewestPlan
from scheduler.storage import board_rows
from scheduler.wording import Phrase


def missing_matches(work: Session, fair: Fair, planned: NewestPlan) -> frozenset[str]:
    """The matches that stand nowhere on the board."""
    missing = board_rows.matches_without_session(work, fair.id)
    if planned.shown is not None:
        return missing - {one.match_id for one in planned.shown.placements}
    return missing


def unplaced_of(
    tray: Iterable[Match],
    planned: NewestPlan,
    resources: Mapping[str, Resource],
    cancelled: frozenset[str],
    most: int | None = None,
) -> tuple[Unplaced, ...]:
    """The first `most` of the tray with their reasons; those of people who left the fair are not named."""
    there = [one for one in tray if one.company_id in resources and one.buyer_id in resources]
    left_out = {one.match_id: one for one in planned.plan.left_out} if there and planned.plan else {}
    return tuple(
        Unplaced(
            match=match,
            company=resources[match.company_id],
            buyer=resources[match.buyer_id],
            reasons=_reasons(left_out.get(match.id), match.id in cancelled),
            changes=_changes(left_out.get(match.id), match.id in cancelled),
        )
        for match in there[:most]
    )


def _reasons(left_out: LeftOut | None, is_cancelled: bool) -> tuple[Phrase, ...]:
    if is_cancelled:
        return (Phrase("The session was cancelled."),)
    if left_out is not None and left_out.reasons:
        return left_out.reasons
    return (Phrase("This match came after the grid was built."),)


def _changes(left_out: LeftOut | None, is_cancelled: bool) -> tuple[Phrase, ...]:
    """What was found to let it in when the grid was built; whoever was cancelled was in already."""
    return left_out.changes if left_out is not None and not is_cancelled else ()
