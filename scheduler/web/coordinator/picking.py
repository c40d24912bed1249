"""Companies pick their own slots: the rules for it, and what companies and buyers have asked for."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.picking_rules import (
    LIMITS,
    MOMENTS,
    SWITCHES,
    picking_rules,
    set_picking_rules,
    written_rules,
)
from scheduler.services.requests import STATES, accept_request, decline_request, requests_of
from scheduler.services.waiting import line_of, offer_freed
from scheduler.services.wish_lists import match_all_wishes, wish_lists
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

picking = Blueprint("picking", __name__, url_prefix="/fairs/<key>/picking")

_ANSWERS = {"accept": accept_request, "decline": decline_request}
_SAID = {
    "accept": Phrase("Accepted: the two are matched."),
    "decline": Phrase("Declined; whoever asked is being told."),
}
_FIELDS = (*SWITCHES, "reach", *LIMITS, *MOMENTS)


@picking.get("/")
def index(key: str) -> str:
    return _page(key)


@picking.post("/")
def rules(key: str) -> AnyResponse:
    given = {name: request.form[name][:40] for name in _FIELDS if name in request.form}
    for one in SWITCHES:
        given.setdefault(one, "no")
    try:
        set_picking_rules(site().database, key, given, now=site().clock(), actor=this_person().actor)
    except BadInput as refusal:
        return Response(_page(key, refusal, given), 400)
    flash(Phrase("The rules are saved.").text(language()), "good")
    return redirect(url_for("picking.index", key=key), code=303)


@picking.post("/requests/<request_id>/<answer>")
def answer(key: str, request_id: str, answer: str) -> AnyResponse:
    """For the side that was asked, when it has said so by telephone."""
    if answer not in _ANSWERS:
        abort(404)
    _ANSWERS[answer](site().database, request_id, now=site().clock(), actor=this_person().actor)
    flash(_SAID[answer].text(language()), "good")
    return redirect(url_for("picking.index", key=key, _anchor="requests"), code=303)


@picking.post("/wishes")
def wishes(key: str) -> AnyResponse:
    made = match_all_wishes(site().database, key, now=site().clock(), actor=this_person().actor)
    said = Phrase.counted("%(num)s match has been made.", "%(num)s matches have been made.", made)
    flash(said.text(language()), "good")
    return redirect(url_for("picking.index", key=key, _anchor="wishes"), code=303)


@picking.post("/waiting")
def waiting(key: str) -> AnyResponse:
    """Looks for free moments at once; the worker does so by itself every half minute."""
    made = offer_freed(site().database, now=site().clock(), fair_key=key, actor=this_person().actor)
    said = Phrase.counted("%(num)s offer has been made.", "%(num)s offers have been made.", made)
    flash(said.text(language()), "good")
    return redirect(url_for("picking.index", key=key, _anchor="waiting"), code=303)


def _page(key: str, refusal: BadInput | None = None, typed: Mapping[str, str] | None = None) -> str:
    fair, kept = picking_rules(site().database, key)
    return render_template(
        "coordinator/picking.html",
        fair=fair,
        rules=kept,
        typed=typed or written_rules(fair, kept),
        faults=faults_by_place(refusal.faults) if refusal is not None else {},
        asked=requests_of(site().database, key)[1],
        line=line_of(site().database, key),
        lists=wish_lists(site().database, key),
        states=STATES,
        now=site().clock(),
        home_zone=fair.zone,
    )
