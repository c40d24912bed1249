"""The pages of a co-host abroad: its own buyers, their sessions and answers, their links, their free times."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.booking.fair import Fair
from scheduler.booking.people import Buyer
from scheduler.services.answer import answer
from scheduler.services.cohost import buyer_in_care, care_page, send_link_again
from scheduler.services.proposals import free_grid, propose
from scheduler.services.reading import by_day, reading_of
from scheduler.services.timetable import timetable_of
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.moments import seen_moment
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

cohost = Blueprint("cohost", __name__, url_prefix="/cohost")
MOST_SLOTS = 2000


@cohost.get("/")
def index() -> str:
    care = care_page(site().database, this_person().id, now=site().clock())
    return render_template("cohost/index.html", care=care, now=site().clock())


@cohost.get("/<key>/<buyer_id>")
def buyer(key: str, buyer_id: str) -> str:
    return _page(*_in_care(key, buyer_id))


@cohost.post("/<key>/<buyer_id>/sessions/<meeting_id>/answer")
def say(key: str, buyer_id: str, meeting_id: str) -> AnyResponse:
    """What the buyer has told the co-host, kept as the buyer's answer."""
    fair, person = _in_care(key, buyer_id)
    try:
        answer(
            site().database,
            meeting_id,
            person.id,
            request.form.get("answer", ""),
            seen_start_at=seen_moment(request.form.get("start", "")),
            comment=request.form.get("comment", ""),
            fair_id=fair.id,
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(fair, person, meeting_id, faults_by_place(refusal.faults)), 400)
    flash(Phrase("The answer is kept.").text(language()), "good")
    return redirect(url_for("cohost.buyer", key=key, buyer_id=buyer_id, _anchor=meeting_id), code=303)


@cohost.post("/<key>/<buyer_id>/link")
def send_link(key: str, buyer_id: str) -> AnyResponse:
    send_link_again(
        site().database,
        site().settings,
        this_person().id,
        key,
        buyer_id,
        now=site().clock(),
        actor=this_person().actor,
    )
    flash(Phrase("The link goes out by mail.").text(language()), "good")
    return redirect(url_for("cohost.buyer", key=key, buyer_id=buyer_id), code=303)


@cohost.get("/<key>/<buyer_id>/free")
def free(key: str, buyer_id: str) -> str:
    return _free_page(*_in_care(key, buyer_id))


@cohost.post("/<key>/<buyer_id>/free")
def send_free(key: str, buyer_id: str) -> AnyResponse:
    fair, person = _in_care(key, buyer_id)
    marked = request.form.getlist("slot")[:MOST_SLOTS]
    try:
        propose(
            site().database,
            person.id,
            fair.id,
            marked,
            comment=request.form.get("comment", ""),
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        faults = faults_by_place(refusal.faults)
        return Response(_free_page(fair, person, frozenset(marked), faults), 400)
    flash(Phrase("The free times have been sent to the coordinator.").text(language()), "good")
    return redirect(url_for("cohost.free", key=key, buyer_id=buyer_id), code=303)


def _in_care(key: str, buyer_id: str) -> tuple[Fair, Buyer]:
    return buyer_in_care(site().database, this_person().id, key, buyer_id)


def _page(fair: Fair, person: Buyer, refused: str = "", faults: Mapping[str, object] | None = None) -> str:
    view = timetable_of(site().database, person.id, fair_id=fair.id)
    reading = reading_of(site().database, person)
    entries = [entry for _, found in view.days for entry in found]
    return render_template(
        "cohost/buyer.html",
        fair=fair,
        buyer=person,
        zone=reading.zone,
        days=by_day(entries, reading.zone),
        home_zone=site().settings.home_zone,
        now=site().clock(),
        refused=refused,
        faults=faults or {},
    )


def _free_page(
    fair: Fair,
    person: Buyer,
    marked: frozenset[str] | None = None,
    faults: Mapping[str, object] | None = None,
) -> str:
    zone = reading_of(site().database, person).zone
    grid = free_grid(site().database, person.id, fair.id, zone=zone, now=site().clock())
    return render_template(
        "cohost/free.html",
        fair=fair,
        buyer=person,
        grid=grid,
        marked=marked if marked is not None else {cell.key for cell in grid.cells if cell.is_free},
        comment=request.form.get("comment", ""),
        faults=faults or {},
        home_zone=site().settings.home_zone,
        now=site().clock(),
    )
