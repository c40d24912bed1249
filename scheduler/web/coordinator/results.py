"""The results of a fair, taken away as a file, and the mail that asks companies once more."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput, Fault, NotFound
from scheduler.services.buyer_checks import check_page, note_check
from scheduler.services.follow_up import DAYS, ask_companies, follow_up_page
from scheduler.services.results_page import SHOWN, as_csv, as_workbook, results_page
from scheduler.web.auth import faults_by_place
from scheduler.web.coordinator.fairs import XLSX, download
from scheduler.web.language import language
from scheduler.web.once import ticket_of
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.web.stating import OF_COMPANIES
from scheduler.wording import Phrase

results = Blueprint("results", __name__, url_prefix="/fairs/<key>/results")

_CHOICES = {
    "all": Phrase("All"),
    "missing": Phrase("Not yet stated"),
    "unverified": Phrase("Not verified"),
    "differing": Phrase("The sides differ"),
}


@results.get("/")
def index(key: str) -> str:
    view = results_page(site().database, key, shown=_shown(), now=site().clock())
    return render_template(
        "coordinator/results.html",
        fair=view.fair,
        view=view,
        shown=_shown(),
        choices=_CHOICES.items(),
        stages=OF_COMPANIES,
    )


@results.get("/export.<file>")
def export(key: str, file: str) -> Response:
    view = results_page(site().database, key, shown=_shown(), now=site().clock())
    name = f"{view.fair.key}-results.{file}"
    if file == "xlsx":
        return download(as_workbook(view, language()), name, XLSX)
    if file == "csv":
        return download(as_csv(view, language()), name, "text/csv; charset=utf-8")
    raise NotFound(kind="file", key=file)


@results.get("/follow-up")
def follow_up(key: str) -> str:
    return _follow_up(key, _days(request.args.get("days", "")))


@results.post("/follow-up")
def ask(key: str) -> AnyResponse:
    days = _days(request.form.get("days", ""))
    try:
        count = ask_companies(
            site().database,
            key,
            request.form.getlist("company"),
            days=days,
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_follow_up(key, days, refusal.faults), 400)
    said = Phrase.counted("%(num)s company is being asked.", "%(num)s companies are being asked.", count)
    flash(said.text(language()), "good")
    return redirect(url_for("results.follow_up", key=key, days=days), code=303)


@results.route("/buyers/<buyer_id>", methods=["GET", "POST"])
def buyer(key: str, buyer_id: str) -> AnyResponse | str:
    """Whether a buyer has been verified, by whom and when."""
    if request.method == "GET":
        return _buyer(key, buyer_id)
    actor = this_person().actor
    try:
        note_check(
            site().database,
            key,
            buyer_id,
            is_verified=request.form.get("is_verified", ""),
            note=request.form.get("note", ""),
            now=site().clock(),
            actor=actor,
            ticket=ticket_of(actor),
        )
    except BadInput as refusal:
        return Response(_buyer(key, buyer_id, refusal.faults), 400)
    flash(Phrase("It is noted.").text(language()), "good")
    return redirect(url_for("results.buyer", key=key, buyer_id=buyer_id), code=303)


def _buyer(key: str, buyer_id: str, faults: Sequence[Fault] = ()) -> str:
    view = check_page(site().database, key, buyer_id)
    return render_template(
        "coordinator/buyer_check.html",
        fair=view.fair,
        view=view,
        typed=request.form,
        faults=faults_by_place(tuple(faults)),
    )


def _follow_up(key: str, days: int, faults: Sequence[Fault] = ()) -> str:
    view = follow_up_page(site().database, key, days=days, now=site().clock())
    return render_template(
        "coordinator/follow_up.html", fair=view.fair, view=view, offered=DAYS, faults=faults
    )


def _days(written: str) -> int:
    """Thirty where nothing of ours is asked for: results are asked for once a month."""
    return int(written) if written in {str(one) for one in DAYS} else 30


def _shown() -> str:
    asked = request.args.get("show", "")
    return asked if asked in SHOWN else SHOWN[0]
