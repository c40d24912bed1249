"""Pages for those who cannot log in yet: an invitation taken up, a forgotten password; and one's own sessions."""

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services import invitations
from scheduler.services.logins import end_elsewhere, places_of
from scheduler.web.auth import faults_by_place
from scheduler.web.person import log_in, session_token
from scheduler.web.site import site
from scheduler.web.throttle import asked_by_address, guesses_by_address
from scheduler.wording import Phrase

joining = Blueprint("joining", __name__)


@joining.get("/join/<token>")
@guesses_by_address
def join(token: str) -> str:
    """Looking at the link changes nothing: mail scanners open it too."""
    return _join_page(token)


@joining.post("/join/<token>")
@guesses_by_address
def choose(token: str) -> AnyResponse:
    now = site().clock()
    try:
        account = invitations.choose_password(
            site().database, site().settings, token, password=request.form.get("password", ""), now=now
        )
    except BadInput as refusal:
        return Response(_join_page(token, faults_by_place(refusal.faults)), 400)
    log_in(account, now)
    return redirect(url_for("auth.home"), code=303)


@joining.get("/forgot")
def forgot() -> str:
    return render_template("forgot.html", is_sent=False)


@joining.post("/forgot")
@asked_by_address
def ask() -> str:
    """The same page for an address we know and for one we do not."""
    invitations.ask_for_new_password(site().database, request.form.get("email", "")[:300], now=site().clock())
    return render_template("forgot.html", is_sent=True)


@joining.get("/sessions")
def places() -> AnyResponse | str:
    if g.person is None:
        return redirect(url_for("auth.login", next=url_for("joining.places")), code=303)
    found = places_of(site().database, g.person.id, token=session_token(), now=site().clock())
    return render_template("places.html", places=found, home_zone=site().settings.home_zone)


@joining.post("/sessions")
def end() -> AnyResponse:
    if g.person is None:
        return redirect(url_for("auth.login"), code=303)
    end_elsewhere(
        site().database,
        g.person.id,
        key=request.form.get("session") or None,
        token=session_token(),
        now=site().clock(),
        actor=g.person.actor,
    )
    return redirect(url_for("joining.places"), code=303)


def _join_page(token: str, faults: dict[str, tuple[Phrase, ...]] | None = None) -> str:
    account = invitations.open_invitation(site().database, site().settings, token, now=site().clock())
    return render_template("join.html", account=account, faults=faults or {}, person=None)
