"""What no form and no address may contain: characters that no person types and that databases refuse."""

import re

from flask import abort, request

_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def refuse_control_characters() -> None:
    """Before a page: NUL and its like, and halves of characters, are a bad request wherever they stand."""
    texts = [request.path, *_all(request.args.to_dict(flat=False)), *request.cookies.values()]
    if request.method == "POST":
        texts += _all(request.form.to_dict(flat=False))
    if any(_NEVER.search(text) for text in texts):
        abort(400)


def _all(values: dict[str, list[str]]) -> list[str]:
    return [text for name, several in values.items() for text in (name, *several)]
