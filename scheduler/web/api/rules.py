"""The rules of one fair: picking by companies, reminders, and what counts how much in its grid.

Each is read with an entity tag and changed under it: what is left out stays as it is.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from scheduler.booking.errors import ChangedMeanwhile
from scheduler.booking.picking import PickingRules
from scheduler.services import grid_wishes, picking_rules, remind
from scheduler.services.api_keys import Scope
from scheduler.services.grid_wishes import Level
from scheduler.services.reminder_rules import KINDS, ReminderRules
from scheduler.timezones.wall import to_wall
from scheduler.web.api import managed, shapes
from scheduler.web.api.access import SECURITY, actor, needs, operation_id
from scheduler.web.api.answering import TagMissing, TagOutdated, answered
from scheduler.web.site import site

rules = APIBlueprint(
    "api_rules",
    __name__,
    url_prefix="/fairs/<string:key>/rules",
    abp_tags=[Tag(name="rules")],
    abp_security=SECURITY,
    operation_id_callback=operation_id,
)


@rules.get("/picking", summary="How companies pick", responses={200: managed.Picking})
@needs(Scope.READ)
def read_picking(path: shapes.FairPath) -> Response:
    _, found = picking_rules.picking_rules(site().database, path.key)
    return _tagged(_picking(found))


@rules.patch("/picking", summary="Change how companies pick", responses={200: managed.Picking})
@needs(Scope.MANAGE, "If-Match")
def change_picking(path: shapes.FairPath, body: managed.PickingChange) -> Response:
    """Needs the header `If-Match` with the entity tag of the rules."""
    fair, seen = picking_rules.picking_rules(site().database, path.key)
    given = {name: _written(getattr(body, name), fair.zone) for name in body.model_fields_set}
    with _decided_on(_picking(seen)):
        done = picking_rules.set_picking_rules(
            site().database, path.key, given, now=site().clock(), actor=actor(), seen=seen
        )
    return _tagged(_picking(done))


@rules.get("/reminders", summary="When people are reminded", responses={200: managed.Reminders})
@needs(Scope.READ)
def read_reminders(path: shapes.FairPath) -> Response:
    return _tagged(_reminders(remind.reminders_of(site().database, site().settings, path.key)))


@rules.patch("/reminders", summary="Change when people are reminded", responses={200: managed.Reminders})
@needs(Scope.MANAGE, "If-Match")
def change_reminders(path: shapes.FairPath, body: managed.RemindersChange) -> Response:
    """Needs the header `If-Match`. A rule is `day` for 09:00 of the day before, or minutes before the start."""
    database, settings = site().database, site().settings
    seen = remind.reminders_of(database, settings, path.key)
    wanted = {kind: ones for kind in KINDS if (ones := getattr(body, kind)) is not None}
    with _decided_on(_reminders(seen)):
        remind.set_reminders(
            database, settings, path.key, wanted, now=site().clock(), actor=actor(), seen=seen
        )
    return _tagged(_reminders(remind.reminders_of(database, settings, path.key)))


@rules.get("/grid", summary="What counts how much in the grid", responses={200: managed.GridWishes})
@needs(Scope.READ)
def read_wishes(path: shapes.FairPath) -> Response:
    return _tagged(_wishes(grid_wishes.grid_wishes_of(site().database, path.key)))


@rules.patch("/grid", summary="Change what counts how much", responses={200: managed.GridWishes})
@needs(Scope.MANAGE, "If-Match")
def change_wishes(path: shapes.FairPath, body: managed.GridWishesChange) -> Response:
    """Needs the header `If-Match`. It holds from the next grid that is built."""
    database, settings = site().database, site().settings
    seen = grid_wishes.grid_wishes_of(database, path.key)
    chosen = body.model_dump(exclude_none=True)
    with _decided_on(_wishes(seen)):
        done = grid_wishes.save_grid_wishes(
            database, settings, path.key, chosen, now=site().clock(), actor=actor(), seen=seen
        )
    return _tagged(_wishes(done))


def _picking(found: PickingRules) -> managed.Picking:
    return managed.Picking.model_validate(found, from_attributes=True)


def _reminders(found: ReminderRules) -> managed.Reminders:
    return managed.Reminders(**{kind: list(found.of(kind)) for kind in KINDS})


def _wishes(found: Mapping[str, Level]) -> managed.GridWishes:
    return managed.GridWishes(**{name: str(level) for name, level in found.items()})


def _tagged(body: BaseModel) -> Response:
    answer = answered(body)
    answer.set_etag(_tag(body))
    answer.make_conditional(request)
    return answer


def _tag(body: BaseModel) -> str:
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:16]


@contextmanager
def _decided_on(body: BaseModel) -> Iterator[None]:
    """A change decided on other rules than these could undo somebody else's. The use case compares once more, where
    nobody else can change them.
    """
    if not request.if_match.as_set():
        raise TagMissing
    if _tag(body) not in request.if_match.as_set():
        raise TagOutdated
    try:
        yield
    except ChangedMeanwhile:
        raise TagOutdated from None


def _written(value: object, zone: str) -> str:
    """As a form writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        try:
            return to_wall(value, zone).isoformat("T", "minutes")
        except OverflowError:
            return "?"
    return "" if value is None else str(value)
