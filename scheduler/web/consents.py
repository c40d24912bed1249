"""What somebody says on their own page to the keeping of their data."""

from flask import abort, flash, request

from scheduler.services.actor import Actor
from scheduler.services.own_consent import agree, consents_asked
from scheduler.services.personal_data import withdraw_consent
from scheduler.web.language import language
from scheduler.web.site import site
from scheduler.wording import Phrase

_AGREED = Phrase("Thank you. Your consent has been noted.")
_TAKEN_BACK = Phrase("Your consent has been taken back. The organiser sees that.")


def keep_what_is_said(resource_id: str, actor: Actor, *, fair_id: str | None = None) -> None:
    """Takes the form of parts/consents.html; a fair that asks this person for nothing is not there."""
    asked = consents_asked(site().database, resource_id, fair_id=fair_id)
    one = next((each for each in asked if each.fair.key == request.form.get("fair")), None)
    if one is None:
        abort(404)
    now, deed = site().clock(), request.form.get("deed")
    if deed == "agree":
        version = request.form.get("version", "")
        agree(site().database, resource_id, one.fair.id, version=version, now=now, actor=actor)
    elif deed == "take_back":
        withdraw_consent(site().database, resource_id, one.fair.id, now=now, actor=actor)
    else:
        abort(400)
    said = _AGREED if deed == "agree" else _TAKEN_BACK
    flash(said.text(language()), "good")
