"""Forms that book are sent once: a hidden field of the form is the key, or a header where a script sends it."""

from flask import request
from markupsafe import Markup

from scheduler.services.actor import Actor
from scheduler.services.idempotency import Ticket, new_key, ticket_for

FIELD, HEADER = "once", "Idempotency-Key"


def once_field() -> Markup:
    """Another key each time the form is shown."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, new_key())


def ticket_of(actor: Actor, *asked: object) -> Ticket | None:
    """`asked` says what this request is for, beside its path and what stands in its form. Raises BadKey."""
    key = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not key:
        return None
    form = {name: values for name, values in request.form.lists() if name not in (FIELD, "csrf_token")}
    return ticket_for(actor, key, request.path, form, *asked)
