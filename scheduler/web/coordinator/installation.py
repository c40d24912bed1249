"""The installation's own page: the city's name, logo, sender and languages."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.installation import PAGE_LANGUAGES, Installation, save_installation
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import LANGUAGE_NAMES, LANGUAGES, Phrase

installation = Blueprint("installation", __name__, url_prefix="/installation")


@installation.get("/")
def index() -> str:
    return _page(site().installation)


@installation.post("/")
def save() -> AnyResponse:
    wanted = Installation(
        city=request.form.get("city", ""),
        city_en=request.form.get("city_en", ""),
        mail_from=request.form.get("mail_from", ""),
        language=request.form.get("language", ""),
        buyer_languages=tuple(request.form.getlist("buyer_languages")),
    )
    file = request.files.get("logo")
    try:
        save_installation(
            site().database,
            wanted,
            logo=(file.read() or None) if file is not None else None,
            remove_logo=request.form.get("remove_logo") == "yes",
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(wanted, faults_by_place(refusal.faults)), 400)
    site().look_again()
    flash(Phrase("Saved. It shows on all pages within a few seconds.").text(language()), "good")
    return redirect(url_for("installation.index"), code=303)


def _page(shown: Installation, faults: dict[str, tuple[Phrase, ...]] | None = None) -> str:
    return render_template(
        "coordinator/installation.html",
        shown=shown,
        started=site().started_with,
        page_languages=[(code, LANGUAGE_NAMES[code]) for code in PAGE_LANGUAGES],
        buyer_languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        faults=faults or {},
    )
