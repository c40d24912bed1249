"""Which state of a session a form was filled in on."""

from flask import abort, request


def sent_revision() -> int:
    """The revision that a page of ours wrote into its form; anything else is no form of ours."""
    written = request.form.get("revision", "")
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        abort(400)
    return int(written)
