"""How a company, an interpreter or a buyer is reminded: by mail, or by text message with their consent."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.actor import Actor
from scheduler.services.reminder_choice import choice_page, choose_channel
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

own_reminders = Blueprint("own_reminders", __name__, url_prefix="/my/reminders")


@own_reminders.get("")
def form() -> str:
    return choice_form(_resource_id(), template="own_reminders.html")


@own_reminders.post("")
def choose() -> AnyResponse:
    back = url_for("own_reminders.form")
    return keep_choice(_resource_id(), this_person().actor, back=back, template="own_reminders.html")


def choice_form(
    resource_id: str, *, template: str, faults: Mapping[str, object] | None = None, **more: object
) -> str:
    """The page of the choice, in the frame that the template gives it."""
    view = choice_page(site().database, site().settings, resource_id)
    chosen = request.form.get("channel") or view.channel
    return render_template(template, view=view, chosen=chosen, faults=faults or {}, **more)


def keep_choice(resource_id: str, actor: Actor, *, back: str, template: str, **more: object) -> AnyResponse:
    """Keeps what the form says, or shows it again with its faults."""
    try:
        choose_channel(
            site().database,
            site().settings,
            resource_id,
            request.form.get("channel", ""),
            consents=bool(request.form.get("consent")),
            now=site().clock(),
            actor=actor,
        )
    except BadInput as refusal:
        faults = faults_by_place(refusal.faults)
        return Response(choice_form(resource_id, template=template, faults=faults, **more), 400)
    flash(Phrase("Your choice is kept.").text(language()), "good")
    return redirect(back, code=303)


def _resource_id() -> str:
    person = this_person()
    if person.resource_id is None:
        abort(403)
    return person.resource_id
