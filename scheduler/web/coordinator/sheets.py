"""Run sheets of a day, to be printed: for each room, for each interpreter, or the whole day."""

from datetime import date

from flask import Blueprint, render_template, request

from scheduler.services.run_sheets import By, run_sheets
from scheduler.web.site import site
from scheduler.wording import Phrase

sheets = Blueprint("sheets", __name__, url_prefix="/fairs/<key>/sheets")

KINDS = {By.DAY: Phrase("The whole day"), By.ROOM: Phrase("Rooms"), By.INTERPRETER: Phrase("Interpreters")}


@sheets.get("/")
def index(key: str) -> str:
    asked = request.args.get("by", "")
    by = By(asked) if asked in set(By) else By.ROOM
    now = site().clock()
    view = run_sheets(site().database, key, by=by, on=_day(request.args.get("on", "")), now=now)
    return render_template("coordinator/sheets.html", fair=view.fair, view=view, kinds=KINDS, now=now)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
