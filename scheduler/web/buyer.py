"""A buyer's page behind their link. No account, no cookie of ours needed; looking changes nothing."""

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.people import Buyer
from scheduler.services.actor import Actor, Role
from scheduler.services.feeds import session_calendar
from scheduler.services.links import LinkUnknown, Opened, Purpose, open_link
from scheduler.services.subscriptions import find_subscription, make_subscription
from scheduler.services.timetable import own_session, timetable_of
from scheduler.web.coordinator.sessions import calendar_file
from scheduler.web.headers import keep_to_the_reader
from scheduler.web.language import BUYER_LANGUAGES, offer_languages
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address

buyer = Blueprint("buyer", __name__, url_prefix="/b")


@buyer.after_request
def _private(response: Response) -> Response:
    return keep_to_the_reader(response)


@buyer.get("/<token>")
@guesses_by_address
def schedule(token: str) -> AnyResponse:
    resource_id, fair_id = _opened(token)
    view = timetable_of(site().database, resource_id, fair_id=fair_id)
    if not isinstance(view.resource, Buyer):
        raise LinkUnknown
    offer_languages(BUYER_LANGUAGES, of_reader=view.resource.contact.language)
    subscription = find_subscription(
        site().database, site().settings, resource_id=resource_id, fair_id=fair_id
    )
    return make_response(
        render_template(
            "buyer.html",
            view=view,
            token=token,
            subscription=subscription,
            home_zone=site().settings.home_zone,
            now=site().clock(),
        )
    )


@buyer.post("/<token>/calendar")
@guesses_by_address
def subscribe(token: str) -> AnyResponse:
    resource_id, fair_id = _opened(token)
    actor = Actor(role=Role.BUYER, name="buyer", resource_id=resource_id)
    make_subscription(
        site().database,
        site().settings,
        resource_id=resource_id,
        fair_id=fair_id,
        now=site().clock(),
        actor=actor,
    )
    return redirect(url_for("buyer.schedule", token=token), code=303)


@buyer.get("/<token>/<meeting_id>.ics")
@guesses_by_address
def calendar(token: str, meeting_id: str) -> Response:
    resource_id, fair_id = _opened(token)
    own_session(site().database, resource_id, meeting_id, fair_id=fair_id)
    return calendar_file(
        session_calendar(site().database, site().settings, meeting_id, resource_id, now=site().clock())
    )


def _opened(token: str) -> tuple[str, str | None]:
    with site().database.read() as work:
        opened: Opened = open_link(work, token, Purpose.BUYER, now=site().clock())
    if opened.resource_id is None:
        raise LinkUnknown
    return opened.resource_id, opened.fair_id
