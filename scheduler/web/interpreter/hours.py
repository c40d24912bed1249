"""Painting one's week, and the days that are different."""

from collections.abc import Mapping
from datetime import date

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.own_hours import Wanted, add_exception, drop_exception, own_hours, paint_hours
from scheduler.timezones.labels import weekday_name
from scheduler.timezones.names import full_day_label
from scheduler.timezones.painted import HALVES
from scheduler.timezones.span import clock_of
from scheduler.web.auth import faults_by_place
from scheduler.web.interpreter.part import date_in, interpreter, own_id
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase


@interpreter.get("/hours")
def hours() -> str:
    return _page()


@interpreter.post("/hours")
def paint() -> AnyResponse:
    marked = frozenset(request.form.getlist("cell"))
    paint_hours(site().database, own_id(), marked, now=site().clock(), actor=this_person().actor)
    flash(Phrase("Your week is kept. Grids are built by it from now on.").text(language()), "good")
    return redirect(url_for("interpreter.hours"), code=303)


@interpreter.post("/hours/days")
def add() -> AnyResponse:
    names = ("on", "kind", "first", "last")
    typed = {name: request.form.get(name, "").strip() for name in names}
    try:
        on = add_exception(
            site().database, own_id(), Wanted(**typed), now=site().clock(), actor=this_person().actor
        )
    except BadInput as refusal:
        return Response(_page(typed, faults_by_place(refusal.faults)), 400)
    flash(_kept(on).text(language()), "good")
    return redirect(url_for("interpreter.hours", _anchor="days"), code=303)


@interpreter.post("/hours/days/<on>/drop")
def drop(on: str) -> AnyResponse:
    day = date_in(on)
    if day is None:
        abort(404)
    drop_exception(site().database, own_id(), day, now=site().clock(), actor=this_person().actor)
    words = Phrase("%(day)s is like its weekday again.", day=full_day_label(day, language()))
    flash(words.text(language()), "good")
    return redirect(url_for("interpreter.hours", _anchor="days"), code=303)


def _kept(on: date) -> Phrase:
    return Phrase("%(day)s is kept as a different day.", day=full_day_label(on, language()))


def _page(typed: Mapping[str, str] | None = None, faults: Mapping[str, object] | None = None) -> str:
    now = site().clock()
    return render_template(
        "interpreter/hours.html",
        view=own_hours(site().database, own_id(), now=now),
        weekdays=[weekday_name(number, language()) for number in range(7)],
        halves=[(half, clock_of(half * 30), clock_of(half * 30 + 30)) for half in range(HALVES)],
        typed=typed or {},
        faults=faults or {},
        now=now,
    )
