"""Running the day: what is on and what comes next, one press for how it went, and calling others forward."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import Refusal
from scheduler.booking.forward import SHORTEST_MINUTES, is_left
from scheduler.services.call_forward import call_forward, forward_page
from scheduler.services.cancel import complete, mark_no_show
from scheduler.services.today import today_of
from scheduler.web.errors import status_of
from scheduler.web.language import language
from scheduler.web.once import ticket_of
from scheduler.web.person import this_person
from scheduler.web.revision import sent_revision
from scheduler.web.site import site
from scheduler.wording import Phrase

today = Blueprint("today", __name__, url_prefix="/fairs/<key>/today")

ABSENT = {
    "buyer": Phrase("the buyer"),
    "company": Phrase("the company"),
    "both": Phrase("both sides"),
    "interpreter": Phrase("the interpreter"),
}


@today.get("/")
def index(key: str) -> str:
    now = site().clock()
    view = today_of(site().database, key, now=now)
    return render_template("coordinator/today.html", fair=view.fair, view=view, now=now, absent=ABSENT)


@today.post("/<meeting_id>/took-place")
def took_place(key: str, meeting_id: str) -> AnyResponse:
    actor = this_person().actor
    complete(
        site().database,
        meeting_id,
        seen_revision=sent_revision(),
        now=site().clock(),
        actor=actor,
        ticket=ticket_of(actor),
    )
    flash(Phrase("Noted: the session took place.").text(language()), "good")
    return redirect(url_for("today.index", key=key), code=303)


@today.post("/<meeting_id>/no-show")
def no_show(key: str, meeting_id: str) -> AnyResponse:
    now, actor = site().clock(), this_person().actor
    after = mark_no_show(
        site().database,
        meeting_id,
        seen_revision=sent_revision(),
        absent=request.form.get("absent", ""),
        now=now,
        actor=actor,
        ticket=ticket_of(actor),
    )
    flash(Phrase("Noted: somebody did not come.").text(language()), "good")
    if is_left(after.slot, now):
        return redirect(url_for("today.forward", key=key, meeting_id=meeting_id), code=303)
    return redirect(url_for("today.index", key=key), code=303)


@today.get("/<meeting_id>/forward")
def forward(key: str, meeting_id: str) -> str:
    return _forward(meeting_id)


@today.post("/<meeting_id>/forward")
def call(key: str, meeting_id: str) -> AnyResponse:
    actor = this_person().actor
    try:
        call_forward(
            site().database,
            site().settings,
            meeting_id,
            request.form.get("match", ""),
            seen_revision=sent_revision(),
            now=site().clock(),
            actor=actor,
            ticket=ticket_of(actor),
        )
    except Refusal as refusal:
        return Response(_forward(meeting_id, refusal), status_of(refusal))
    flash(Phrase("They are called forward, and everybody concerned is being told.").text(language()), "good")
    return redirect(url_for("today.index", key=key), code=303)


def _forward(meeting_id: str, refusal: Refusal | None = None) -> str:
    now = site().clock()
    view = forward_page(site().database, meeting_id, now=now)
    return render_template(
        "coordinator/forward.html",
        fair=view.fair,
        view=view,
        absent=ABSENT,
        refusal=refusal,
        least=None if is_left(view.entry.slot, now) else SHORTEST_MINUTES,
    )
