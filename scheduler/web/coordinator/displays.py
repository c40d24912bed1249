"""Addresses of the screens at doors and in the waiting area."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.services.display import make_display, renew_display
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

displays = Blueprint("displays", __name__, url_prefix="/fairs/<key>/displays")


@displays.post("/")
def make(key: str) -> AnyResponse:
    """For the room named in the form; without one, for the waiting area of the fair."""
    make_display(
        site().database, site().settings, key, _room(), now=site().clock(), actor=this_person().actor
    )
    flash(Phrase("The screen has its address.").text(language()), "good")
    return _to_rooms(key)


@displays.post("/renew")
def renew(key: str) -> AnyResponse:
    renew_display(
        site().database, site().settings, key, _room(), now=site().clock(), actor=this_person().actor
    )
    flash(
        Phrase("The screen has a new address; the old one shows nothing any more.").text(language()), "good"
    )
    return _to_rooms(key)


def _room() -> str | None:
    return request.form.get("room") or None


def _to_rooms(key: str) -> AnyResponse:
    return redirect(url_for("participants.index", key=key, tab="rooms"), code=303)
