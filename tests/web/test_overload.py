"""More people than can be answered soon."""

from pathlib import Path

from werkzeug.test import Client

from scheduler.web.overload import Overload
from tests.web.visitors import a_site


def test_whoever_comes_when_too_many_wait_is_asked_to_come_back(tmp_path: Path) -> None:
    front = Overload(a_site(tmp_path).app, most=700)
    client = Client(front)
    answers = []
    for waiting in (0, 700, 701):
        front.waiting = lambda count=waiting: count  # type: ignore[misc]
        answer = client.get("/login")
        answers.append((answer.status_code, answer.headers.get("Retry-After")))
    assert answers == [(200, None), (200, None), (503, "10")]
    assert "잠시 후" in client.get("/login").text
    assert client.get("/healthz").status_code == 200
