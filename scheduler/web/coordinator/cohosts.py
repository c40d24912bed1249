"""Which buyers of a fair are in the care of which co-host abroad."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.people import Buyer
from scheduler.services import agenda
from scheduler.services.cohost import choose_buyers, cohosts_of
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

cohosts = Blueprint("cohosts", __name__, url_prefix="/fairs/<key>/cohosts")


@cohosts.get("/")
def index(key: str) -> str:
    view = agenda.participants_of(site().database, key, language=language())
    found = [one.resource for one in view.buyers if isinstance(one.resource, Buyer)]
    buyers = sorted(found, key=lambda one: (one.country, one.name))
    return render_template(
        "coordinator/cohosts.html", fair=view.fair, buyers=buyers, cohosts=cohosts_of(site().database)
    )


@cohosts.post("/<account_id>")
def choose(key: str, account_id: str) -> AnyResponse:
    """Exactly the buyers whose boxes are marked."""
    chosen = set(request.form.getlist("buyer"))
    choose_buyers(site().database, key, account_id, chosen, now=site().clock(), actor=this_person().actor)
    flash(
        Phrase("The co-host sees these buyers from now on, and no others of this fair.").text(language()),
        "good",
    )
    return redirect(url_for("cohosts.index", key=key), code=303)
