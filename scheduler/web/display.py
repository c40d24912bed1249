"""The screens of rooms and waiting areas behind their address: a page, and the small answer it asks for again."""

from datetime import datetime

from flask import Blueprint, Response, jsonify, render_template

from scheduler.booking.fair import day_at
from scheduler.services.display import Notice, RoomScreen, Screen, open_display
from scheduler.timezones import labels
from scheduler.timezones.abbreviation import zone_abbreviation
from scheduler.web.filters import asset, away_time, country, pairs
from scheduler.web.headers import keep_to_the_reader
from scheduler.web.language import language
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address
from scheduler.wording import Phrase

display = Blueprint("display", __name__, url_prefix="/display")

NEXT = 3
_BOOKED = Phrase("Booked")
_SCRIPT = "js/display.js"


@display.after_request
def _private(response: Response) -> Response:
    return keep_to_the_reader(response)


@display.get("/<token>")
@guesses_by_address
def screen(token: str) -> str:
    shown, now = _opened(token)
    return render_template("room/screen.html", state=_state(shown, now), token=token, next_count=NEXT)


@display.get("/<token>.json")
@guesses_by_address
def state(token: str) -> Response:
    """Everything of today and tomorrow, so that the screen can go on by itself when the network drops."""
    shown, now = _opened(token)
    return jsonify(_state(shown, now))


def _opened(token: str) -> tuple[Screen, datetime]:
    now = site().clock()
    return open_display(site().database, site().settings, token, now=now), now


def _state(shown: Screen, now: datetime) -> dict[str, object]:
    title = shown.title if language() == "ko" else shown.title_en or shown.title
    return {
        "now": _milliseconds(now),
        "version": asset(_SCRIPT),
        "is_door": shown.is_door,
        "title": title,
        "today": labels.full_day_label(day_at(now, shown.zone), language()),
        "clock": labels.local_time(now, shown.zone),
        "zone": shown.zone,
        "rooms": [_room(room, shown.zone, now) for room in shown.rooms],
    }


def _room(room: RoomScreen, zone: str, now: datetime) -> dict[str, object]:
    name = room.name if language() == "ko" else room.name_en
    return {"name": name, "sessions": [_session(one, zone, now) for one in room.sessions]}


def _session(one: Notice, zone: str, now: datetime) -> dict[str, object]:
    company = one.company if language() == "ko" else one.company_en or one.company
    starts = day_at(one.slot.start_at, zone)
    away = away_time(one.slot.start_at, zone, one.away_zone) if one.away_zone not in (None, zone) else ""
    return {
        "start": _milliseconds(one.slot.start_at),
        "end": _milliseconds(one.slot.end_at),
        "time": _both_ends(one, zone),
        "day": "" if starts == day_at(now, zone) else labels.day_label(starts, language()),
        "away": away,
        "company": company or _BOOKED.text(language()),
        "buyer": one.buyer,
        "country": country(one.country) if one.country else "",
        "interpreters": ", ".join(one.interpreters if language() == "ko" else one.interpreters_en),
        "languages": pairs(one.legs),
    }


def _both_ends(one: Notice, zone: str) -> str:
    span = labels.clock_span(one.slot.start_at, one.slot.end_at, zone, language())
    return f"{span} {zone_abbreviation(one.slot.start_at, zone)}"


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
