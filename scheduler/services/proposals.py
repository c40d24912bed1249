"""Free times that buyers mark on their page: proposals that a coordinator accepts as hours, or does not."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound, Refusal
from scheduler.booking.fair import Fair, day_of, slots_of
from scheduler.booking.free_hours import hours_with_slots
from scheduler.booking.meeting import Meeting, State
from scheduler.booking.people import Buyer, Resource
from scheduler.booking.slot import Slot
from scheduler.services.actor import Actor
from scheduler.services.board import Entry, entry_of
from scheduler.storage import absences, audit, fairs, meetings, people, proposals
from scheduler.storage.db import Database, new_id
from scheduler.storage.proposals import Proposal
from scheduler.timezones.hours import Hours
from scheduler.timezones.wall import to_wall
from scheduler.wording import Phrase

LONGEST_COMMENT = 500
_STANDING = (State.CONFIRMED,)


class Settled(Refusal):
    """Somebody has accepted, declined or replaced the proposal meanwhile."""

    phrase = Phrase("This proposal has been settled or replaced meanwhile.")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A slot of the fair in the grid of free times. `session` is what the person does then already."""

    slot: Slot
    is_free: bool
    is_over: bool
    session: Meeting | None = None

    @property
    def key(self) -> str:
        """How a form names the slot: its start in seconds since 1970."""
        return str(int(self.slot.start_at.timestamp()))


