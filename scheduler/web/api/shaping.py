"""From what the services say to what goes over the wire."""

from collections.abc import Iterable

from scheduler.booking import fair as booking_fair
from scheduler.booking import match as booking_match
from scheduler.booking.meeting import Meeting
from scheduler.booking.people import Buyer, Company, Interpreter, Resource, kind_of, zone_of
from scheduler.services import options
from scheduler.services.agenda import plan_in
from scheduler.services.board import Entry
from scheduler.services.replan import ReplanPreview
from scheduler.storage.accounts import Account
from scheduler.storage.answers import Answer
from scheduler.storage.drafts import Draft
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.proposals import Proposal
from scheduler.storage.webhooks import Webhook
from scheduler.web.api import managed, shapes


def fair(one: booking_fair.Fair) -> shapes.Fair:
    return shapes.Fair(
        key=one.key,
        name=one.name,
        name_en=one.name_en,
        zone=one.zone,
        days=list(one.days),
        state=str(one.state),
        slot_minutes=one.slot_minutes,
    )


def person(one: Resource) -> shapes.Person:
    """Without contact data: who needs them has the workbook."""
    return shapes.Person(
        id=one.id,
        kind=str(kind_of(one)),
        name=one.name,
        name_en=getattr(one, "name_en", ""),
        zone=zone_of(one),
        country=one.country if isinstance(one, Buyer) else "",
        languages=_languages(one),
    )


def match(one: booking_match.Match) -> shapes.Match:
    return shapes.Match(
        id=one.id,
        company_id=one.company_id,
        buyer_id=one.buyer_id,
        priority=int(one.priority),
        needs_room=one.needs_room,
        languages=[str(leg) for leg in one.legs],
    )


def session(one: Meeting, answers: Iterable[Answer] = ()) -> shapes.Session:
    return shapes.Session(
        id=one.id,
        uid=one.uid,
        match_id=one.match_id,
        company_id=one.company_id,
        buyer_id=one.buyer_id,
        interpreter_ids=list(one.interpreter_ids),
        room_id=one.room_id,
        start_at=one.slot.start_at,
        end_at=one.slot.end_at,
        state=str(one.state),
        revision=one.revision,
        link=one.link,
        is_pinned=one.is_pinned,
        answers={answer.recipient_id: answer.partstat for answer in answers if answer.meeting_id == one.id},
    )


def option(one: options.Option, language: str) -> shapes.Option:
    return shapes.Option(
        start_at=one.slot.start_at,
        end_at=one.slot.end_at,
        is_possible=one.best is not None,
        room_ids=[
            place.room_id for place in one.places if place.cost is not None and place.room_id is not None
        ],
        reasons=[conflict.phrase.text(language) for conflict in one.conflicts],
    )


def build(draft: Draft) -> shapes.Build:
    plan = plan_in(draft)
    if plan is None:
        return shapes.Build(id=draft.id, state=draft.state, error=draft.error)
    return shapes.Build(
        id=draft.id,
        state=draft.state,
        error=draft.error,
        placed=len(plan.placements),
        wanted=plan.wanted,
        bound=plan.bound,
        status=str(plan.status),
    )


def _languages(one: Resource) -> list[str]:
    if isinstance(one, Company | Buyer):
        return list(one.languages)
    return [str(pair) for pair in one.pairs] if isinstance(one, Interpreter) else []


def account(one: Account) -> managed.Account:
    return managed.Account(
        id=one.id,
        email=one.email,
        name=one.name,
        role=one.role,
        resource_id=one.resource_id,
        language=one.language,
        is_active=one.is_active,
        is_invited=not one.password_hash,
    )


def replan(view: ReplanPreview, language: str) -> managed.Replan:
    return managed.Replan(
        id=view.draft_id,
        resource_id=view.resource.id,
        moves=[
            managed.ReplanMove(
                session_id=_id_of(one.before), before=_place(one.before), after=_place(one.after)
            )
            for one in view.moves
        ],
        dropped=[
            managed.ReplanDropped(
                session_id=_id_of(one.entry), reasons=[why.text(language) for why in one.reasons]
            )
            for one in view.dropped
        ],
        told={one.resource_id: one.requests + one.updates + one.cancels for one in view.told},
        is_fewest_proved=view.repair.is_fewest_proved,
    )


def proposal(one: tuple[Proposal, booking_fair.Fair, Resource]) -> managed.Proposal:
    proposed, of_fair, person_ = one
    return managed.Proposal(
        id=proposed.id,
        fair=of_fair.key,
        resource_id=person_.id,
        created_at=proposed.created_at,
        slots=[managed.ProposedSlot(start_at=slot.start_at, end_at=slot.end_at) for slot in proposed.slots],
    )


def webhook(one: Webhook) -> managed.Webhook:
    return managed.Webhook(
        id=one.id,
        address=one.address,
        events=one.events.split(),
        created_at=one.created_at,
        failures=one.failures,
        ended_at=one.ended_at,
        ended_because=one.ended_because,
    )


def delivery(row: OutboxRow) -> managed.Delivery:
    return managed.Delivery(
        id=row.id,
        event=row.kind,
        state=row.state,
        created_at=row.created_at,
        attempts=row.attempts,
        reason=row.error,
    )


def _id_of(entry: Entry) -> str | None:
    return entry.meeting.id if entry.meeting is not None else None


def _place(entry: Entry) -> managed.Place:
    return managed.Place(
        start_at=entry.slot.start_at,
        end_at=entry.slot.end_at,
        interpreter_ids=[one.id for one in entry.interpreters],
        room_id=entry.room.id if entry.room is not None else None,
    )
