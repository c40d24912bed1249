"""The grid board: one day at a time, by rooms or by people."""

from datetime import date

from flask import Blueprint, render_template, request

from scheduler.services.board import Across, Board, board_of, whole_board_of
from scheduler.web.coordinator.fairs import first_moment
from scheduler.web.site import site

WHOLE_FAIR = "all"
board = Blueprint("board", __name__, url_prefix="/fairs/<key>/board")


@board.get("/")
def index(key: str) -> str:
    view = _view(key)
    first_at = first_moment(view.fair)
    return render_template(
        "coordinator/board.html", fair=view.fair, board=view, zone=_zone(view), first_at=first_at
    )


def _view(key: str) -> Board:
    if request.args.get("day") == WHOLE_FAIR:
        return whole_board_of(site().database, key, across=_across())
    return board_of(site().database, key, day=_day(), across=_across())


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _across() -> Across:
    wanted = request.args.get("across", "")
    return Across(wanted) if wanted in set(Across) else Across.ROOM


def _zone(view: Board) -> str | None:
    wanted = request.args.get("zone", "")
    return wanted if wanted in view.zones else next(iter(view.zones), None)
