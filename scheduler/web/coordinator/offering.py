"""A session is given up: whom its slot suits, and the word that offers it to them."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.offer import LASTS, make_offers, offer_page
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

offering = Blueprint("offering", __name__, url_prefix="/meetings/<meeting_id>/offer")


@offering.get("")
def choose(meeting_id: str) -> str:
    return _page(meeting_id)


@offering.post("")
def send(meeting_id: str) -> AnyResponse:
    try:
        made = make_offers(
            site().database,
            meeting_id,
            request.form.getlist("match"),
            seen_revision=_number("revision"),
            hours=_number("hours"),
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(meeting_id, faults_by_place(refusal.faults), request.form), 400)
    said = Phrase.counted(
        "The session is cancelled, and its slot is offered to %(num)s match.",
        "The session is cancelled, and its slot is offered to %(num)s matches.",
        len(made),
    )
    flash(said.text(language()), "good")
    return redirect(url_for("sessions.index", meeting_id=meeting_id), code=303)


def _page(
    meeting_id: str,
    faults: Mapping[str, object] | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    view = offer_page(site().database, meeting_id, now=site().clock())
    fitting = [one.match.id for one in view.candidates if one.is_left_over]
    chosen = request.form.getlist("match") if typed is not None else fitting
    return render_template(
        "coordinator/offer.html",
        fair=view.fair,
        view=view,
        lasts=LASTS,
        chosen=chosen,
        hours=(typed or {}).get("hours", "6"),
        faults=faults or {},
    )


def _number(name: str) -> int:
    written = request.form.get(name, "")
    if not written.isdecimal() or len(written) > 9:
        abort(400)
    return int(written)
