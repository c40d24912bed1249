"""Companies pick their own slots: the rules for it, and what companies and buyers have asked for."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
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
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

picking = Blueprint("picking", __name__, url_prefix="/fairs/<key>/picking")

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


def _page(key: str, refusal: BadInput | None = None, typed: Mapping[str, str] | None = None) -> str:
    fair, kept = picking_rules(site().database, key)
    return render_template(
        "coordinator/picking.html",
        fair=fair,
        rules=kept,
        typed=typed or written_rules(fair, kept),
        faults=faults_by_place(refusal.faults) if refusal is not None else {},
        now=site().clock(),
    )
