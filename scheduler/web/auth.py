"""Logging in and out, one's own password, and who may open which pages."""

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput, Fault
from scheduler.services import accounts
from scheduler.services.actor import Role
from scheduler.web.addresses import own_address
from scheduler.web.language import language
from scheduler.web.person import Person, find_person, log_in, log_out, this_person
from scheduler.web.site import site
from scheduler.web.throttle import login_by_account, login_by_address
from scheduler.wording import Phrase

auth = Blueprint("auth", __name__)

OPEN = frozenset({"auth", "health", "joining", "logo"})
"""Parts that decide for themselves whether somebody has to be logged in."""
BY_ADDRESS = frozenset({"buyer", "display", "feeds", "offers"})
"""Parts that an address opens by itself, without an account."""
ROLES_OF: dict[str, frozenset[Role]] = {
    "own": frozenset({Role.COMPANY, Role.INTERPRETER}),
    "own_reminders": frozenset({Role.COMPANY, Role.INTERPRETER}),
    "company": frozenset({Role.COMPANY}),
    "interpreter": frozenset({Role.INTERPRETER}),
    "cohost": frozenset({Role.COHOST}),
}
"""Whom a part is for; every other part is the coordinators'."""
_COORDINATORS = frozenset({Role.COORDINATOR})
_HOMES = {
    Role.COORDINATOR: "fairs.index",
    Role.COMPANY: "own.schedule",
    Role.INTERPRETER: "interpreter.day",
    Role.COHOST: "cohost.index",
}


def guard() -> AnyResponse | None:
    """Before a page: nobody gets further than their role, and what is not named here is for coordinators."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    part = request.blueprint
    # Behind a link everybody is the buyer it was made for, whoever else they are.
    g.person = find_person() if part not in BY_ADDRESS else None
    if part in OPEN or part in BY_ADDRESS:
        return None
    if g.person is None:
        return _to_login()
    if g.person.role not in ROLES_OF.get(part or "", _COORDINATORS):
        abort(403)
    return None


@auth.get("/")
def home() -> AnyResponse:
    return redirect(_home_of(g.person)) if g.person else _to_login()


@auth.route("/login", methods=["GET", "POST"])
@login_by_address
@login_by_account
def login() -> AnyResponse | str:
    if request.method == "GET":
        return _login_page()
    email, wanted = request.form.get("email", ""), request.form.get("next", "")
    address = own_address(wanted, otherwise="")
    try:
        account = accounts.authenticate(
            site().database, email, request.form.get("password", ""), now=site().clock()
        )
    except accounts.LoginRefused as refusal:
        return Response(_login_page(refusal.phrase, email=email, wanted=address), 400)
    log_in(account, site().clock())
    person = find_person()
    return redirect(address or _home_of(person), code=303)


@auth.post("/logout")
def logout() -> AnyResponse:
    log_out()
    return redirect(url_for("auth.login"), code=303)


@auth.route("/password", methods=["GET", "POST"])
def password() -> AnyResponse | str:
    if g.person is None:
        return _to_login()
    if request.method == "GET":
        return render_template("password.html", faults={})
    try:
        _change_password(this_person())
    except BadInput as refusal:
        return Response(render_template("password.html", faults=faults_by_place(refusal.faults)), 400)
    flash(Phrase("The password has been changed.").text(language()), "good")
    return redirect(url_for("auth.home"), code=303)


def faults_by_place(faults: tuple[Fault, ...]) -> dict[str, tuple[Phrase, ...]]:
    """The faults of a form at their fields."""
    places = dict.fromkeys(fault.place for fault in faults)
    return {
        place: tuple(
            sentence
            for fault in faults
            if fault.place == place
            for sentence in (fault.wrong, fault.mend)
            if sentence is not None
        )
        for place in places
    }


def _change_password(person: Person) -> None:
    account = accounts.change_password(
        site().database,
        person.id,
        old=request.form.get("old", ""),
        new=request.form.get("new", ""),
        now=site().clock(),
        actor=person.actor,
    )
    log_in(account, site().clock())


def _login_page(refusal: Phrase | None = None, *, email: str = "", wanted: str | None = None) -> str:
    address = own_address(request.args.get("next", ""), otherwise="") if wanted is None else wanted
    return render_template(
        "login.html", refusal=refusal, email=email, next=address, now=site().clock(), person=None
    )


def _to_login() -> AnyResponse:
    path = request.full_path.rstrip("?") if request.method == "GET" else ""
    address = url_for("auth.login", next=path) if path and path != "/" else url_for("auth.login")
    return redirect(address, code=303)


def _home_of(person: Person | None) -> str:
    if person is None:
        return url_for("auth.login")
    return url_for(_HOMES[person.role])
