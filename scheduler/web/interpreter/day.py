"""The interpreter's day, and their word on each assignment."""

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.answer import answer
from scheduler.services.own_consent import consents_asked
from scheduler.services.working_day import working_day
from scheduler.web.auth import faults_by_place
from scheduler.web.interpreter.part import date_in, interpreter, own_id
from scheduler.web.language import language
from scheduler.web.moments import seen_moment
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

SAID = {
    "accepted": Phrase("Thank you. The coordinator sees that you take this session."),
    "declined": Phrase(
        "The coordinator sees that you cannot take this session, and will look for somebody else."
    ),
}


@interpreter.get("/")
def day() -> str:
    return _page()


@interpreter.post("/sessions/<meeting_id>/answer")
def say(meeting_id: str) -> AnyResponse:
    said = request.form.get("answer", "")
    try:
        answer(
            site().database,
            meeting_id,
            own_id(),
            said,
            seen_start_at=seen_moment(request.form.get("start", "")),
            comment=request.form.get("comment", ""),
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        faults = faults_by_place(refusal.faults)
        return Response(_page(refused=meeting_id, faults=faults), 400)
    flash(SAID[said].text(language()), "good" if said == "accepted" else "warn")
    back = request.form.get("day", "")
    return redirect(url_for("interpreter.day", day=back or None, _anchor=meeting_id), code=303)


def _page(refused: str = "", faults: object = None) -> str:
    asked = date_in(request.values.get("day", ""))
    view = working_day(site().database, own_id(), day=asked, now=site().clock())
    return render_template(
        "interpreter/day.html",
        view=view,
        me=own_id(),
        consents=consents_asked(site().database, own_id()),
        now=site().clock(),
        refused=refused,
        faults=faults or {},
    )
