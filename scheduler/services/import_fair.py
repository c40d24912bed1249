"""A workbook becomes a fair: read, asked about, shown, then taken over whole or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduler.booking.assign import Placement
from scheduler.booking.errors import BadInput, Refusal
from scheduler.booking.fair import Fair
from scheduler.booking.match import Match
from scheduler.booking.people import Company, Kind, Resource, kind_of
from scheduler.services.absence import away_from_json, hours_still_without
from scheduler.services.actor import Actor
from scheduler.services.stored_draft import draft_of
from scheduler.services.wish_lists import rank_by_wishes
from scheduler.sheets.draft import FairDraft
from scheduler.sheets.on_demand import read
from scheduler.sheets.reading import Question, Reading
from scheduler.storage import audit, drafts, fairs, matches, meetings, people
from scheduler.storage.db import Database, new_id
from scheduler.timezones.hours import Hours
from scheduler.wording import Phrase


class Effect(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What importing does to one row. KEPT: no longer in the workbook, but somebody has a session already."""

    subject: str
    name: str
    effect: Effect


@dataclass(frozen=True, kw_only=True)
class ImportPreview:
    """What a workbook was understood to say, and what importing it would change. `changes` is empty while
    questions or faults are open."""

    reading: Reading
    changes: tuple[Change, ...] = ()

    @property
    def is_ready(self) -> bool:
        return self.reading.is_clear


@dataclass(frozen=True, kw_only=True)
class Imported:
    fair: Fair
    changes: tuple[Change, ...]


class OpenQuestions(Refusal):
    """The workbook says something that cannot be understood; nothing was written. Carries every question."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = tuple(questions)
        self.phrase = Phrase("%(count)s questions about the file are open", count=len(self.questions))
        super().__init__(self.questions)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What the database holds of the fair already; empty for a new one."""

    fair: Fair | None
    resources: Mapping[str, Resource]
    matches: Mapping[tuple[str, str], Match]
    booked: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """A draft with the ids of what is there already, and new ones for the rest. `ids` leads from row key to id."""

    draft: FairDraft
    stored: Stored
    ids: Mapping[str, str]


def preview_import(
    db: Database, data: bytes, filename: str, *, answers: Mapping[str, str], key: str | None = None
) -> ImportPreview:
    """Reads the file and compares it with what is there. Changes nothing."""
    with db.read() as work:
        reading = _read(work, data, filename, answers, key)
        if not reading.is_clear or reading.draft is None:
            return ImportPreview(reading=reading)
        numbered = _with_ids(work, _under_key(reading.draft, key))
        return ImportPreview(reading=reading, changes=_changes(numbered))


def import_fair(
    db: Database,
    data: bytes,
    filename: str,
    *,
    answers: Mapping[str, str],
    key: str | None = None,
    now: datetime,
    actor: Actor,
) -> Imported:
    """Takes a workbook over in one transaction. Importing it again updates and never doubles.

    Raises BadInput with every fault, OpenQuestions with every question; then nothing has been written.
    """
    with db.write() as work:
        reading = _read(work, data, filename, answers, key)
        if reading.faults or reading.draft is None:
            raise BadInput(reading.faults)
        if reading.questions:
            raise OpenQuestions(reading.questions)
        numbered = _with_ids(work, _under_key(reading.draft, key))
        changes = _changes(numbered)
        _save(work, numbered, now)
        counts = {str(effect): sum(1 for one in changes if one.effect is effect) for effect in Effect}
        fair = numbered.draft.fair
        audit.record(work, now, actor.label, "import", "fair", fair.id, {}, {"file": filename, **counts})
        return Imported(fair=fair, changes=changes)


def _read(work: Session, data: bytes, filename: str, answers: Mapping[str, str], key: str | None) -> Reading:
    """A file with one list alone leaves the others of a fair that is there already as they are."""
    fair = fairs.find_fair(work, key) if key is not None else None
    existing = draft_of(work, fair) if fair is not None else None
    return read(data, filename, answers=answers, existing=existing, default_key=key)


def _under_key(draft: FairDraft, key: str | None) -> FairDraft:
    return draft if key is None else replace(draft, fair=replace(draft.fair, key=key))


