"""Who may log in for a company: its own people invite their colleagues and remove them."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.team import invite_member, readmit_member, remind_member, remove_member, team_of
from scheduler.web.auth import faults_by_place
from scheduler.web.company.part import company, surroundings
from scheduler.web.language import STAFF_LANGUAGES, language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import LANGUAGE_NAMES, Phrase

_DEEDS = {"remind": remind_member, "remove": remove_member, "readmit": readmit_member}
_SAID = {
    "remind": Phrase("The invitation is on its way again."),
    "remove": Phrase("Removed: they are logged out and get in no more."),
    "readmit": Phrase("They can log in again."),
}


@company.get("/team/")
def team() -> str:
    return _page()


@company.post("/team/")
def invite() -> AnyResponse:
    chosen = request.form.get("language", "")
    try:
        account = invite_member(
            site().database,
            email=request.form.get("email", "")[:300],
            name=request.form.get("name", "")[:300],
            language=chosen if chosen in STAFF_LANGUAGES else STAFF_LANGUAGES[0],
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(refusal), 400)
    flash(Phrase("The invitation is on its way to %(email)s.", email=account.email).text(language()), "good")
    return redirect(url_for("company.team"), code=303)


@company.post("/team/<account_id>/<deed>")
def change_member(account_id: str, deed: str) -> AnyResponse:
    if deed not in _DEEDS:
        abort(404)
    try:
        _DEEDS[deed](site().database, account_id, now=site().clock(), actor=this_person().actor)
    except BadInput as refusal:
        return Response(_page(refusal), 400)
    flash(_SAID[deed].text(language()), "good")
    return redirect(url_for("company.team"), code=303)


def _page(refusal: BadInput | None = None) -> str:
    return render_template(
        "company/team.html",
        members=team_of(site().database, this_person().actor),
        faults=faults_by_place(refusal.faults) if refusal is not None else {},
        typed=request.form,
        languages=[(code, LANGUAGE_NAMES[code]) for code in STAFF_LANGUAGES],
        **surroundings(),
    )
