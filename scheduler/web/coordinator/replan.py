"""Somebody or a room is away: when, what would change, and the word to do it."""

from collections.abc import Mapping
from datetime import date, time

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import NotFound, Refusal
from scheduler.services.absence import Absence
from scheduler.services.replan import absence_page, apply_replan, get_replan, preview_replan
from scheduler.timezones.errors import TimeError
from scheduler.timezones.span import UnreadableSpan, WallSpan
from scheduler.web.coordinator.fairs import first_moment
from scheduler.web.errors import points_of, status_of
from scheduler.web.language import language
from scheduler.web.once import ticket_of
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

replan = Blueprint("replan", __name__, url_prefix="/fairs/<key>/replan")


@replan.get("/absence/<resource_id>")
def absence(key: str, resource_id: str) -> str:
    form = _form(key, resource_id)
    standby = site().standby
    if standby is not None:
        # The solver is loaded while the form is filled in.
        standby.get_ready()
    return form


@replan.post("/absence/<resource_id>")
def plan(key: str, resource_id: str) -> AnyResponse:
    try:
        preview = preview_replan(
            site().database,
            site().settings,
            key,
            _absence(resource_id, request.form),
            now=site().clock(),
            actor=this_person().actor,
            standby=site().standby,
        )
    except NotFound:
        raise
    except (Refusal, TimeError) as refusal:
        return Response(_form(key, resource_id, refusal, request.form), status_of(refusal))
    return redirect(url_for("replan.preview", key=key, draft_id=preview.draft_id), code=303)


@replan.get("/<draft_id>/")
def preview(key: str, draft_id: str) -> str:
    view = get_replan(site().database, site().settings, key, draft_id, now=site().clock())
    return render_template(
        "coordinator/replan.html", fair=view.fair, view=view, first_at=first_moment(view.fair)
    )


@replan.post("/<draft_id>/")
def confirm(key: str, draft_id: str) -> AnyResponse:
    actor = this_person().actor
    done = apply_replan(
        site().database,
        site().settings,
        key,
        draft_id,
        now=site().clock(),
        actor=actor,
        ticket=ticket_of(actor),
    )
    said = Phrase.counted(
        "The grid is changed; %(num)s notice is on its way.",
        "The grid is changed; %(num)s notices are on their way.",
        done.notices,
    )
    flash(said.text(language()), "good")
    return redirect(url_for("board.index", key=key), code=303)


def _form(
    key: str,
    resource_id: str,
    refusal: Refusal | TimeError | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    view = absence_page(site().database, key, resource_id, now=site().clock())
    return render_template(
        "coordinator/replan_absence.html",
        fair=view.fair,
        view=view,
        refusal=refusal,
        points=points_of(refusal) if refusal is not None else (),
        typed=typed or {},
        first_at=first_moment(view.fair),
    )


def _absence(resource_id: str, form: Mapping[str, str]) -> Absence:
    """What the form asks for; a time left empty is the beginning or the end of the day."""
    written = form.get("on", "")
    try:
        on = date.fromisoformat(written) if written else None
    except ValueError:
        abort(400)
    since, until = _clock(form.get("since", ""), "00:00"), _clock(form.get("until", ""), "24:00")
    return Absence(resource_id=resource_id, on=on, span=WallSpan.parse(f"{since}-{until}"))


def _clock(written: str, otherwise: str) -> str:
    if not written.strip():
        return otherwise
    try:
        return time.fromisoformat(written.strip()).strftime("%H:%M")
    except ValueError:
        raise UnreadableSpan(written[:20]) from None
