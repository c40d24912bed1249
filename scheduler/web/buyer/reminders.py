"""How a buyer is reminded."""

from flask import url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.web.buyer.part import buyer, guest_of
from scheduler.web.own_reminders import choice_form, keep_choice
from scheduler.web.throttle import guesses_by_address


@buyer.get("/<token>/reminders")
@guesses_by_address
def reminders(token: str) -> str:
    guest = guest_of(token)
    return choice_form(guest.person.id, template="buyer/reminders.html", guest=guest)


@buyer.post("/<token>/reminders")
@guesses_by_address
def choose_reminders(token: str) -> AnyResponse:
    guest = guest_of(token)
    back = url_for("buyer.reminders", token=token)
    return keep_choice(guest.person.id, guest.actor, back=back, template="buyer/reminders.html", guest=guest)
