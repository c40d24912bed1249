"""Language and time zone of a buyer's pages, kept for the person."""

from collections.abc import Mapping

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.reading import choose_reading
from scheduler.web.auth import faults_by_place
from scheduler.web.buyer.part import Guest, buyer, guest_of
from scheduler.web.language import buyer_languages, language
from scheduler.web.places import zones_by_country
from scheduler.web.site import site
from scheduler.web.throttle import guesses_by_address
from scheduler.wording import LANGUAGE_NAMES, Phrase


@buyer.get("/<token>/settings")
@guesses_by_address
def settings(token: str) -> str:
    return _page(guest_of(token), {}, {})


@buyer.post("/<token>/settings")
@guesses_by_address
def choose(token: str) -> AnyResponse:
    """Sent by the page of choices, and with a zone alone by the button that offers the device's own."""
    guest = guest_of(token)
    wanted = request.form.get("language") or guest.reading.language
    try:
        choose_reading(
            site().database,
            guest.person.id,
            language=wanted if wanted in buyer_languages() else request.form.get("language", ""),
            zone=request.form.get("zone", ""),
            now=site().clock(),
            actor=guest.actor,
        )
    except BadInput as refusal:
        page = _page(guest, dict(request.form), faults_by_place(refusal.faults))
        return Response(page, 400)
    if request.form.get("language") in buyer_languages():
        # The choice of this moment also takes the place of one made before by a link in the head of a page.
        g.language = g.asked_language = request.form["language"]
    flash(Phrase("Your choice is kept.").text(language()), "good")
    return redirect(url_for("buyer.schedule", token=token), code=303)


def _page(guest: Guest, typed: Mapping[str, str], faults: Mapping[str, object]) -> str:
    return render_template(
        "buyer/settings.html",
        guest=guest,
        typed=typed,
        faults=faults,
        languages=[(code, LANGUAGE_NAMES[code]) for code in buyer_languages()],
        countries=zones_by_country(language(), first=(guest.person.country, "KR")),
        now=site().clock(),
    )
