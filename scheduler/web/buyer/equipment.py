"""Trying camera, microphone and the video link before the day."""

from flask import Response, make_response, render_template

from scheduler.services.timetable import timetable_of
from scheduler.web.buyer.part import buyer, guest_of
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address

_DEVICES = "camera=(self), microphone=(self), geolocation=(), payment=()"


@buyer.get("/<token>/check")
@guesses_by_address
def check(token: str) -> Response:
    """The one page that may ask for camera and microphone."""
    guest = guest_of(token)
    view = timetable_of(site().database, guest.person.id, fair_id=guest.fair_id)
    entries = [entry for _, found in view.days for entry in found]
    to_come = [
        one
        for one in entries
        if one.meeting is not None
        and one.meeting.state == "confirmed"
        and one.meeting.link
        and one.slot.end_at > site().clock()
    ]
    page = render_template(
        "buyer/check.html", guest=guest, sessions=to_come, home_zone=site().settings.home_zone
    )
    response = make_response(page)
    response.headers["Permissions-Policy"] = _DEVICES
    return response
