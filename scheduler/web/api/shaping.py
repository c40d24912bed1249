"""From what the services say to what goes over the wire."""

from collections.abc import Iterable

from scheduler.booking import fair as booking_fair
from scheduler.booking import match as booking_match
from scheduler.booking.meeting import Meeting
from scheduler.booking.people import Buyer, Company, Interpreter, Resource, kind_of, zone_of
from scheduler.services import options
from scheduler.services.agenda import plan_in
from scheduler.storage.answers import Answer
from scheduler.storage.drafts import Draft
from scheduler.web.api import shapes


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
