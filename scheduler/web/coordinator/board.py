"""The grid board: one day at a time, by rooms or by people, and what a coordinator does on it."""

import hashlib
from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, abort, jsonify, render_template, request

from scheduler.services.board import Across
from scheduler.services.board_cards import AT_ONCE, Look, Only
from scheduler.services.board_view import BoardView, board_view, mark_of_board
from scheduler.services.board_whole import whole_board_of
from scheduler.web.coordinator.fairs import first_moment
from scheduler.web.filters import full_day
from scheduler.web.language import language
from scheduler.web.site import site
from scheduler.wording import Phrase

WHOLE_FAIR = "all"
_MOST_WORDS = 80
board = Blueprint("board", __name__, url_prefix="/fairs/<key>/board")


@board.get("/")
def index(key: str) -> str:
    if request.args.get("day") == WHOLE_FAIR:
        return _whole(key)
    return render_template("coordinator/board.html", **_facts(board_view(site().database, key, asked_look())))


@board.get("/view")
def view(key: str) -> Response:
    """The parts of the page as they are now; nothing where they are as they were."""
    look = asked_look()
    mark = _etag(mark_of_board(site().database, key), look)
    is_known = mark in request.if_none_match
    response = Response(status=304) if is_known else _parts(board_view(site().database, key, look))
    response.headers["ETag"] = f'"{mark}"'
    return response


def asked_look() -> Look:
    """What the address asks to look at; anything that makes no sense is as if it was not asked."""
    first = request.args.get("first", "")
    only = request.args.get("only", "")
    return Look(
        day=_day(),
        across=asked_across(),
        first=_number(first, 100_000, otherwise=0),
        count=max(_number(request.args.get("count", ""), 60, otherwise=AT_ONCE), 4),
        words=request.args.get("q", "")[:_MOST_WORDS],
        only=Only(only) if only in set(Only) else None,
        tongue=request.args.get("tongue", "")[:8],
        is_checked=request.args.get("checked") == "1",
    )


def asked_across() -> Across:
    wanted = request.args.get("across", "")
    return Across(wanted) if wanted in set(Across) else Across.ROOM


def asked_day() -> date:
    """The day that an address must name."""
    found = _day()
    if found is None:
        abort(400)
    return found


def _whole(key: str) -> str:
    whole = whole_board_of(site().database, key, across=asked_across())
    return render_template(
        "coordinator/board_whole.html",
        fair=whole.fair,
        board=whole,
        zone=_zone(whole.zones),
        first_at=first_moment(whole.fair),
    )


def _facts(found: BoardView) -> dict[str, object]:
    return {
        "fair": found.fair,
        "board": found,
        "look": found.look,
        "zone": _zone(found.zones),
        "first": found.first,
        "mark": _etag(found.mark, replace(found.look, day=found.day, first=found.first)),
        "first_at": first_moment(found.fair),
    }


def _parts(found: BoardView) -> Response:
    facts = _facts(found)
    names = ("grid",) if request.args.get("parts") == "grid" else ("grid", "tray", "bar", "proof")
    parts = {one: render_template(f"coordinator/board_{one}.html", **facts) for one in names}
    day = f", {full_day(found.day)}" if found.day is not None else ""
    return as_json(
        {
            "parts": parts,
            "first": facts["first"],
            "columns": found.column_count,
            "label": Phrase("Session grid").text(language()) + day,
        }
    )


def as_json(facts: object, status: int = 200) -> Response:
    """An answer for the script of the page."""
    response = jsonify(facts)
    response.status_code = status
    return response


def _etag(mark: str, look: Look) -> str:
    """The same look at the same board in the same language, with the same time beside, has the same one."""
    asked = (mark, language(), request.args.get("zone", ""), request.args.get("parts", ""), look)
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:24]


def _number(written: str, most: int, *, otherwise: int) -> int:
    return min(int(written), most) if written.isdecimal() and len(written) < 7 else otherwise


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _zone(zones: tuple[str, ...]) -> str | None:
    wanted = request.args.get("zone", "")
    return wanted if wanted in zones else next(iter(zones), None)
