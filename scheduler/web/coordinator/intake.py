"""A workbook comes in: uploaded, looked through, asked about, corrected, and taken over."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services import agenda
from scheduler.services.import_fair import OpenQuestions
from scheduler.services.uploads import (
    Pending,
    answer_upload,
    import_upload,
    keep_upload,
    pending_upload,
)
from scheduler.sheets.on_demand import write_template
from scheduler.web.coordinator.fairs import XLSX, download
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

intake = Blueprint("intake", __name__)

_ANSWER = "answer:"


@intake.get("/imports/")
def index() -> str:
    return render_template("coordinator/upload.html", faults=(), fair=None)


@intake.get("/fairs/<key>/import")
def of_fair(key: str) -> str:
    fair = agenda.get_fair(site().database, key)
    return render_template("coordinator/upload_of_fair.html", faults=(), fair=fair)


@intake.get("/imports/template.xlsx")
def template() -> Response:
    name = Phrase("Sangdam template").text(language())
    return download(write_template(language()), f"{name}.xlsx", XLSX)


@intake.post("/imports/")
def upload() -> AnyResponse:
    return _kept(None)


@intake.post("/fairs/<key>/import")
def upload_of_fair(key: str) -> AnyResponse:
    return _kept(key)


@intake.get("/imports/<upload_id>")
def preview(upload_id: str) -> str:
    return _preview(pending_upload(site().database, upload_id))


@intake.post("/imports/<upload_id>/answers")
def answer(upload_id: str) -> AnyResponse:
    answers = {
        key.removeprefix(_ANSWER): written.strip()
        for key, written in request.form.items()
        if key.startswith(_ANSWER)
    }
    answer_upload(site().database, upload_id, answers)
    return redirect(url_for("intake.preview", upload_id=upload_id), code=303)


@intake.post("/imports/<upload_id>/import")
def take_over(upload_id: str) -> AnyResponse:
    try:
        done = import_upload(site().database, upload_id, now=site().clock(), actor=this_person().actor)
    except (BadInput, OpenQuestions):
        return Response(_preview(pending_upload(site().database, upload_id)), 409)
    flash(Phrase("The workbook has been imported.").text(language()), "good")
    return redirect(url_for("fairs.overview", key=done.fair.key), code=303)


def _kept(key: str | None) -> AnyResponse:
    fair = agenda.get_fair(site().database, key) if key is not None else None
    file = request.files.get("file")
    try:
        pending = keep_upload(
            site().database,
            file.read() if file is not None else b"",
            (file.filename or "") if file is not None else "",
            fair_key=key,
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        page = "coordinator/upload.html" if fair is None else "coordinator/upload_of_fair.html"
        return Response(render_template(page, faults=refusal.faults, fair=fair), 400)
    return redirect(url_for("intake.preview", upload_id=pending.upload.id), code=303)


def _preview(pending: Pending) -> str:
    reading = pending.preview.reading
    open_keys = {*(one.key for one in reading.questions), *(one.key for one in reading.notes)}
    return render_template(
        "coordinator/preview.html",
        upload=pending.upload,
        preview=pending.preview,
        reading=reading,
        settled=[(key, answer) for key, answer in pending.upload.answers.items() if key not in open_keys],
    )
