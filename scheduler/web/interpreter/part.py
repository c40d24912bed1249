"""What all pages of interpreters share."""

from datetime import date

from flask import Blueprint, abort

from scheduler.web.person import this_person

interpreter = Blueprint("interpreter", __name__, url_prefix="/interpreter")


def own_id() -> str:
    """The interpreter whose account has logged in."""
    resource_id = this_person().resource_id
    if resource_id is None:
        abort(403)
    return resource_id


def date_in(written: str) -> date | None:
    """A date as an address has it; None for anything else."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
