"""A company's or an interpreter's own schedule, and nothing of anybody else's."""

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.booking.results import Side
from scheduler.services.actor import Role
from scheduler.services.answer import answer
from scheduler.services.buyer_checks import newest_check
from scheduler.services.feeds import session_calendar, session_links
from scheduler.services.own_consent import consents_asked
from scheduler.services.pick_pages import ChangePage, find_change, own_fairs
from scheduler.services.results import OwnResult, own_result
from scheduler.services.subscriptions import find_subscription, make_subscription
from scheduler.services.timetable import own_session, timetable_of
from scheduler.storage.db import Database
from scheduler.web.auth import faults_by_place
from scheduler.web.consents import keep_what_is_said
from scheduler.web.coordinator.sessions import calendar_file
from scheduler.web.language import language
from scheduler.web.moments import seen_moment
from scheduler.web.offers import offers_with_paths
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.web.stating import OF_COMPANIES
from scheduler.wording import Phrase

own = Blueprint("own", __name__, url_prefix="/my")

SAID = {
    "accepted": Phrase("Thank you. The organiser sees that you come."),
    "declined": Phrase("The organiser sees that you cannot come, and will look for another time."),
}


@own.get("/")
def schedule() -> str:
    with site().at_one_moment():
        facts = _schedule_of(_resource_id(), site().database, site().clock())
    return render_template("own.html", home_zone=site().settings.home_zone, **facts)


def _schedule_of(resource_id: str, db: Database, now: datetime) -> dict[str, object]:
    return {
        "offers": offers_with_paths(resource_id),
        "own_fairs": own_fairs(db, resource_id, now=now) if _is_company() else (),
        "view": timetable_of(db, resource_id),
        "consents": consents_asked(db, resource_id),
        "subscription": find_subscription(db, site().settings, resource_id=resource_id),
        "now": now,
    }


@own.post("/calendar")
def subscribe() -> AnyResponse:
    make_subscription(
        site().database,
        site().settings,
        resource_id=_resource_id(),
        now=site().clock(),
        actor=this_person().actor,
    )
    return redirect(url_for("own.schedule"), code=303)


@own.post("/consent")
def consent() -> AnyResponse:
    keep_what_is_said(_resource_id(), this_person().actor)
    return redirect(url_for("auth.home"), code=303)


@own.get("/<meeting_id>")
def session(meeting_id: str) -> str:
    return session_html(meeting_id)


@own.post("/<meeting_id>/answer")
def say(meeting_id: str) -> AnyResponse:
    """Where the link in a mail leads whoever cannot come, or can."""
    said = request.form.get("answer", "")
    try:
        answer(
            site().database,
            meeting_id,
            _resource_id(),
            said,
            seen_start_at=seen_moment(request.form.get("start", "")),
            comment=request.form.get("comment", ""),
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(session_html(meeting_id, faults_by_place(refusal.faults)), 400)
    flash(SAID[said].text(language()), "good" if said == "accepted" else "warn")
    return redirect(url_for("own.session", meeting_id=meeting_id), code=303)


def session_html(
    meeting_id: str,
    faults: Mapping[str, object] | None = None,
    result_faults: Mapping[str, object] | None = None,
) -> str:
    """One session of one's own; with the faults of one of its forms at their fields."""
    entry = own_session(site().database, _resource_id(), meeting_id)
    return render_template(
        "own_session.html",
        own_answer=entry.answers.get(_resource_id(), "nothing"),
        is_ahead=entry.slot.start_at > site().clock(),
        faults=faults or {},
        change=_change(meeting_id),
        result=_result(meeting_id),
        check=newest_check(site().database, entry.buyer.id) if entry.buyer is not None else None,
        stages=OF_COMPANIES,
        typed=request.form if result_faults else {},
        result_faults=result_faults or {},
        entry=entry,
        meeting=entry.meeting,
        home_zone=site().settings.home_zone,
        add=session_links(site().database, site().settings, meeting_id, _resource_id()),
        subscription=find_subscription(site().database, site().settings, resource_id=_resource_id()),
    )


@own.get("/<meeting_id>.ics")
def calendar(meeting_id: str) -> Response:
    resource_id = _resource_id()
    own_session(site().database, resource_id, meeting_id)
    return calendar_file(
        session_calendar(site().database, site().settings, meeting_id, resource_id, now=site().clock())
    )


def _is_company() -> bool:
    return this_person().role is Role.COMPANY


def _change(meeting_id: str) -> ChangePage | None:
    """What a company may do with its session by the rules of the fair; nothing outside any fair."""
    if not _is_company():
        return None
    return find_change(site().database, _resource_id(), meeting_id, now=site().clock())


def _result(meeting_id: str) -> OwnResult | None:
    """What a company has stated of its session."""
    if not _is_company():
        return None
    return own_result(site().database, meeting_id, Side.COMPANY, now=site().clock())


def _resource_id() -> str:
    person = this_person()
    if person.resource_id is None:
        abort(403)
    return person.resource_id
