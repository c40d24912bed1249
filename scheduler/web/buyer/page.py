"""The buyer's sessions, and the ways into their calendar."""

from collections.abc import Mapping

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.services.feeds import links_of_sessions, session_calendar
from scheduler.services.own_consent import consents_asked
from scheduler.services.reading import by_day
from scheduler.services.requests import requests_of_buyer
from scheduler.services.subscriptions import find_subscription, make_subscription
from scheduler.services.timetable import own_session, timetable_of
from scheduler.web.buyer.part import Guest, buyer, guest_of
from scheduler.web.consents import keep_what_is_said
from scheduler.web.coordinator.sessions import calendar_file
from scheduler.web.offers import offers_with_paths
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address


@buyer.get("/<token>")
@guesses_by_address
def schedule(token: str) -> str:
    return schedule_page(guest_of(token))


def schedule_page(guest: Guest, *, refused: str = "", faults: Mapping[str, object] | None = None) -> str:
    """`refused` is the session whose answer could not be taken, with the faults at its fields."""
    view = timetable_of(site().database, guest.person.id, fair_id=guest.fair_id)
    entries = [entry for _, found in view.days for entry in found]
    asked = [one for one in entries if one.meeting is not None and one.meeting.state == "confirmed"]
    return render_template(
        "buyer/page.html",
        guest=guest,
        offers=offers_with_paths(guest.person.id, fair_id=guest.fair_id),
        view=view,
        days=by_day(entries, guest.reading.zone),
        links=links_of_sessions(
            site().database,
            site().settings,
            guest.fair_id,
            [one.meeting.id for one in asked if one.meeting is not None],
            guest.person.id,
        ),
        unanswered=[
            one for one in asked if guest.person.id not in one.answers and one.slot.start_at > site().clock()
        ],
        subscription=find_subscription(
            site().database, site().settings, resource_id=guest.person.id, fair_id=guest.fair_id
        ),
        consents=consents_asked(site().database, guest.person.id, fair_id=guest.fair_id),
        home_zone=site().settings.home_zone,
        now=site().clock(),
        refused=refused,
        faults=faults or {},
        requests=requests_of_buyer(site().database, guest.fair_id, guest.person.id, now=site().clock())
        if guest.fair_id is not None
        else None,
    )


@buyer.post("/<token>/calendar")
@guesses_by_address
def subscribe(token: str) -> AnyResponse:
    guest = guest_of(token)
    make_subscription(
        site().database,
        site().settings,
        resource_id=guest.person.id,
        fair_id=guest.fair_id,
        now=site().clock(),
        actor=guest.actor,
    )
    return redirect(url_for("buyer.schedule", token=token), code=303)


@buyer.post("/<token>/consent")
@guesses_by_address
def consent(token: str) -> AnyResponse:
    guest = guest_of(token)
    keep_what_is_said(guest.person.id, guest.actor, fair_id=guest.fair_id)
    return redirect(url_for("buyer.schedule", token=token), code=303)


@buyer.get("/<token>/<meeting_id>.ics")
@guesses_by_address
def calendar(token: str, meeting_id: str) -> Response:
    guest = guest_of(token)
    own_session(site().database, guest.person.id, meeting_id, fair_id=guest.fair_id)
    return calendar_file(
        session_calendar(site().database, site().settings, meeting_id, guest.person.id, now=site().clock())
    )
