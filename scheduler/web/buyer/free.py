"""Marking the times when one is free."""

from collections.abc import Mapping

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.proposals import free_grid, propose
from scheduler.web.auth import faults_by_place
from scheduler.web.buyer.part import Guest, buyer, guest_of
from scheduler.web.language import language
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address
from scheduler.wording import Phrase

MOST_SLOTS = 2000


@buyer.get("/<token>/free")
@guesses_by_address
def free(token: str) -> str:
    return _page(guest_of(token))


@buyer.post("/<token>/free")
@guesses_by_address
def send_free(token: str) -> AnyResponse:
    guest = guest_of(token)
    marked = request.form.getlist("slot")[:MOST_SLOTS]
    try:
        propose(
            site().database,
            guest.person.id,
            _fair_id(guest),
            marked,
            comment=request.form.get("comment", ""),
            now=site().clock(),
            actor=guest.actor,
        )
    except BadInput as refusal:
        faults = faults_by_place(refusal.faults)
        return Response(_page(guest, frozenset(marked), request.form.get("comment", ""), faults), 400)
    flash(Phrase("Your free times have been sent to the organiser.").text(language()), "good")
    return redirect(url_for("buyer.free", token=token), code=303)


def _page(
    guest: Guest,
    marked: frozenset[str] | None = None,
    comment: str | None = None,
    faults: Mapping[str, object] | None = None,
) -> str:
    grid = free_grid(
        site().database, guest.person.id, _fair_id(guest), zone=guest.reading.zone, now=site().clock()
    )
    said = grid.latest if grid.latest is not None and grid.latest.state == "open" else None
    return render_template(
        "buyer/free.html",
        guest=guest,
        grid=grid,
        marked=marked if marked is not None else {cell.key for cell in grid.cells if cell.is_free},
        comment=comment if comment is not None else said.comment if said is not None else "",
        faults=faults or {},
        home_zone=site().settings.home_zone,
        now=site().clock(),
    )


def _fair_id(guest: Guest) -> str:
    if guest.fair_id is None:
        abort(404)
    return guest.fair_id
