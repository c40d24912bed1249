"""What all pages of a company share: whose they are, and how a refusal is shown on the page it concerns."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, request

from scheduler.booking.errors import NobodyFree, Refusal, SlotTaken
from scheduler.booking.slot import Slot
from scheduler.timezones.errors import TimeError
from scheduler.timezones.wall import as_utc
from scheduler.web.errors import points_of
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

company = Blueprint("company", __name__, url_prefix="/my")
_TOKEN_LENGTHS = range(16, 65)


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why something could not be done, and the nearest moments that can be picked in its stead."""

    refusal: Refusal
    nearest: tuple[Slot, ...] = ()

    @property
    def heading(self) -> Phrase:
        if isinstance(self.refusal, SlotTaken):
            return Phrase("This moment is no longer free.")
        return self.refusal.phrase

    @property
    def points(self) -> tuple[object, ...]:
        """The single reasons; of a moment that is gone, who or what is not free."""
        if not isinstance(self.refusal, SlotTaken):
            return points_of(self.refusal)
        return tuple(
            Phrase("%(name)s: booked meanwhile", name=one.name) if one.resource_id else one.name
            for one in self.refusal.taken
        )


def refused(refusal: Refusal) -> Refused:
    nearest = refusal.nearest if isinstance(refusal, SlotTaken | NobodyFree) else ()
    return Refused(refusal=refusal, nearest=nearest)


def own_id() -> str:
    """The company whose pages these are."""
    resource_id = this_person().resource_id
    if resource_id is None:
        abort(403)
    return resource_id


def fresh_token() -> str:
    """Names one rendering of a page, so that its form counts once."""
    return secrets.token_urlsafe(12)


def sent_token() -> str:
    token = request.form.get("token", "")
    if len(token) not in _TOKEN_LENGTHS or not token.isascii():
        abort(400)
    return token


def sent_moment(name: str = "start") -> datetime:
    """An instant from a button, with its offset; anything else is no button of ours."""
    try:
        return as_utc(datetime.fromisoformat(request.form.get(name, "")))
    except (ValueError, OverflowError, TimeError):
        abort(400)


def surroundings() -> dict[str, object]:
    """What every page of a company shows times by."""
    return {"home_zone": site().settings.home_zone, "now": site().clock()}
