"""Links that need no service to be asked: the room's own, or an address pattern with a random name."""

import hashlib
import hmac


def session_link(pattern: str, room_link: str, meeting_id: str, secret: str) -> str:
    """The room's own link where it has one, else the pattern with a name nobody can guess.

    The name is derived, so that the same meeting keeps its link whenever it is asked for.
    """
    if room_link:
        return room_link
    name = hmac.new(secret.encode(), f"video:{meeting_id}".encode(), hashlib.sha256).hexdigest()[:24]
    return pattern.replace("{meeting}", f"sangdam-{name}")