@dataclass(frozen=True, kw_only=True)
class FreeGrid:
    """The slots of a fair by the reader's days (across) and the times of those days (down)."""

    fair: Fair
    resource: Resource
    zone: str
    days: tuple[date, ...]
    rows: tuple[tuple[time, tuple[Cell | None, ...]], ...]
    latest: Proposal | None

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for _, row in self.rows for cell in row if cell is not None)

    @property
    def is_over(self) -> bool:
        return all(cell.is_over for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class ProposalPage:
    """One proposal for the coordinator: the slots by what becomes of them, and the sessions it leaves outside."""

    proposal: Proposal
    fair: Fair
    person: Resource
    added: tuple[Slot, ...]
    dropped: tuple[Slot, ...]
    hours: Hours
    outside: tuple[Entry, ...]
    entries: tuple[Entry, ...]


def free_grid(db: Database, resource_id: str, fair_id: str, *, zone: str, now: datetime) -> FreeGrid:
    """What the person has said already is marked, else their hours. Raises NotFound."""
    with db.read() as work:
        fair, person = _side(work, fair_id, resource_id)
        standing = _sessions(work, person, fair)
        latest = proposals.latest_proposal(work, resource_id, fair_id)
    said = frozenset(latest.slots) if latest is not None and latest.state == "open" else None
    cells = [_cell(slot, person, standing, said, now) for slot in _slots(fair, person)]
    days = sorted({day_of(cell.slot, zone) for cell in cells})
    placed = {
        (to_wall(cell.slot.start_at, zone).time(), day_of(cell.slot, zone)): cell for cell in reversed(cells)
    }
    clocks = sorted({clock for clock, _ in placed})
    rows = tuple((clock, tuple(placed.get((clock, day)) for day in days)) for clock in clocks)
    return FreeGrid(fair=fair, resource=person, zone=zone, days=tuple(days), rows=rows, latest=latest)


def propose(
    db: Database,
    resource_id: str,
    fair_id: str,
    marked: Collection[str],
    *,
    comment: str = "",
    now: datetime,
    actor: Actor,
) -> Proposal:
    """Keeps the marked slots as an open proposal in place of an earlier one; the same again changes nothing.

    What is over is left as it is. Raises BadInput, NotFound.
    """
    comment = " ".join(comment.split())
    with db.write() as work:
        fair, person = _side(work, fair_id, resource_id)
        ahead = {
            str(int(one.start_at.timestamp())): one for one in _slots(fair, person) if one.start_at > now
        }
        chosen = tuple(sorted(ahead[one] for one in set(marked) if one in ahead))
        _refuse_unreadable(chosen, set(marked) - set(ahead), comment)
        before = proposals.latest_proposal(work, resource_id, fair_id)
        if before is not None and (before.state, before.slots, before.comment) == ("open", chosen, comment):
            return before
        proposal = Proposal(
            id=new_id("prop"),
            fair_id=fair_id,
            resource_id=resource_id,
            slots=chosen,
            comment=comment,
            created_at=now,
            created_by=actor.label,
        )
        proposals.add_proposal(work, proposal)
        facts: dict[str, object] = {"resource_id": resource_id, "slots": len(chosen)}
        audit.record(work, now, actor.label, "propose", "proposal", proposal.id, {}, facts)
    return proposal


def count_open(db: Database) -> int:
    with db.read() as work:
        return proposals.count_open(work)


def open_proposals(db: Database) -> tuple[tuple[Proposal, Fair, Resource], ...]:
    """Those that wait for a coordinator, the newest first; always the same number of queries."""
    with db.read() as work:
        found = proposals.list_proposals(work, ("open",))
        of_fairs = fairs.fairs_by_id(work, {one.fair_id for one in found})
        persons = people.resources_by_id(work, {one.resource_id for one in found})
    return tuple((one, of_fairs[one.fair_id], persons[one.resource_id]) for one in found)


def proposal_page(db: Database, proposal_id: str, *, now: datetime) -> ProposalPage:
    """Raises NotFound."""
    with db.read() as work:
        proposal = proposals.get_proposal(work, proposal_id)
        fair, person = _side(work, proposal.fair_id, proposal.resource_id)
        standing = _sessions(work, person, fair)
        named = people.resources_by_id(work, {one for each in standing for one in each.resource_ids})
    asked = tuple(slot for slot in _slots(fair, person) if slot.start_at > now)
    hours = hours_with_slots(person.hours, asked, proposal.slots)
    entries = tuple(entry_of(one, named) for one in standing if one.slot.start_at > now)
    return ProposalPage(
        proposal=proposal,
        fair=fair,
        person=person,
        added=tuple(slot for slot in proposal.slots if not _covers(person.hours, slot)),
        dropped=tuple(
            slot for slot in asked if slot not in set(proposal.slots) and _covers(person.hours, slot)
        ),
        hours=hours,
        outside=tuple(one for one in entries if not _covers(hours, one.slot)),
        entries=entries,
    )


def accept(db: Database, proposal_id: str, *, now: datetime, actor: Actor) -> Proposal:
    """The proposal becomes the person's hours on the days of the fair. Raises Settled, NotFound."""
    with db.write() as work:
        proposal = _settle(work, proposal_id, "accepted", now, actor)
        fair, person = _side(work, proposal.fair_id, proposal.resource_id)
        asked = [slot for slot in _slots(fair, person) if slot.start_at > proposal.created_at]
        hours = hours_with_slots(person.hours, asked, proposal.slots)
        absences.set_hours(work, fair.id, person.id, hours)
        before = {"fair_id": fair.id, "hours": person.hours.to_json()}
        after = {"fair_id": fair.id, "hours": hours.to_json()}
        audit.record(work, now, actor.label, "change_hours", "resource", person.id, before, after)
    return proposal


def decline(db: Database, proposal_id: str, *, now: datetime, actor: Actor) -> Proposal:
    """The hours stay as they are. Raises Settled, NotFound."""
    with db.write() as work:
        return _settle(work, proposal_id, "declined", now, actor)


def _settle(work: Session, proposal_id: str, state: str, now: datetime, actor: Actor) -> Proposal:
    proposal = proposals.get_proposal(work, proposal_id)
    if not proposals.settle_proposal(work, proposal_id, state=state, now=now, actor=actor.label):
        raise Settled
    audit.record(work, now, actor.label, "settle_proposal", "proposal", proposal_id, {}, {"state": state})
    return proposal


def _side(work: Session, fair_id: str, resource_id: str) -> tuple[Fair, Resource]:
    fair = fairs.get_fair_by_id(work, fair_id)
    person = people.resources_by_id(work, (resource_id,), fair_id).get(resource_id)
    if person is None:
        raise NotFound(kind="resource", key=resource_id)
    return fair, person


def _sessions(work: Session, person: Resource, fair: Fair) -> tuple[Meeting, ...]:
    found = meetings.meetings_of_resource(work, person.id, states=_STANDING)
    return tuple(one for one in found if one.fair_id == fair.id)


def _slots(fair: Fair, person: Resource) -> tuple[Slot, ...]:
    return slots_of(fair, person.country if isinstance(person, Buyer) else "")


def _cell(
    slot: Slot, person: Resource, standing: tuple[Meeting, ...], said: frozenset[Slot] | None, now: datetime
) -> Cell:
    return Cell(
        slot=slot,
        is_free=slot in said if said is not None else _covers(person.hours, slot),
        is_over=slot.start_at <= now,
        session=next((one for one in standing if one.slot.overlaps(slot)), None),
    )


def _covers(hours: Hours, slot: Slot) -> bool:
    return hours.covers(slot.start_at, slot.end_at)


def _refuse_unreadable(chosen: tuple[Slot, ...], unknown: set[str], comment: str) -> None:
    faults = []
    if unknown:
        faults.append(
            Fault(place="slots", wrong=Phrase("Some of these times are over, or not of this fair."))
        )
    elif not chosen:
        faults.append(Fault(place="slots", wrong=Phrase("Mark at least one time when you are free.")))
    if len(comment) > LONGEST_COMMENT:
        wrong = Phrase("This is too long: at most %(count)s characters.", count=LONGEST_COMMENT)
        faults.append(Fault(place="comment", wrong=wrong))
    if faults:
        raise BadInput(faults)
