"""Requests: one side of a fair asks the other for a session."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, select, update
from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.storage.prepared import Prepared
from scheduler.storage.statements import upsert
from scheduler.storage.tables import RequestTable, table_of

REQUEST = table_of(RequestTable)
_IN_ORDER = select(REQUEST).order_by(REQUEST.c.created_at.desc(), REQUEST.c.id)
# Made once: companies look at buyers all day.
_OF_RESOURCE = Prepared(
    _IN_ORDER.where(
        REQUEST.c.fair_id == bindparam("fair"),
        (REQUEST.c.company_id == bindparam("resource")) | (REQUEST.c.buyer_id == bindparam("resource")),
    )
)
_OPEN_TO = Prepared(
    _IN_ORDER.where(
        REQUEST.c.company_id == bindparam("company"),
        REQUEST.c.asked_by == "buyer",
        REQUEST.c.state == "open",
    )
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """`asked_by` is company or buyer; `state` open, accepted, declined, withdrawn or expired."""

    id: str
    fair_id: str
    company_id: str
    buyer_id: str
    asked_by: str
    state: str
    created_at: datetime
    expires_at: datetime
    message: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""


def save_request(work: Session, request: Request) -> None:
    """A second open one between the same two ends the transaction with AlreadyThere(table="request")."""
    upsert(work, REQUEST, asdict(request), keep=("created_at",))


def get_request(work: Session, request_id: str) -> Request:
    found = _find(work, REQUEST.c.id == request_id)
    if not found:
        raise NotFound(kind="request", key=request_id)
    return found[0]


def find_open_request(work: Session, fair_id: str, company_id: str, buyer_id: str) -> Request | None:
    pair = (REQUEST.c.fair_id == fair_id, REQUEST.c.company_id == company_id, REQUEST.c.buyer_id == buyer_id)
    return next(iter(_find(work, *pair, REQUEST.c.state == "open")), None)


def requests_of_fair(work: Session, fair_id: str, resource_id: str | None = None) -> tuple[Request, ...]:
    """The newest first; of one company or buyer only where it is given."""
    if resource_id is None:
        return _find(work, REQUEST.c.fair_id == fair_id)
    rows = _OF_RESOURCE.rows(work, fair=fair_id, resource=resource_id)
    return tuple(Request(**row._asdict()) for row in rows)


def open_requests_to(work: Session, company_id: str) -> tuple[Request, ...]:
    """Those of buyers that a company has not answered, in all fairs."""
    return tuple(Request(**row._asdict()) for row in _OPEN_TO.rows(work, company=company_id))


def answer_request(
    work: Session, request_id: str, state: str, *, now: datetime, answered_by: str, only_from: str = "open"
) -> bool:
    """Whether it was still open: of two answers at once the first counts."""
    still = (REQUEST.c.id == request_id) & (REQUEST.c.state == only_from)
    values = {"state": state, "answered_at": now, "answered_by": answered_by}
    done = update(REQUEST).where(still).values(values).returning(REQUEST.c.id)
    return work.execute(done).one_or_none() is not None


def expire_requests(work: Session, now: datetime) -> tuple[str, ...]:
    """Close those that nobody has answered in time; their ids."""
    late = (REQUEST.c.state == "open") & (REQUEST.c.expires_at <= now)
    values = {"state": "expired", "answered_at": now, "answered_by": "system"}
    return tuple(work.scalars(update(REQUEST).where(late).values(values).returning(REQUEST.c.id)))


def _find(work: Session, *conditions: ColumnElement[bool]) -> tuple[Request, ...]:
    rows = work.execute(_IN_ORDER.where(*conditions)).all()
    return tuple(_request_from(row) for row in rows)


def _request_from(row: Row[Any]) -> Request:
    return Request(**row._mapping)
