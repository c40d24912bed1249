"""A fair's personal data: how long they are kept, what people agree to, taking data away, erasing somebody."""

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput, Fault, NotFound
from scheduler.services import personal_data
from scheduler.services.personal_data import Kept, SessionsAhead
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

privacy = Blueprint("privacy", __name__, url_prefix="/fairs/<key>/privacy")


@privacy.get("/")
def index(key: str) -> str:
    return _page(key)


@privacy.post("/")
def save(key: str) -> AnyResponse:
    written = request.form.get("days", "").strip()
    typed = {"days": written, "consent_text": request.form.get("consent_text", "")}
    try:
        personal_data.set_privacy(
            site().database,
            key,
            days=_days(written),
            consent_text=typed["consent_text"],
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(key, typed, faults_by_place(refusal.faults)), 400)
    flash(Phrase("Saved.").text(language()), "good")
    return redirect(url_for("privacy.index", key=key), code=303)


@privacy.get("/<resource_id>.json")
def data(key: str, resource_id: str) -> Response:
    """Everything that is kept of one person, to hand to them."""
    _kept(key, resource_id)
    found = personal_data.data_of(site().database, resource_id)
    answer = Response(json.dumps(found, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{resource_id}.json"'
    return answer


@privacy.get("/<resource_id>/erase")
def sure(key: str, resource_id: str) -> str:
    view = personal_data.privacy_page(site().database, key)
    return render_template(
        "coordinator/erase.html", fair=view.fair, one=_kept(key, resource_id), refusal=None
    )


@privacy.post("/<resource_id>/erase")
def erase(key: str, resource_id: str) -> AnyResponse:
    one = _kept(key, resource_id)
    try:
        personal_data.erase_person(
            site().database, site().settings, resource_id, now=site().clock(), actor=this_person().actor
        )
    except SessionsAhead as refusal:
        fair = personal_data.privacy_page(site().database, key).fair
        page = render_template("coordinator/erase.html", fair=fair, one=one, refusal=refusal)
        return Response(page, 409)
    flash(Phrase("Everything about this person is erased.").text(language()), "good")
    return redirect(url_for("privacy.index", key=key), code=303)


@privacy.post("/<resource_id>/consent")
def consent(key: str, resource_id: str) -> AnyResponse:
    """Notes a consent that was given on paper or by telephone, or that it was taken back."""
    one = _kept(key, resource_id)
    fair_id = personal_data.privacy_page(site().database, key).fair.id
    change = personal_data.withdraw_consent if one.consent is not None else personal_data.give_consent
    change(site().database, resource_id, fair_id, now=site().clock(), actor=this_person().actor)
    return redirect(url_for("privacy.index", key=key), code=303)


def _days(written: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 6):
        wrong = Phrase("This is not a number of days.")
        raise BadInput([Fault(place="days", wrong=wrong)])
    return int(written)


def _kept(key: str, resource_id: str) -> Kept:
    view = personal_data.privacy_page(site().database, key)
    found = next((one for one in view.people if one.person.id == resource_id), None)
    if found is None:
        raise NotFound(kind="resource", key=resource_id)
    return found


def _page(
    key: str, typed: dict[str, str] | None = None, faults: dict[str, tuple[Phrase, ...]] | None = None
) -> str:
    view = personal_data.privacy_page(site().database, key)
    days = view.privacy.days
    stored = {"days": "" if days is None else str(days), "consent_text": view.privacy.consent_text}
    return render_template(
        "coordinator/privacy.html",
        fair=view.fair,
        view=view,
        typed=typed or stored,
        faults=faults or {},
        home_zone=site().settings.home_zone,
    )
