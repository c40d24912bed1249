"""Where a person goes after logging in: back to where they came from, if that is a page of ours."""

import re
from urllib.parse import urlsplit

from flask import abort

_OURS = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def own_address(wanted: str, *, otherwise: str) -> str:
    """`wanted` if it is a path on this site, else `otherwise`. Line breaks in it are an attack: 400.

    Browsers read backslashes as slashes and skip tabs, and several forms that lead elsewhere have an empty host
    in urlsplit; so only a path that begins with one slash, in plain printable characters, is taken.
    """
    if "\r" in wanted or "\n" in wanted:
        abort(400)
    if not _OURS.fullmatch(wanted):
        return otherwise
    parts = urlsplit(wanted)
    return otherwise if parts.scheme or parts.netloc else wanted
