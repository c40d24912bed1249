"""Moving and cancelling one's own session, inside the rules of its fair."""

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import NotFound, Refusal
from scheduler.booking.slot import Slot
from scheduler.services.pick_pages import change_page
from scheduler.services.self_pick import cancel_own, move_own
from scheduler.timezones.labels import BothSidesText
from scheduler.web.company.part import (
    Refused,
    company,
    own_id,
    refused,
    sent_moment,
    surroundings,
)
from scheduler.web.errors import status_of
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.revision import sent_revision
from scheduler.web.site import site
from scheduler.wording import Phrase


@company.route("/sessions/<meeting_id>/move", methods=["GET", "POST"])
def move(meeting_id: str) -> AnyResponse | str:
    if request.method == "GET":
        return _page(meeting_id)
    try:
        after = move_own(
            site().database,
            site().settings,
            own_id(),
            meeting_id,
            sent_moment(),
            seen_revision=sent_revision(),
            now=site().clock(),
            actor=this_person().actor,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return Response(_page(meeting_id, refused(refusal)), status_of(refusal))
    said = Phrase("The session is moved to %(when)s. Everybody is being told.", when=_when(after.slot))
    flash(said.text(language()), "good")
    return redirect(url_for("own.session", meeting_id=meeting_id), code=303)


@company.route("/sessions/<meeting_id>/cancel", methods=["GET", "POST"])
def cancel(meeting_id: str) -> AnyResponse | str:
    if request.method == "GET":
        return _page(meeting_id, template="company/cancel.html")
    try:
        cancel_own(
            site().database,
            own_id(),
            meeting_id,
            seen_revision=sent_revision(),
            now=site().clock(),
            actor=this_person().actor,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        page = _page(meeting_id, refused(refusal), template="company/cancel.html")
        return Response(page, status_of(refusal))
    flash(Phrase("The session is cancelled. Everybody is being told.").text(language()), "good")
    return redirect(url_for("own.schedule"), code=303)


def _page(meeting_id: str, because: Refused | None = None, *, template: str = "company/move.html") -> str:
    view = change_page(site().database, own_id(), meeting_id, now=site().clock())
    return render_template(
        template,
        fair=view.fair,
        view=view,
        entry=view.entry,
        meeting=view.entry.meeting,
        refused=because,
        **surroundings(),
    )


def _when(slot: Slot) -> BothSidesText:
    zone = site().settings.home_zone
    return BothSidesText(start_at=slot.start_at, end_at=slot.end_at, home_zone=zone, away_zone=zone)
