"""Handing mail over no faster than a mail server allows."""

import threading
import time
from collections.abc import Callable
from email.message import EmailMessage

from scheduler.mail.message import Post


class PacedPost:
    """Sends by another post, at most `per_minute` mails a minute, evenly. Safe among threads.

    Each worker has one of its own; how many share what the mail server allows is told by `share_among`.
    """

    def __init__(
        self,
        post: Post,
        *,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._post, self._seconds, self._sharing = post, 60 / per_minute, 1
        self._clock, self._sleep = clock, sleep
        self._next = clock()
        self._lock = threading.Lock()

    def share_among(self, workers: int) -> None:
        """So many workers hand mail to this server by now, this one among them."""
        self._sharing = max(workers, 1)

    def send(self, message: EmailMessage) -> None:
        """Waits for its turn, then sends. Raises what the other post raises."""
        with self._lock:
            turn = max(self._next, self._clock())
            self._next = turn + self._seconds * self._sharing
        wait = turn - self._clock()
        if wait > 0:
            self._sleep(wait)
        self._post.send(message)
