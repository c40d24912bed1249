"""The hours of a month: looked at, signed, downloaded."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput, NotFound
from scheduler.services.hours_worked import (
    MonthSheet,
    as_csv,
    as_workbook,
    month_key,
    month_of,
    month_sheet,
    next_month,
    sign,
)
from scheduler.timezones.wall import to_wall
from scheduler.web.auth import faults_by_place
from scheduler.web.coordinator.fairs import XLSX, download
from scheduler.web.interpreter.part import interpreter, own_id
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site


@interpreter.get("/worked")
@interpreter.get("/worked/<month>")
def sheet(month: str = "") -> str:
    return _page(_own(month or this_month()))


@interpreter.post("/worked/<month>/sign", endpoint="sign")
def sign_off(month: str) -> AnyResponse:
    try:
        sign(
            site().database,
            own_id(),
            month_of(month),
            name=request.form.get("name", ""),
            seen=request.form.get("seen", ""),
            zone=site().settings.home_zone,
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(_own(month), faults_by_place(refusal.faults)), 400)
    return redirect(url_for("interpreter.sheet", month=month), code=303)


@interpreter.get("/worked/<month>.<file>")
def export(month: str, file: str) -> Response:
    return sheet_file(_own(month), file)


def sheet_file(sheet: MonthSheet, file: str) -> Response:
    """As .xlsx or .csv; NotFound for anything else."""
    name = f"{sheet.person.name}-{sheet.key}.{file}"
    if file == "xlsx":
        return download(as_workbook(sheet, language()), name, XLSX)
    if file == "csv":
        return download(as_csv(sheet, language()), name, "text/csv; charset=utf-8")
    raise NotFound(kind="file", key=file)


def this_month() -> str:
    return month_key(to_wall(site().clock(), site().settings.home_zone).date())


def around(sheet: MonthSheet) -> tuple[str, str]:
    """The months before and after."""
    return months_around(sheet.month)


def months_around(month: date) -> tuple[str, str]:
    return month_key(month - timedelta(days=1)), month_key(next_month(month))


def _own(month: str) -> MonthSheet:
    return month_sheet(
        site().database, own_id(), month_of(month), zone=site().settings.home_zone, now=site().clock()
    )


def _page(sheet: MonthSheet, faults: Mapping[str, object] | None = None) -> str:
    return render_template(
        "interpreter/sheet.html",
        sheet=sheet,
        around=around(sheet),
        typed=request.form.get("name", this_person().name),
        faults=faults or {},
        now=site().clock(),
    )
