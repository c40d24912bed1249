"""The list of fairs, one fair at a glance, and its workbook to take away."""

from datetime import datetime
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair, slots_of
from scheduler.services import agenda
from scheduler.services.agenda import Overview
from scheduler.services.answered import declined_of_fair
from scheduler.services.export import export_fair
from scheduler.services.subscriptions import make_subscription, subscriptions_of_fair
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site

fairs = Blueprint("fairs", __name__, url_prefix="/fairs")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@fairs.get("/")
def index() -> str:
    return render_template("coordinator/fairs.html", cards=agenda.list_fairs(site().database))


@fairs.get("/<key>/")
def overview(key: str) -> str:
    view = agenda.overview_of(site().database, key, language=language())
    made = subscriptions_of_fair(site().database, site().settings, view.fair.id)
    return render_template(
        "coordinator/overview.html",
        fair=view.fair,
        view=view,
        steps=_steps(view),
        now=first_moment(view.fair),
        subscription=made.get(None),
        declined=declined_of_fair(site().database, view.fair.id, now=site().clock()),
    )


@fairs.post("/<key>/calendar")
def subscribe(key: str) -> AnyResponse:
    """A calendar address for the whole fair, or for one of its rooms."""
    room_id = request.form.get("room") or None
    view = agenda.participants_of(site().database, key, language=language())
    if room_id is not None and room_id not in {one.resource.id for one in view.rooms}:
        raise NotFound(kind="room", key=room_id)
    make_subscription(
        site().database,
        site().settings,
        resource_id=room_id,
        fair_id=view.fair.id,
        now=site().clock(),
        actor=this_person().actor,
    )
    if room_id is not None:
        return redirect(url_for("participants.index", key=key, tab="rooms"), code=303)
    return redirect(url_for("fairs.overview", key=key), code=303)


@fairs.get("/<key>/export.xlsx")
def export(key: str) -> Response:
    fair = agenda.get_fair(site().database, key)
    return download(
        export_fair(site().database, key, language=language()), f"{fair.key}-{fair.name}.xlsx", XLSX
    )


def download(content: bytes, name: str, kind: str) -> Response:
    """A file to be saved, under a name that may be Korean."""
    response = Response(content, content_type=kind)
    plain = (
        "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name[:-5]) + name[-5:]
    )
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    return response


def first_moment(fair: Fair) -> datetime:
    """A moment of the fair, by which zones are named: summer time has another name than winter time."""
    return next((slot.start_at for slot in slots_of(fair, "")), site().clock())


def _steps(view: Overview) -> dict[str, str]:
    """Each step is done, to be done now, or waits for the one before."""
    is_done = {
        "people": bool(view.counts.people.get("company") and view.counts.people.get("buyer")),
        "matches": view.counts.matches > 0,
        "grid": view.plan is not None,
        "publication": view.is_published,
    }
    current = next((step for step, done in is_done.items() if not done), None)
    return {step: "done" if done else "now" if step == current else "" for step, done in is_done.items()}
