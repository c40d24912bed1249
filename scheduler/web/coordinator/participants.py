"""Who takes part in a fair: companies, buyers, interpreters, rooms, and who is to meet whom."""

from flask import Blueprint, render_template, request

from scheduler.services import agenda
from scheduler.services.answered import tallies_of_fair
from scheduler.services.buyer_checks import newest_checks
from scheduler.services.display import displays_of
from scheduler.services.subscriptions import subscriptions_of_fair
from scheduler.web.coordinator.fairs import first_moment
from scheduler.web.language import language
from scheduler.web.site import site

participants = Blueprint("participants", __name__, url_prefix="/fairs/<key>/participants")

TABS = ("companies", "buyers", "interpreters", "rooms", "matches")


@participants.get("/")
def index(key: str) -> str:
    view = agenda.participants_of(site().database, key, language=language())
    tab = request.args.get("tab", "")
    return render_template(
        "coordinator/participants.html",
        fair=view.fair,
        view=view,
        tab=tab if tab in TABS else TABS[0],
        first_at=first_moment(view.fair),
        checks=newest_checks(site().database, view.fair.id),
        tallies=tallies_of_fair(site().database, view.fair.id, now=site().clock()),
        subscriptions=subscriptions_of_fair(site().database, site().settings, view.fair.id),
        displays=displays_of(
            site().database, site().settings, view.fair.id, [one.resource.id for one in view.rooms]
        ),
    )
