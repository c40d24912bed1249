"""What the page that builds a grid shows: what can suffice, what matters how much, the newest plan and its proof."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.booking.fair import Fair, FairState
from scheduler.booking.people import Resource
from scheduler.grid.capacity import Outlook, outlook_of
from scheduler.grid.plan import LeftOut, Plan
from scheduler.grid.problem import Problem
from scheduler.services.agenda import plan_in
from scheduler.services.build_grid import problem_in, why_failed
from scheduler.services.grid_wishes import Level, grid_wishes_in
from scheduler.storage import drafts, fairs
from scheduler.storage.counts import Counts, counts_of
from scheduler.storage.db import Database
from scheduler.storage.drafts import Draft
from scheduler.wording import Phrase

SHOWN = 100
"""So many pairs that are left out are listed; the board has them all."""
Pair = tuple[LeftOut, Resource, Resource]


@dataclass(frozen=True, kw_only=True)
class BuildView:
    """`draft` is the newest one, `plan` what it holds, if anything, and `left_out` its first pairs without a place,
    each with company and buyer. `failure` says why the newest build came to nothing.
    """

    fair: Fair
    counts: Counts
    wishes: Mapping[str, Level]
    draft: Draft | None = None
    plan: Plan | None = None
    outlook: Outlook | None = None
    left_out: tuple[Pair, ...] = ()
    failure: tuple[Phrase | str, ...] = field(default=())

    @property
    def is_published(self) -> bool:
        return self.fair.state is not FairState.DRAFT


def build_view(db: Database, key: str) -> BuildView:
    """Raises NotFound. While a build is going on nothing is counted: the page is about to show that build."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        draft = drafts.latest_draft(work, fair.id)
        counts = counts_of(work, fair.id)
        wishes = grid_wishes_in(work, fair.id)
        if draft is not None and draft.state == "building":
            return BuildView(fair=fair, counts=counts, wishes=wishes, draft=draft)
        problem = problem_in(work, fair)
    plan = plan_in(draft)
    return BuildView(
        fair=fair,
        counts=counts,
        wishes=wishes,
        draft=draft,
        plan=plan,
        outlook=outlook_of(problem),
        left_out=_pairs(problem, plan) if plan is not None else (),
        failure=why_failed(draft) if draft is not None and draft.state == "failed" else (),
    )


def _pairs(problem: Problem, plan: Plan) -> tuple[Pair, ...]:
    resources, matches = problem.roster.resources, problem.roster.matches
    known = [one for one in plan.left_out if one.match_id in matches][:SHOWN]
    return tuple(
        (one, resources[matches[one.match_id].company_id], resources[matches[one.match_id].buyer_id])
        for one in known
    )