def _with_ids(work: Session, draft: FairDraft) -> Numbered:
    stored = _stored(work, draft.fair.key)
    ids = _ids_of_people(work, draft)
    fair_id = stored.fair.id if stored.fair is not None else new_id("fair")
    fair = replace(draft.fair, id=fair_id)
    if stored.fair is not None:
        fair = replace(fair, state=stored.fair.state)
    if draft.programme is not None:
        found = fairs.find_programme(work, draft.programme.key)
        programme = replace(draft.programme, id=found.id if found is not None else new_id("prog"))
        fair, draft = replace(fair, programme_id=programme.id), replace(draft, programme=programme)
    match_ids = {match.id: _match_id(match, ids, stored) for match in draft.matches}
    renamed = replace(
        draft,
        fair=fair,
        companies=tuple(_company(one, ids) for one in draft.companies),
        buyers=tuple(replace(one, id=ids[one.id]) for one in draft.buyers),
        interpreters=tuple(replace(one, id=ids[one.id]) for one in draft.interpreters),
        rooms=tuple(replace(one, id=ids[one.id]) for one in draft.rooms),
        matches=tuple(_match(one, ids, match_ids) for one in draft.matches),
        pins=tuple(_pin(one, ids, match_ids) for one in draft.pins),
    )
    return Numbered(draft=_with_absences(work, renamed, stored), stored=stored, ids=ids)


def _with_absences(work: Session, draft: FairDraft, stored: Stored) -> FairDraft:
    """A workbook knows nothing of who has been reported away since; they stay away."""
    hours: dict[str, Hours] = {one.id: one.hours for one in _people(draft)}
    for noted in drafts.progress_of_published(work, draft.fair.id):
        before = stored.resources.get(str(noted.get("resource_id")))
        if before is not None and before.id in hours:
            away = away_from_json(noted["away"])
            hours[before.id] = hours_still_without(hours[before.id], before.hours, away)

    return replace(
        draft,
        companies=tuple(replace(one, hours=hours[one.id]) for one in draft.companies),
        buyers=tuple(replace(one, hours=hours[one.id]) for one in draft.buyers),
        interpreters=tuple(replace(one, hours=hours[one.id]) for one in draft.interpreters),
        rooms=tuple(replace(one, hours=hours[one.id]) for one in draft.rooms),
    )


def _stored(work: Session, key: str) -> Stored:
    fair = fairs.find_fair(work, key)
    if fair is None:
        return Stored(fair=None, resources={}, matches={}, booked=frozenset())
    everyone = people.people_of(work, fair.id)
    live = [meeting for meeting in meetings.meetings_of_fair(work, fair.id) if meeting.is_live]
    booked = {one for meeting in live for one in (*meeting.resource_ids, meeting.match_id or "")}
    return Stored(
        fair=fair,
        resources={one.id: one for one in everyone.everyone},
        matches={(match.company_id, match.buyer_id): match for match in matches.matches_of(work, fair.id)},
        booked=frozenset(booked),
    )


def _ids_of_people(work: Session, draft: FairDraft) -> dict[str, str]:
    ids: dict[str, str] = {}
    groups: tuple[tuple[Kind, tuple[Resource, ...]], ...] = (
        (Kind.COMPANY, draft.companies),
        (Kind.BUYER, draft.buyers),
        (Kind.INTERPRETER, draft.interpreters),
        (Kind.ROOM, draft.rooms),
    )
    for kind, group in groups:
        known = people.ids_by_key(work, kind, (one.id for one in group))
        ids |= {one.id: known.get(one.id) or new_id(_PREFIXES[kind]) for one in group}
    return ids


def _company(company: Company, ids: Mapping[str, str]) -> Company:
    room = ids.get(company.preferred_room_id) if company.preferred_room_id is not None else None
    return replace(company, id=ids[company.id], preferred_room_id=room)


def _match_id(match: Match, ids: Mapping[str, str], stored: Stored) -> str:
    found = stored.matches.get((ids[match.company_id], ids[match.buyer_id]))
    return found.id if found is not None else new_id("mat")


