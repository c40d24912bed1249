"""Who can log in: accounts, their roles, invitations, and an end to sessions elsewhere."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services import accounts, invitations
from scheduler.services.actor import Role
from scheduler.services.people_list import people_list
from scheduler.web.auth import faults_by_place
from scheduler.web.language import STAFF_LANGUAGES, language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import LANGUAGE_NAMES, Phrase

people = Blueprint("people", __name__, url_prefix="/people")

ROLE_NAMES: dict[str, Phrase] = {
    Role.COORDINATOR: Phrase("coordinator"),
    Role.COMPANY: Phrase("company"),
    Role.INTERPRETER: Phrase("interpreter"),
    Role.COHOST: Phrase("co-host"),
}
_RESOURCE_OF = {Role.COMPANY: "company", Role.INTERPRETER: "interpreter"}
_FIELDS = ("email", "name", "role", "company", "interpreter", "language")


@people.get("/")
def index() -> str:
    return _page({"role": str(Role.COORDINATOR), "language": "ko"})


@people.post("/")
def invite() -> AnyResponse:
    given = {name: request.form.get(name, "") for name in _FIELDS}
    of = _RESOURCE_OF.get(Role(given["role"]) if given["role"] in accounts.ROLES else Role.SYSTEM)
    try:
        account = invitations.invite(
            site().database,
            email=given["email"],
            role=given["role"],
            name=given["name"],
            resource_id=given[of] or None if of is not None else None,
            language=given["language"] if given["language"] in STAFF_LANGUAGES else "ko",
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(given, faults_by_place(refusal.faults)), 400)
    return _done(Phrase("An invitation goes to %(email)s.", email=account.email))


@people.post("/<account_id>/invite")
def invite_again(account_id: str) -> AnyResponse:
    account = invitations.invite_again(
        site().database, account_id, now=site().clock(), actor=this_person().actor
    )
    return _done(Phrase("A link to choose a password goes to %(email)s.", email=account.email))


@people.post("/<account_id>/<change>")
def change(account_id: str, change: str) -> AnyResponse:
    """Closes or opens an account, or logs it out everywhere."""
    known = {
        "close": (accounts.disable_account, Phrase("The account is closed, and logged out everywhere.")),
        "open": (accounts.enable_account, Phrase("The account is open again.")),
        "log-out": (accounts.end_sessions, Phrase("The account is logged out everywhere.")),
    }
    if change not in known:
        abort(404)
    deed, said = known[change]
    try:
        deed(site().database, account_id, now=site().clock(), actor=this_person().actor)
    except BadInput as refusal:
        flash(" ".join(fault.wrong.text(language()) for fault in refusal.faults), "bad")
        return redirect(url_for("people.index"), code=303)
    return _done(said)


def _done(said: Phrase) -> AnyResponse:
    flash(said.text(language()), "good")
    return redirect(url_for("people.index"), code=303)


def _page(given: dict[str, str], faults: dict[str, tuple[Phrase, ...]] | None = None) -> str:
    return render_template(
        "coordinator/people.html",
        view=people_list(site().database),
        roles=[(str(role), ROLE_NAMES[role]) for role in accounts.ROLES],
        role_names=ROLE_NAMES,
        tongues=[(code, LANGUAGE_NAMES[code]) for code in STAFF_LANGUAGES],
        given=given,
        faults=faults or {},
        me=this_person(),
        home_zone=site().settings.home_zone,
    )
