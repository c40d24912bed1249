"""The hours interpreters have worked, month by month, and the coordinator's signature under them."""

from collections.abc import Mapping

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.hours_worked import MonthSheet, countersign, month_of, month_sheet, sheets_of_month
from scheduler.web.auth import faults_by_place
from scheduler.web.interpreter.worked import around, months_around, sheet_file, this_month
from scheduler.web.person import this_person
from scheduler.web.site import site

hour_sheets = Blueprint("hour_sheets", __name__, url_prefix="/hours")


@hour_sheets.get("/")
@hour_sheets.get("/<month>/")
def index(month: str = "") -> str:
    first = month_of(month or this_month())
    sheets = sheets_of_month(site().database, first, zone=site().settings.home_zone, now=site().clock())
    return render_template(
        "coordinator/hour_sheets.html",
        sheets=sheets,
        month=month or this_month(),
        around=months_around(first),
    )


@hour_sheets.get("/<month>/<interpreter_id>")
def sheet(month: str, interpreter_id: str) -> str:
    return _page(_sheet(month, interpreter_id))


@hour_sheets.post("/<month>/<interpreter_id>/sign")
def sign(month: str, interpreter_id: str) -> AnyResponse:
    try:
        countersign(
            site().database,
            interpreter_id,
            month_of(month),
            name=request.form.get("name", ""),
            seen=request.form.get("seen", ""),
            zone=site().settings.home_zone,
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(_sheet(month, interpreter_id), faults_by_place(refusal.faults)), 400)
    return redirect(url_for("hour_sheets.sheet", month=month, interpreter_id=interpreter_id), code=303)


@hour_sheets.get("/<month>/<interpreter_id>.<file>")
def export(month: str, interpreter_id: str, file: str) -> Response:
    return sheet_file(_sheet(month, interpreter_id), file)


def _sheet(month: str, interpreter_id: str) -> MonthSheet:
    return month_sheet(
        site().database,
        interpreter_id,
        month_of(month),
        zone=site().settings.home_zone,
        now=site().clock(),
    )


def _page(sheet: MonthSheet, faults: Mapping[str, object] | None = None) -> str:
    return render_template(
        "coordinator/hour_sheet.html",
        sheet=sheet,
        around=around(sheet),
        typed=request.form.get("name", this_person().name),
        faults=faults or {},
        now=site().clock(),
    )
