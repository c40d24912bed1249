"""What no form and no address may contain: characters that no person types and that databases refuse."""

import re

from flask import abort, request

_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def refuse_control_characters() -> None:
    """Before a page: NUL and its like, and halves of characters, are a bad request wherever they stand."""
    refuse_odd_address()
    texts = list(request.cookies.values())
    if request.method == "POST":
        texts += _all(request.form.to_dict(flat=False))
    if any(map(is_odd, texts)):
        abort(400)


def refuse_odd_address() -> None:
    """The same for path and parameters alone, where the body is looked at by somebody else."""
    if any(map(is_odd, (request.path, *_all(request.args.to_dict(flat=False))))):
        abort(400)


def is_odd(text: str) -> bool:
    """Whether a text holds what no person types."""
    return _NEVER.search(text) is not None


def _all(values: dict[str, list[str]]) -> list[str]:
    return [text for name, several in values.items() for text in (name, *several)]
