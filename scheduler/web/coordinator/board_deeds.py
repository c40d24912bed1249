"""What the script of the board asks for: where a session could go, and to do it. JSON both ways.

A refusal comes as a problem (RFC 9457) with its reasons in the reader's language; nothing has been changed then.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Response, abort, render_template, request

from scheduler.booking.errors import Refusal
from scheduler.services.actor import Actor
from scheduler.services.board import Across, ids_across
from scheduler.services.board_edit import (
    Done,
    Seen,
    Spot,
    pin,
    place,
    put_back,
    set_link,
    swap_places,
    wish_at,
)
from scheduler.services.board_places import SlotOptions, options_on_board
from scheduler.services.board_session import SessionView, session_view
from scheduler.services.board_undo import undo_all
from scheduler.services.choose import Wish
from scheduler.timezones.errors import TimeError
from scheduler.timezones.labels import MomentText
from scheduler.timezones.wall import as_utc
from scheduler.web.coordinator.board import as_json, asked_across, asked_day, board
from scheduler.web.coordinator.fairs import first_moment
from scheduler.web.errors import HEADINGS, points_of, status_of
from scheduler.web.filters import named
from scheduler.web.language import language
from scheduler.web.once import ticket_of
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase, as_text, msgid

__all__ = ["board"]
_ID = re.compile(r"[\w.:-]{1,80}")
_SEEN = re.compile(r"[\w.:|+-]{0,400}")
View = Callable[[str], Response]


def in_problems(view: View) -> View:
    """A refusal of this view is told to the script, not to a person."""

    @wraps(view)
    def answered(key: str) -> Response:
        try:
            return view(key)
        except (Refusal, TimeError) as refusal:
            return _problem(refusal)

    return answered


@board.get("/options")
@in_problems
def options(key: str) -> Response:
    found = options_on_board(
        site().database,
        key,
        _id(request.args.get("match")),
        day=asked_day(),
        across=asked_across(),
        now=site().clock(),
    )
    slots = {one.slot.start_at.isoformat(): _said(one) for one in found.slots}
    days = {on.isoformat(): count for on, count in found.days.items()}
    return as_json({"slots": slots, "elsewhere": found.elsewhere.text(language()), "days": days})


@board.get("/session")
@in_problems
def session(key: str) -> Response:
    """The dialog of one session."""
    found = session_view(site().database, key, _id(request.args.get("match")))
    page = render_template(
        "coordinator/board_session.html", view=found, fair=found.fair, first_at=first_moment(found.fair)
    )
    return as_json({"html": page})


@board.post("/place")
@in_problems
def put(key: str) -> Response:
    """Into a cell of the board: a row, and a column of a kind."""
    given = _given()
    match_id, spot = _id(given.get("match")), _spot(given)
    wish = wish_at(site().database, key, match_id, spot)
    done = place(
        site().database,
        site().settings,
        wish,
        seen=_seen(given),
        now=site().clock(),
        actor=_actor(),
        ticket=ticket_of(_actor(), given),
    )
    return _done(key, done, msgid("%(names)s: moved to %(place)s"))


@board.post("/change")
@in_problems
def change(key: str) -> Response:
    """Another interpreter or room at the same time."""
    given = _given()
    match_id = _id(given.get("match"))
    card = session_view(site().database, key, match_id).card
    if card is None:
        abort(400)
    team, room_id = given.get("interpreters") or None, given.get("room") or None
    if team is not None and not isinstance(team, list):
        abort(400)
    wish = Wish(
        fair_key=key,
        match_id=match_id,
        slot=card.entry.slot,
        interpreter_ids=tuple(_id(one) for one in team) if team is not None else None,
        room_id=_id(room_id) if room_id is not None else None,
    )
    done = place(
        site().database,
        site().settings,
        wish,
        seen=_seen(given),
        now=site().clock(),
        actor=_actor(),
        ticket=ticket_of(_actor(), given),
    )
    return _done(key, done, msgid("%(names)s: changed, %(place)s"))


@board.post("/put-back")
@in_problems
def back(key: str) -> Response:
    given = _given()
    done = put_back(
        site().database,
        key,
        _id(given.get("match")),
        seen=_seen(given),
        now=site().clock(),
        actor=_actor(),
    )
    return _done(key, done, msgid("%(names)s: without a place again"))


@board.post("/swap")
@in_problems
def swapped(key: str) -> Response:
    given = _given()
    first = Seen(match_id=_id(given.get("match")), seen=_seen(given))
    second = Seen(match_id=_id(given.get("other")), seen=_seen({"seen": given.get("other_seen")}))
    done = swap_places(
        site().database, site().settings, key, first, second, now=site().clock(), actor=_actor()
    )
    return _done(key, done, msgid("%(names)s: swapped, now %(place)s"))


@board.post("/pin")
@in_problems
def pinned(key: str) -> Response:
    given = _given()
    is_pinned = given.get("pinned") is True
    done = pin(
        site().database,
        key,
        _id(given.get("match")),
        is_pinned=is_pinned,
        seen=_seen(given),
        now=site().clock(),
        actor=_actor(),
    )
    said = msgid("%(names)s: pinned to %(place)s") if is_pinned else msgid("%(names)s: no longer pinned")
    return _done(key, done, said)


@board.post("/link")
@in_problems
def link(key: str) -> Response:
    given = _given()
    done = set_link(
        site().database,
        site().settings,
        key,
        _id(given.get("match")),
        str(given.get("link") or "").strip(),
        seen=_seen(given),
        now=site().clock(),
        actor=_actor(),
    )
    return _done(key, done, msgid("%(names)s: another video link"))


@board.post("/undo")
@in_problems
def taken_back(key: str) -> Response:
    deeds = _given().get("deeds")
    if not isinstance(deeds, list) or len(deeds) not in (1, 2) or not all(map(_is_number, deeds)):
        abort(400)
    done = undo_all(site().database, site().settings, key, deeds, now=site().clock(), actor=_actor())
    return _done(key, done, msgid("Undone. %(names)s: %(place)s"))


def _said(one: SlotOptions) -> dict[str, object]:
    words = language()
    if one.why:
        return {"why": [phrase.text(words) for phrase in one.why]}
    return {
        "no": {column: [phrase.text(words) for phrase in why] for column, why in one.closed.items()},
        "ok": {column: [phrase.text(words) for phrase in cost] for column, cost in one.costs.items()},
    }


def _done(key: str, done: Done, said: str) -> Response:
    found = session_view(site().database, key, done.match_id)
    names = f"{named(found.company)} – {named(found.buyer)}"
    facts = {
        **_now(found),
        "deeds": list(done.deeds),
        "said": Phrase(said, names=names, place=_place(found)).text(language()),
        "others": [_now(session_view(site().database, key, done.other_id))] if done.other_id else [],
    }
    return as_json(facts)


def _now(found: SessionView) -> dict[str, object]:
    """A session for the script to put where it is now."""
    if found.card is None:
        return {"match": found.match.id, "card": None}
    entry = found.card.entry
    card = {
        "html": _card_html(found),
        "at": entry.slot.start_at.isoformat(),
        "columns": {str(one): list(ids_across(entry, one)) for one in Across},
    }
    return {"match": found.match.id, "card": card}


def _card_html(found: SessionView) -> str:
    across = request.args.get("across", "")
    return render_template(
        "coordinator/board_one.html",
        fair=found.fair,
        card=found.card,
        across=across if across in set(Across) else Across.ROOM,
        tones={zone: min(number, 5) for number, zone in enumerate(found.zones)},
    )


def _place(found: SessionView) -> str:
    if found.card is None:
        return Phrase("without a place").text(language())
    entry = found.card.entry
    when = MomentText(start_at=entry.slot.start_at, zone=found.fair.zone).text(language())
    where = named(entry.room) if entry.room is not None else Phrase("own office").text(language())
    return f"{when}, {where}"


def _problem(refusal: Refusal | TimeError) -> Response:
    status = status_of(refusal)
    facts = {
        "type": "about:blank",
        "title": HEADINGS[status].text(language()),
        "status": status,
        "detail": refusal.phrase.text(language()),
        "reasons": [str(as_text(one, language())) for one in points_of(refusal)],
    }
    response = as_json(facts, status)
    response.content_type = "application/problem+json"
    return response


def _given() -> Mapping[str, Any]:
    """The JSON object of the request; anything else is a bad request."""
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        abort(400)
    return found


def _id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        abort(400)
    return value


def _seen(given: Mapping[str, Any]) -> str:
    value = given.get("seen", "")
    if not isinstance(value, str) or not _SEEN.fullmatch(value):
        abort(400)
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62


def _spot(given: Mapping[str, Any]) -> Spot:
    across, column = given.get("across"), given.get("column")
    if not isinstance(across, str) or across not in set(Across):
        abort(400)
    return Spot(
        start_at=_instant(given.get("at")), across=Across(across), column=_id(column) if column else ""
    )


def _instant(value: object) -> datetime:
    try:
        return as_utc(datetime.fromisoformat(str(value)[:40]))
    except (ValueError, TimeError, OverflowError):
        abort(400)


def _actor() -> Actor:
    return this_person().actor
