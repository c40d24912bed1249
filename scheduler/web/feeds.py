"""Calendar feeds: what a calendar app fetches every hour, by an address that nobody can guess."""

from datetime import UTC

from flask import Blueprint, Response, request

from scheduler.services.feeds import open_feed
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address

feeds = Blueprint("feeds", __name__, url_prefix="/feeds")


@feeds.get("/<token>.ics")
@guesses_by_address
def feed(token: str) -> Response:
    """The validators decide first: an unchanged calendar is not made again."""
    found = open_feed(site().database, site().settings, token, now=site().clock())
    response = Response(content_type="text/calendar; charset=utf-8")
    response.set_etag(found.etag.strip('"'))
    if found.last_modified is not None:
        response.last_modified = found.last_modified.astimezone(UTC)
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Content-Disposition"] = 'inline; filename="sangdam.ics"'
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(found.content())
    return response
