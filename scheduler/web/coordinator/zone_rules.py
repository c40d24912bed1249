"""Sessions that a change of the zones' rules moves for somebody: listed, and told at the coordinator's word."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from scheduler.services.zone_rules import shifted_sessions, tell_shifted
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

zone_rules = Blueprint("zone_rules", __name__, url_prefix="/time-zones")


@zone_rules.get("/")
def index() -> str:
    shifted = shifted_sessions(site().database, now=site().clock())
    return render_template("coordinator/zone_rules.html", shifted=shifted)


@zone_rules.post("/")
def tell() -> Response:
    """Only for the sessions that stood on the page: what came up since then is looked at first."""
    count = tell_shifted(
        site().database, request.form.getlist("meeting"), now=site().clock(), actor=this_person().actor
    )
    said = Phrase.counted("%(num)s notice is on its way.", "%(num)s notices are on their way.", count)
    flash(said.text(language()), "good")
    return redirect(url_for("zone_rules.index"), code=303)
