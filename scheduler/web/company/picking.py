"""The buyers of a fair, the free moments with one of them, and the click that holds one."""

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import Fault, NotFound, Refusal
from scheduler.services.buyer_checks import newest_check, newest_checks
from scheduler.services.pick_pages import Search, buyer_page, pick_page
from scheduler.services.requests import STATES
from scheduler.services.self_pick import Pick, hold_slot
from scheduler.web.auth import faults_by_place
from scheduler.web.company.part import (
    Refused,
    company,
    fresh_token,
    own_id,
    refused,
    sent_moment,
    sent_token,
    surroundings,
)
from scheduler.web.errors import status_of
from scheduler.web.person import this_person
from scheduler.web.site import site

_LONGEST_SEARCH = 100


@company.get("/fairs/<key>/")
def buyers(key: str) -> str:
    return buyers_of(key)


@company.get("/fairs/<key>/buyers/<buyer_id>")
def buyer(key: str, buyer_id: str) -> str:
    return buyer_of(key, buyer_id)


def buyers_of(key: str, because: Refused | None = None) -> str:
    """The buyers of a fair and the wish list; with what was refused."""
    written = request.args.get("page", "")
    search = Search(
        country=request.args.get("country", "")[:2],
        words=request.args.get("q", "")[:_LONGEST_SEARCH],
        page=int(written) if written.isascii() and written.isdecimal() and len(written) < 5 else 0,
    )
    view = pick_page(site().database, key, own_id(), now=site().clock(), search=search)
    return render_template(
        "company/buyers.html",
        fair=view.fair,
        view=view,
        search=search,
        checks=newest_checks(site().database, view.fair.id),
        refused=because,
        **surroundings(),
    )


@company.post("/fairs/<key>/buyers/<buyer_id>/hold")
def hold(key: str, buyer_id: str) -> AnyResponse:
    pick = Pick(
        fair_key=key,
        company_id=own_id(),
        buyer_id=buyer_id,
        start_at=sent_moment(),
        token=sent_token(),
    )
    now, actor = site().clock(), this_person().actor
    try:
        meeting = hold_slot(site().database, site().settings, pick, now=now, actor=actor)
    except NotFound:
        raise
    except Refusal as refusal:
        return Response(buyer_of(key, buyer_id, refused(refusal)), status_of(refusal))
    return redirect(url_for("company.held", meeting_id=meeting.id), code=303)


def buyer_of(
    key: str,
    buyer_id: str,
    because: Refused | None = None,
    *,
    message: str = "",
    faults: tuple[Fault, ...] = (),
) -> str:
    """The page of one buyer; with what was refused, and what can be picked in its stead."""
    with site().at_one_moment():
        view = buyer_page(site().database, key, own_id(), buyer_id, now=site().clock())
        check = newest_check(site().database, buyer_id)
    return render_template(
        "company/buyer.html",
        fair=view.fair,
        view=view,
        card=view.card,
        check=check,
        refused=because,
        message=message,
        faults=faults_by_place(faults),
        states=STATES,
        token=fresh_token(),
        **surroundings(),
    )
