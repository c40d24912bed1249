"""When the people of a fair are reminded, and what a coordinator wants to be told unasked."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services import agenda
from scheduler.services.briefing import Eve, get_briefing, set_briefing
from scheduler.services.remind import reminders_of, set_reminders
from scheduler.services.reminder_rules import ANSWER, DAY_BEFORE, KINDS
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

reminders = Blueprint("reminders", __name__, url_prefix="/fairs/<key>/reminders")
briefing = Blueprint("briefing", __name__, url_prefix="/briefing")

OFFERED = (ANSWER, DAY_BEFORE, "1440", "60", "10")
"""Rules with a box of their own; others, as the command line may set them, are kept and shown as well."""
WORDS = {
    ANSWER: Phrase("Three days before at 09:00, to those who have not answered"),
    DAY_BEFORE: Phrase("The day before at 09:00, by their own clocks"),
    "1440": Phrase("24 hours before"),
    "60": Phrase("1 hour before"),
    "10": Phrase("10 minutes before, with the link"),
}
KIND_WORDS = {
    "company": Phrase("Companies"),
    "buyer": Phrase("Buyers"),
    "interpreter": Phrase("Interpreters"),
}
EVES = {
    str(Eve.EVENING): Phrase("In the evening of the working day before"),
    str(Eve.MORNING): Phrase("In the morning of the day"),
    str(Eve.OFF): Phrase("Not at all"),
}


@reminders.get("/")
def index(key: str) -> str:
    rules = reminders_of(site().database, site().settings, key)
    return _page(key, {kind: rules.of(kind) for kind in KINDS})


@reminders.post("/")
def save(key: str) -> AnyResponse:
    wanted = {kind: request.form.getlist(kind) for kind in KINDS}
    try:
        count = set_reminders(
            site().database, site().settings, key, wanted, now=site().clock(), actor=this_person().actor
        )
    except BadInput as refusal:
        page = _page(key, {kind: tuple(ones) for kind, ones in wanted.items()}, refusal)
        return Response(page, 400)
    said = Phrase.counted(
        "Saved. %(num)s reminder to come is added; none is made up for.",
        "Saved. %(num)s reminders to come are added; none is made up for.",
        count,
    )
    flash(said.text(language()), "good")
    return redirect(url_for("reminders.index", key=key), code=303)


@briefing.get("/")
def form() -> str:
    kept = get_briefing(site().database, this_person().id)
    return _briefing_page({"eve": str(kept.eve), "at": kept.at, "alerts": "1" if kept.alerts else ""})


@briefing.post("/")
def keep() -> AnyResponse:
    try:
        set_briefing(
            site().database,
            this_person().id,
            eve=request.form.get("eve", ""),
            at=request.form.get("at", "").strip()[:5],
            alerts=bool(request.form.get("alerts")),
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_briefing_page(request.form, refusal), 400)
    flash(Phrase("Your settings are saved.").text(language()), "good")
    return redirect(url_for("briefing.form"), code=303)


def _page(key: str, rules: Mapping[str, tuple[str, ...]], refusal: BadInput | None = None) -> str:
    others = {one for ones in rules.values() for one in ones} - set(OFFERED)
    minutes = sorted((one for one in others if one.isdecimal() and len(one) < 6), key=int, reverse=True)
    return render_template(
        "coordinator/reminders.html",
        fair=agenda.get_fair(site().database, key),
        rules=rules,
        offered=(*OFFERED, *minutes),
        words=WORDS,
        kinds=KIND_WORDS,
        faults=refusal.faults if refusal is not None else (),
    )


def _briefing_page(typed: Mapping[str, str], refusal: BadInput | None = None) -> str:
    return render_template(
        "coordinator/briefing.html",
        typed=typed,
        eves=tuple(EVES.items()),
        faults=faults_by_place(refusal.faults) if refusal is not None else {},
    )
