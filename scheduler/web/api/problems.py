"""Refusals as problem details (RFC 9457): the same types and statuses as the pages have."""

import json
import logging
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, make_response
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from scheduler.booking.errors import BadInput, Fault, Refusal, RulesBroken, SlotTaken, StaleRevision
from scheduler.booking.slot import Slot
from scheduler.services.api_keys import KeyRefused, ScopeMissing
from scheduler.services.import_fair import OpenQuestions
from scheduler.storage.errors import StorageUnavailable
from scheduler.timezones.errors import TimeError
from scheduler.web.api.answering import TagMissing, TagOutdated
from scheduler.web.api.reader import reader_language
from scheduler.web.errors import status_of

_LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
_OF_THE_BODY = frozenset({"content-type", "content-length"})
_COME_BACK_SECONDS = 5


class Problem(BaseModel):
    """RFC 9457. `errors` are single facts: what is wrong, where, and what would be right."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[dict[str, Any]] = []
    nearest: list[dict[str, str]] = []


def add_problems(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(TimeError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def not_understood(error: ValidationError) -> Response:
    """Every fault of a request at once, each with the place it stands at."""
    errors = [
        {"place": ".".join(str(one) for one in fault["loc"]), "wrong": fault["msg"]}
        for fault in error.errors()
    ]
    return problem(422, "invalid-request", "The request is not what this operation takes", errors=errors)


def problem(
    status: int,
    kind: str,
    title: str,
    *,
    detail: str = "",
    headers: dict[str, str] | None = None,
    **facts: Any,
) -> Response:
    said = Problem(type=f"urn:sangdam:{kind}", title=title, status=status, detail=detail, **facts)
    body = json.dumps(said.model_dump(exclude_defaults=True), ensure_ascii=False)
    return make_response(body, status, {"Content-Type": MEDIA_TYPE, **(headers or {})})


def _refused(refusal: Refusal | TimeError) -> Response:
    language = reader_language()
    return problem(
        _status(refusal),
        _kind(refusal),
        refusal.phrase.text(language),
        headers=_headers(refusal),
        errors=list(_errors(refusal, language)),
        nearest=[_slot(one) for one in refusal.nearest] if isinstance(refusal, SlotTaken) else [],
    )


def _headers(refusal: Exception) -> dict[str, str]:
    if isinstance(refusal, KeyRefused):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(refusal, StorageUnavailable):
        return {"Retry-After": str(_COME_BACK_SECONDS)}
    return {}


def _status(refusal: Exception) -> int:
    if isinstance(refusal, KeyRefused):
        return 401
    if isinstance(refusal, ScopeMissing):
        return 403
    if isinstance(refusal, StaleRevision | TagOutdated):
        return 412
    if isinstance(refusal, TagMissing):
        return 428
    return status_of(refusal)


def _errors(refusal: Exception, language: str) -> Iterable[dict[str, Any]]:
    if isinstance(refusal, BadInput):
        yield from (_fault(one, language) for one in refusal.faults)
    if isinstance(refusal, OpenQuestions):
        for one in refusal.questions:
            yield {"place": one.key, "wrong": one.wrong.text(language), "mend": one.right.text(language)}
    if isinstance(refusal, RulesBroken):
        yield from ({"rule": str(one.rule), "wrong": one.phrase.text(language)} for one in refusal.conflicts)
    if isinstance(refusal, SlotTaken):
        for taken in refusal.taken:
            yield {"resource_id": taken.resource_id, **_slot(taken.slot)}


def _fault(fault: Fault, language: str) -> dict[str, Any]:
    said = {"place": fault.place, "wrong": fault.wrong.text(language)}
    return said if fault.mend is None else {**said, "mend": fault.mend.text(language)}


def _slot(slot: Slot) -> dict[str, str]:
    return {"start_at": slot.start_at.isoformat(), "end_at": slot.end_at.isoformat()}


def _kind(refusal: Exception) -> str:
    """`SlotTaken` is `slot-taken`."""
    name = type(refusal).__name__
    return "".join(f"-{one.lower()}" if one.isupper() and at else one.lower() for at, one in enumerate(name))


def _http(error: HTTPException) -> Response:
    # Such as Allow, without which a 405 does not say what may be done.
    rest = {name: value for name, value in error.get_headers() if name.lower() not in _OF_THE_BODY}
    kind = (error.name or "error").lower().replace(" ", "-")
    return problem(error.code or 500, kind, error.name or "", headers=rest)


def _failed(error: Exception) -> Response:
    _LOG.exception("an operation of the interface failed")
    return problem(500, "internal", "Something went wrong on our side; nothing was changed")
