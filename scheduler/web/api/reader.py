"""The language a program is answered in."""

from flask import request

from scheduler.wording import pick_language


def reader_language() -> str:
    """By Accept-Language; English where a program says nothing."""
    return pick_language(request.headers.get("Accept-Language"), default="en")
