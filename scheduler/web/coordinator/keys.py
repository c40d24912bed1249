"""A coordinator's keys for programs: made, shown once, ended."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services import accounts
from scheduler.services.api_keys import LONGEST_DAYS, SCOPE_WORDS, end_key, keys_of, make_key
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import INTERFACE, site
from scheduler.wording import Phrase

keys = Blueprint("keys", __name__, url_prefix="/keys")


@keys.get("/")
def index() -> str:
    return _page({"days": "90", "name": ""}, ["read"])


@keys.post("/")
def make() -> AnyResponse:
    typed = {"name": request.form.get("name", ""), "days": request.form.get("days", "")}
    scopes = request.form.getlist("scopes")
    account = accounts.find_account(site().database, this_person().id)
    if account is None:
        return redirect(url_for("auth.login"), code=303)
    try:
        _, token = make_key(
            site().database,
            account,
            name=typed["name"],
            scopes=scopes,
            days=int(typed["days"]) if typed["days"].isascii() and typed["days"].isdecimal() else 0,
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(typed, scopes, faults_by_place(refusal.faults)), 400)
    # Not after a redirect: the token is shown in this answer alone, and kept nowhere.
    return Response(_page(typed, scopes, token=token), 201)


@keys.post("/<key_id>/end")
def end(key_id: str) -> AnyResponse:
    end_key(site().database, this_person().id, key_id, now=site().clock(), actor=this_person().actor)
    flash(Phrase("The key is worth nothing any more.").text(language()), "good")
    return redirect(url_for("keys.index"), code=303)


def _page(
    typed: dict[str, str],
    scopes: list[str],
    faults: dict[str, tuple[Phrase, ...]] | None = None,
    token: str = "",
) -> str:
    return render_template(
        "coordinator/keys.html",
        keys=keys_of(site().database, this_person().id),
        typed=typed,
        chosen=scopes,
        scopes=SCOPE_WORDS,
        longest=LONGEST_DAYS,
        faults=faults or {},
        token=token,
        now=site().clock(),
        home_zone=site().settings.home_zone,
        address=f"{site().settings.base_address}{INTERFACE}",
    )