def _match(match: Match, ids: Mapping[str, str], match_ids: Mapping[str, str]) -> Match:
    return replace(
        match, id=match_ids[match.id], company_id=ids[match.company_id], buyer_id=ids[match.buyer_id]
    )


def _pin(pin: Placement, ids: Mapping[str, str], match_ids: Mapping[str, str]) -> Placement:
    return replace(
        pin,
        match_id=match_ids[pin.match_id],
        company_id=ids[pin.company_id],
        buyer_id=ids[pin.buyer_id],
        interpreter_ids=tuple(ids[one] for one in pin.interpreter_ids),
        room_id=ids[pin.room_id] if pin.room_id is not None else None,
    )


def _changes(numbered: Numbered) -> tuple[Change, ...]:
    draft, stored = numbered.draft, numbered.stored
    named = [_change("fair", draft.fair.name, stored.fair, draft.fair)]
    for one in _people(draft):
        named.append(_change(str(kind_of(one)), one.name, stored.resources.get(one.id), one))
    names = {one.id: one.name for one in (*_people(draft), *stored.resources.values())}
    for match in draft.matches:
        found = stored.matches.get((match.company_id, match.buyer_id))
        named.append(_change("match", _pair(match, names), found, match))
    return (*named, *_gone(draft, stored, names))


def _change(subject: str, name: str, before: object, after: object) -> Change:
    if before is None:
        return Change(subject=subject, name=name, effect=Effect.CREATED)
    return Change(subject=subject, name=name, effect=Effect.UNCHANGED if before == after else Effect.UPDATED)


def _gone(draft: FairDraft, stored: Stored, names: Mapping[str, str]) -> list[Change]:
    def gone(subject: str, name: str, subject_id: str) -> Change:
        effect = Effect.KEPT if subject_id in stored.booked else Effect.REMOVED
        return Change(subject=subject, name=name, effect=effect)

    return [
        *(gone("match", _pair(one, names), one.id) for one in _matches_gone(draft, stored)),
        *(gone(str(kind_of(one)), one.name, one.id) for one in _people_gone(draft, stored)),
    ]


def _matches_gone(draft: FairDraft, stored: Stored) -> list[Match]:
    still = {match.id for match in draft.matches}
    return [match for match in stored.matches.values() if match.id not in still]


def _people_gone(draft: FairDraft, stored: Stored) -> list[Resource]:
    still = {one.id for one in _people(draft)}
    return [one for one in stored.resources.values() if one.id not in still]


def _people(draft: FairDraft) -> tuple[Resource, ...]:
    return (*draft.companies, *draft.buyers, *draft.interpreters, *draft.rooms)


def _pair(match: Match, names: Mapping[str, str]) -> str:
    return f"{names[match.company_id]} – {names[match.buyer_id]}"


def _save(work: Session, numbered: Numbered, now: datetime) -> None:
    draft, stored = numbered.draft, numbered.stored
    if draft.programme is not None:
        fairs.save_programme(work, draft.programme)
    fairs.save_fair(work, draft.fair, now)
    keys = {id_: key for key, id_ in numbered.ids.items()}
    for position, one in enumerate(_people(draft)):
        people.save_resource(work, one, keys[one.id], draft.fair.id, position)
    for match in draft.matches:
        matches.save_match(work, draft.fair.id, match)
    _remove_gone(work, draft, stored)
    rank_by_wishes(work, draft.fair.id)
    wanted = {pin.match_id for pin in draft.pins}
    for pin in matches.pins_of(work, draft.fair.id):
        if pin.match_id not in wanted:
            matches.remove_pin(work, pin.match_id)
    for pin in draft.pins:
        matches.save_pin(work, draft.fair.id, pin)


def _remove_gone(work: Session, draft: FairDraft, stored: Stored) -> None:
    # Whoever has a session already stays until it is cancelled: an import never breaks what was promised.
    for match in _matches_gone(draft, stored):
        if match.id not in stored.booked:
            matches.remove_match(work, match.id)
    for one in _people_gone(draft, stored):
        if one.id not in stored.booked:
            people.remove_participation(work, draft.fair.id, one.id)


_PREFIXES = {Kind.COMPANY: "com", Kind.BUYER: "buy", Kind.INTERPRETER: "int", Kind.ROOM: "room"}
