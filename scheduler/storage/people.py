"""People and rooms: who they are everywhere, and the facts that hold for one fair.

A resource keeps its identity, how it is reached, and defaults. At a fair its hours and the facts named in
`OF_A_FAIR` are that fair's own: another workbook with other hours leaves the first fair as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.people import (
    Buyer,
    Company,
    Contact,
    Interpreter,
    Kind,
    Resource,
    Room,
    kind_of,
)
from scheduler.storage.people_json import OF_A_FAIR, KeptResource, details_of, resource_from
from scheduler.storage.prepared import Listed, Prepared, among
from scheduler.storage.statements import upsert
from scheduler.storage.tables import MatchTable, ParticipationTable, ResourceTable, table_of

RESOURCE = table_of(ResourceTable)
PARTICIPATION = table_of(ParticipationTable)
MATCH = table_of(MatchTable)
_KEPT = tuple(
    cast(RESOURCE.c[name], Text) if name in {"hours", "details"} else RESOURCE.c[name]
    for name in KeptResource._fields
    if not name.startswith("fair_")
)
_PART = (cast(PARTICIPATION.c.hours, Text), cast(PARTICIPATION.c.details, Text))
_TAKING_PART = (
    select(*_KEPT, *_PART)
    .join_from(RESOURCE, PARTICIPATION, PARTICIPATION.c.resource_id == RESOURCE.c.id)
    .where(PARTICIPATION.c.fair_id == bindparam("fair"), RESOURCE.c.is_active)
    .order_by(PARTICIPATION.c.position, RESOURCE.c.key)
)
_IDS: BindParameter[Any] = bindparam("ids", type_=Listed())
_THESE = Prepared(_TAKING_PART.where(among(PARTICIPATION.c.resource_id, _IDS)))
_OF_MATCH = MATCH.c.id == bindparam("match")
_SIDES = union_all(select(MATCH.c.company_id).where(_OF_MATCH), select(MATCH.c.buyer_id).where(_OF_MATCH))
_STILL = Prepared(
    select(PARTICIPATION.c.resource_id)
    .where(
        PARTICIPATION.c.fair_id == bindparam("fair"),
        among(PARTICIPATION.c.resource_id, _IDS) | PARTICIPATION.c.resource_id.in_(_SIDES),
    )
    .order_by(PARTICIPATION.c.resource_id)
    .with_for_update(key_share=True)
)
_EVERYBODY_STILL = (
    select(PARTICIPATION.c.resource_id)
    .where(PARTICIPATION.c.fair_id == bindparam("fair"))
    .order_by(PARTICIPATION.c.resource_id)
    .with_for_update(key_share=True)
)
_IDS_BY_KEY = Prepared(
    select(RESOURCE.c.key, RESOURCE.c.id).where(
        RESOURCE.c.kind == bindparam("kind"), among(RESOURCE.c.key, bindparam("keys", type_=Listed()))
    )
)
_KEYS_BY_ID = Prepared(select(RESOURCE.c.id, RESOURCE.c.key).where(among(RESOURCE.c.id, _IDS)))
_OF_KINDS = Prepared(_TAKING_PART.where(among(RESOURCE.c.kind, bindparam("kinds", type_=Listed()))))
_AT_FAIR = and_(PARTICIPATION.c.resource_id == RESOURCE.c.id, PARTICIPATION.c.fair_id == bindparam("fair"))
_FAIRS_OF = Prepared(
    select(PARTICIPATION.c.fair_id)
    .where(PARTICIPATION.c.resource_id == bindparam("resource"))
    .order_by(PARTICIPATION.c.fair_id)
)
_BY_ID = Prepared(
    select(*_KEPT, *_PART)
    .select_from(RESOURCE.outerjoin(PARTICIPATION, _AT_FAIR))
    .where(among(RESOURCE.c.id, _IDS))
)


@dataclass(frozen=True, kw_only=True)
class FairPeople:
    """Everybody who takes part in a fair, each kind in its order."""

    companies: tuple[Company, ...] = ()
    buyers: tuple[Buyer, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    rooms: tuple[Room, ...] = ()

    @property
    def everyone(self) -> tuple[Resource, ...]:
        return (*self.companies, *self.buyers, *self.interpreters, *self.rooms)


def save_resource(
    work: Session, resource: Resource, key: str, fair_id: str | None = None, position: int = 0
) -> None:
    """Store a resource, or what has changed of it, and its part in a fair.

    With `fair_id`, hours and the facts of a fair are kept for that fair; they also become the resource's
    defaults when it is new. Without, they are written as its defaults.
    """
    kept = work.execute(select(RESOURCE).where(RESOURCE.c.id == resource.id)).one_or_none()
    hours, details = resource.hours.to_json(), details_of(resource)
    row = {**_identity_row(resource, key), "hours": hours, "details": details}
    if kept is None:
        work.execute(insert(RESOURCE).values({**row, "is_active": True}))
    else:
        if fair_id is not None:
            row |= {"hours": kept.hours, "details": {**details, **_facts_of_a_fair(kept.details)}}
        work.execute(update(RESOURCE).where(RESOURCE.c.id == resource.id).values(row))
    if fair_id is not None:
        part = {
            "fair_id": fair_id,
            "resource_id": resource.id,
            "position": position,
            "hours": hours,
            "details": _facts_of_a_fair(details),
        }
        upsert(work, PARTICIPATION, part)


def set_active(work: Session, resource_id: str, *, is_active: bool) -> None:
    """An inactive resource takes part in nothing; what it did stays."""
    work.execute(update(RESOURCE).where(RESOURCE.c.id == resource_id).values(is_active=is_active))


def remove_participation(work: Session, fair_id: str, resource_id: str) -> None:
    """Take a resource out of a fair. Its matches there must have gone before: the database refuses otherwise."""
    its = (PARTICIPATION.c.fair_id == fair_id, PARTICIPATION.c.resource_id == resource_id)
    work.execute(delete(PARTICIPATION).where(*its))


def find_by_key(work: Session, kind: Kind, key: str) -> Resource | None:
    """With its defaults, not those of a fair."""
    row = work.execute(select(*_KEPT).where(RESOURCE.c.kind == kind, RESOURCE.c.key == key)).one_or_none()
    return None if row is None else _resource_from(row)


def get_resource(work: Session, resource_id: str, fair_id: str | None = None) -> Resource:
    """As it is at a fair, or with its defaults."""
    found = resources_by_id(work, [resource_id], fair_id)
    if not found:
        raise NotFound(kind="resource", key=resource_id)
    return found[resource_id]


def reached_at(work: Session, email: str) -> tuple[Resource, ...]:
    """Everybody with this mail address, in whatever case it is written."""
    rows = work.execute(select(*_KEPT).where(func.lower(RESOURCE.c.email) == email.lower()))
    return tuple(_resource_from(row) for row in rows)


def keys_of(work: Session, kind: Kind) -> dict[str, str]:
    """Key -> id of all of a kind."""
    rows = work.execute(select(RESOURCE.c.key, RESOURCE.c.id).where(RESOURCE.c.kind == kind))
    return {row.key: row.id for row in rows}


def ids_by_key(work: Session, kind: Kind, keys: Iterable[str]) -> dict[str, str]:
    """Key -> id of those of a kind that there are."""
    rows = _IDS_BY_KEY.rows(work, kind=str(kind), keys=sorted(set(keys)))
    return {row.key: row.id for row in rows}


def keys_by_id(work: Session, ids: Iterable[str]) -> dict[str, str]:
    """Id -> key."""
    return {row.id: row.key for row in _KEYS_BY_ID.rows(work, ids=sorted(set(ids)))}


def people_of(work: Session, fair_id: str) -> FairPeople:
    """Everybody who takes part in a fair and is active."""
    return _sorted_by_kind(_of_fair(work, fair_id))


def some_of(
    work: Session, fair_id: str, resource_ids: Iterable[str], kinds: Iterable[Kind]
) -> dict[str, Resource]:
    """Of those who take part in a fair and are active: these, and all of the given kinds."""
    rows = _THESE.rows(work, fair=fair_id, ids=sorted(set(resource_ids)))
    wanted = sorted(map(str, kinds))
    if wanted:
        rows += _OF_KINDS.rows(work, fair=fair_id, kinds=wanted)
    return {row.id: _resource_from(row) for row in rows}


def hold_still(work: Session, fair_id: str, resource_ids: Iterable[str], match_id: str | None = None) -> bool:
    """Whatever else counts or changes what these do at the fair waits until this transaction ends; the sides of a
    match as well, where one is named.

    The claim key keeps sessions apart; a limit of sessions a day is counted, and two transactions that count at
    once would both be right. SQLite has one writer at a time, so nothing is done there: False.
    """
    if work.get_bind().dialect.name == "sqlite":
        return False
    _STILL.rows(work, fair=fair_id, ids=sorted(set(resource_ids)), match=match_id or "")
    return True


def hold_everybody_still(work: Session, fair_id: str) -> None:
    """The same for all who take part, where it is decided about all of them together."""
    if work.get_bind().dialect.name != "sqlite":
        work.execute(_EVERYBODY_STILL, {"fair": fair_id})


def companies_of(work: Session, fair_id: str) -> tuple[Company, ...]:
    return _sorted_by_kind(_of_fair(work, fair_id, Kind.COMPANY)).companies


def buyers_of(work: Session, fair_id: str) -> tuple[Buyer, ...]:
    return _sorted_by_kind(_of_fair(work, fair_id, Kind.BUYER)).buyers


def interpreters_of(work: Session, fair_id: str) -> tuple[Interpreter, ...]:
    return _sorted_by_kind(_of_fair(work, fair_id, Kind.INTERPRETER)).interpreters


def rooms_of(work: Session, fair_id: str) -> tuple[Room, ...]:
    return _sorted_by_kind(_of_fair(work, fair_id, Kind.ROOM)).rooms


def all_rooms(work: Session) -> tuple[Room, ...]:
    """Every active room with its defaults, by key: what can be booked outside any fair."""
    active = (RESOURCE.c.kind == Kind.ROOM, RESOURCE.c.is_active)
    rows = work.execute(select(*_KEPT).where(*active).order_by(RESOURCE.c.key))
    return _sorted_by_kind([_resource_from(row) for row in rows]).rooms


def resources_by_id(work: Session, ids: Iterable[str], fair_id: str | None = None) -> dict[str, Resource]:
    """Those that exist, also inactive ones: as they are at the fair where they take part, else by default."""
    asked = sorted(set(ids))
    rows = _BY_ID.rows(work, fair=fair_id or "", ids=asked) if asked else ()
    return {row.id: _resource_from(row) for row in rows}


def fair_ids_of(work: Session, resource_id: str) -> tuple[str, ...]:
    """The fairs a resource takes part in."""
    return tuple(row[0] for row in _FAIRS_OF.rows(work, resource=resource_id))


def _of_fair(work: Session, fair_id: str, kind: Kind | None = None) -> list[Resource]:
    if kind is None:
        rows = work.execute(_TAKING_PART, {"fair": fair_id}).all()
    else:
        rows = _OF_KINDS.rows(work, fair=fair_id, kinds=[str(kind)])
    return [_resource_from(row) for row in rows]


def _sorted_by_kind(resources: Iterable[Resource]) -> FairPeople:
    everyone = tuple(resources)
    return FairPeople(
        companies=tuple(one for one in everyone if isinstance(one, Company)),
        buyers=tuple(one for one in everyone if isinstance(one, Buyer)),
        interpreters=tuple(one for one in everyone if isinstance(one, Interpreter)),
        rooms=tuple(one for one in everyone if isinstance(one, Room)),
    )


def _identity_row(resource: Resource, key: str) -> dict[str, Any]:
    contact = Contact() if isinstance(resource, Room) else resource.contact
    return {
        "id": resource.id,
        "kind": str(kind_of(resource)),
        "key": key,
        "name": resource.name,
        "name_en": "" if isinstance(resource, Buyer) else resource.name_en,
        "person": contact.person,
        "email": contact.email,
        "phone": contact.phone,
        "language": contact.language,
        "country": resource.country if isinstance(resource, Buyer) else "",
        "city": resource.city if isinstance(resource, Buyer) else "",
    }


def _facts_of_a_fair(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if name in OF_A_FAIR}


def _resource_from(row: Iterable[Any]) -> Resource:
    return resource_from(KeptResource(*row))
