"""The newest plan of a fair as the board needs it: whether it is what is shown, and what of it is still proved."""

from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy.orm import Session

from scheduler.booking.fair import Fair, FairState
from scheduler.grid.plan import Plan
from scheduler.grid.texts import plan_from_text
from scheduler.services.agenda import WITH_PLAN, Proof, proof_of
from scheduler.storage import board_rows, drafts, fairs
from scheduler.storage.drafts import Draft


@dataclass(frozen=True, kw_only=True)
class NewestPlan:
    """The newest draft with a plan, and whether it is what the board shows."""

    draft: Draft | None
    is_shown: bool

    @property
    def plan(self) -> Plan | None:
        return plan_read(self.draft.plan) if self.draft is not None and self.draft.plan else None

    @property
    def shown(self) -> Plan | None:
        """The plan, where it is what the board shows."""
        return self.plan if self.is_shown else None


@lru_cache(maxsize=4)
def plan_read(text: str) -> Plan:
    """A plan of thousands of placements takes its time to be read; the same text is the same plan."""
    return plan_from_text(text)


def newest_plan(work: Session, fair: Fair, *, has_sessions: bool) -> NewestPlan:
    """A plan is shown before there are any sessions, and before the fair is published."""
    draft = drafts.latest_draft(work, fair.id)
    if draft is None or draft.plan is None or draft.state not in WITH_PLAN:
        return NewestPlan(draft=None, is_shown=False)
    return NewestPlan(draft=draft, is_shown=not has_sessions and fair.state is FairState.DRAFT)


def proof_now(work: Session, fair: Fair, planned: NewestPlan, placed: int) -> Proof | None:
    """What the solver has proved holds for as long as nobody has changed its grid."""
    if planned.draft is None and not placed:
        return None
    wanted = board_rows.wanted_count(work, fair.id)
    is_as_planned = planned.draft is not None and (
        planned.is_shown or not placed or _is_as_published(work, fair, planned.draft)
    )
    if not is_as_planned or planned.plan is None or (placed and planned.plan.placed != placed):
        return Proof(placed=placed, wanted=wanted)
    return replace(proof_of(planned.plan), placed=placed, wanted=wanted)


def _is_as_published(work: Session, fair: Fair, draft: Draft) -> bool:
    published_at = fairs.published_at(work, fair.id)
    return draft.state == "published" and not board_rows.changed_since_publication(
        work, fair.id, published_at
    )
