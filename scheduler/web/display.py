"""The screens of rooms and waiting areas behind their address: a page, and the small answer it asks for again."""

from datetime import date, datetime
from functools import lru_cache
from json import dumps

from flask import Blueprint, Response, render_template

from scheduler.booking.fair import day_at
from scheduler.services.display import Notice, Screen, ScreenRows, open_display, rooms_on
from scheduler.timezones import labels
from scheduler.timezones.abbreviation import zone_abbreviation
from scheduler.timezones.names import country_name
from scheduler.web.filters import asset, pairs_in
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
    rooms = _rooms(shown.rows, shown.zone, day_at(now, shown.zone), language())
    state = {**_frame(shown, now), "rooms": rooms}
    return render_template("room/screen.html", state=state, token=token, next_count=NEXT)


@display.get("/<token>.json")
@guesses_by_address
def state(token: str) -> Response:
    """Everything of today and tomorrow, so that the screen can go on by itself when the network drops."""
    shown, now = _opened(token)
    frame = dumps(_frame(shown, now)).removesuffix("}")
    rooms = _written_rooms(shown.rows, shown.zone, day_at(now, shown.zone), language())
    return Response(f'{frame}, "rooms": {rooms}}}\n', content_type="application/json")


def _opened(token: str) -> tuple[Screen, datetime]:
    now = site().clock()
    return open_display(site().database, site().settings, token, now=now), now


def _frame(shown: Screen, now: datetime) -> dict[str, object]:
    """What stands around the rooms."""
    title = shown.title if language() == "ko" else shown.title_en or shown.title
    return {
        "now": _milliseconds(now),
        "version": asset(_SCRIPT),
        "is_door": shown.is_door,
        "title": title,
        "today": labels.full_day_label(day_at(now, shown.zone), language()),
        "clock": labels.local_time(now, shown.zone),
        "zone": shown.zone,
    }


@lru_cache(maxsize=64)
def _written_rooms(rows: ScreenRows, zone: str, today: date, language: str) -> str:
    """Screens ask every ten seconds, and seldom has anything changed: equal rows are not written out again."""
    return dumps(_rooms(rows, zone, today, language), separators=(",", ":"))


def _rooms(rows: ScreenRows, zone: str, today: date, language: str) -> list[dict[str, object]]:
    return [
        {
            "name": room.name if language == "ko" else room.name_en,
            "sessions": [_session(one, zone, today, language) for one in room.sessions],
        }
        for room in rooms_on(rows)
    ]


def _session(one: Notice, zone: str, today: date, language: str) -> dict[str, object]:
    is_korean, start_at = language == "ko", one.slot.start_at
    company = one.company if is_korean else one.company_en or one.company
    starts = day_at(start_at, zone)
    return {
        "start": _milliseconds(start_at),
        "end": _milliseconds(one.slot.end_at),
        "time": _both_ends(one, zone, language),
        "day": "" if starts == today else labels.day_label(starts, language),
        "away": _away(one, zone, language),
        "company": company or _BOOKED.text(language),
        "buyer": one.buyer,
        "country": country_name(one.country, language) if one.country else "",
        "interpreters": ", ".join(one.interpreters if is_korean else one.interpreters_en),
        "languages": pairs_in(one.legs, language),
    }


def _away(one: Notice, zone: str, language: str) -> str:
    if one.away_zone in (None, zone):
        return ""
    return labels.away_side(one.slot.start_at, zone, one.away_zone, language)


def _both_ends(one: Notice, zone: str, language: str) -> str:
    span = labels.clock_span(one.slot.start_at, one.slot.end_at, zone, language)
    return f"{span} {zone_abbreviation(one.slot.start_at, zone)}"


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
