"""The interface for programs: keys and scopes, bookings that happen once, no blind changes, its own description."""

import json
import os
import re
from dataclasses import dataclass
from typing import Any

import pytest
from openapi_spec_validator import validate
from werkzeug.test import Client, TestResponse

from scheduler.services import accounts, api_keys
from scheduler.services.actor import SYSTEM
from scheduler.services.api_keys import Scope
from scheduler.web.request_log import JsonLines
from tests.services.stage import NOW
from tests.web.visitors import COORDINATOR, FIRST_COMPANY, PASSWORD, Site, a_site

EVERYTHING = tuple(Scope)
ROOT = "/api/v1"


@dataclass(frozen=True)
class Robot:
    """A program with a key."""

    site: Site
    token: str

    def ask(
        self, path: str, method: str = "GET", *, headers: dict[str, str] | None = None, **given: Any
    ) -> TestResponse:
        own = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return Client(self.site.app, TestResponse).open(f"{ROOT}{path}", method=method, headers=own, **given)

    def book(self, key: str | None = "one", **body: Any) -> TestResponse:
        headers = {} if key is None else {"Idempotency-Key": key}
        wanted = {"match_id": "c1-b2", "start_at": "2026-06-24T11:00:00+09:00", **body}
        return self.ask("/fairs/sample/sessions", "POST", headers=headers, json=wanted)


def a_robot(site: Site, *scopes: str, email: str = COORDINATOR, days: int = 30) -> Robot:
    account = accounts.authenticate(site.stage.db, email, PASSWORD, now=NOW)
    _, token = api_keys.make_key(
        site.stage.db, account, name="robot", scopes=scopes or EVERYTHING, days=days, now=NOW, actor=SYSTEM
    )
    return Robot(site, token)


def test_a_program_reads_fairs_people_and_sessions_page_by_page(tmp_path):
    robot = a_robot(a_site(tmp_path), Scope.READ)

    fairs = robot.ask("/fairs").json
    people = robot.ask("/fairs/sample/people").json["people"]
    first = robot.ask("/fairs/sample/sessions?limit=1").json
    second = robot.ask("/fairs/sample/sessions", query_string={"limit": "1", "after": first["next"]}).json

    assert [one["key"] for one in fairs["fairs"]] == ["sample"]
    assert {one["kind"] for one in people} == {"company", "buyer", "interpreter", "room"}
    assert "mail.example" not in str(people)
    assert [one["match_id"] for one in first["sessions"] + second["sessions"]] == ["c1-b1", "c2-b1"]
    assert second["next"] is None
    assert first["sessions"][0]["start_at"] == "2026-06-24T00:00:00Z"


@pytest.mark.parametrize(
    ("query", "found"),
    [("day=2026-06-24", 2), ("day=2026-06-25", 0), ("state=confirmed", 2), ("state=cancelled", 0)],
)
def test_sessions_are_chosen_by_day_and_state(tmp_path, query, found):
    assert len(a_robot(a_site(tmp_path)).ask(f"/fairs/sample/sessions?{query}").json["sessions"]) == found


@pytest.mark.parametrize("token", ["", "sgd_wrong", "x" * 5000])
def test_without_a_key_there_is_no_answer_not_even_that_something_is_missing(tmp_path, token):
    site = a_site(tmp_path)
    answers = [Robot(site, token).ask(path) for path in ("/fairs", "/fairs/none", "/sessions/none")]

    assert {one.status_code for one in answers} == {401}
    assert {one.headers["WWW-Authenticate"] for one in answers} == {"Bearer"}
    assert {one.content_type for one in answers} == {"application/problem+json"}


def test_a_key_ends_with_its_days_its_account_and_at_a_word(tmp_path):
    site = a_site(tmp_path)
    robot, other = a_robot(site, days=1), a_robot(site)
    account = accounts.authenticate(site.stage.db, COORDINATOR, PASSWORD, now=NOW)
    newest = api_keys.keys_of(site.stage.db, account.id)
    before = robot.ask("/fairs").status_code
    for key in newest:
        if key.expires_at != min(one.expires_at for one in newest):
            api_keys.end_key(site.stage.db, account.id, key.id, now=NOW, actor=SYSTEM)
    ended = other.ask("/fairs").status_code
    site.clock.go_on(days=1)

    assert (before, ended, robot.ask("/fairs").status_code) == (200, 401, 401)


@pytest.mark.parametrize("scope", EVERYTHING)
def test_every_operation_asks_for_its_scope(tmp_path, scope):
    site = a_site(tmp_path)
    robot, reader = a_robot(site, scope), a_robot(site)
    description = reader.ask("/openapi.json").json
    refused = {}
    for path, operations in description["paths"].items():
        for method in operations:
            real = re.sub(r"{\w+}", "none", path.removeprefix(ROOT).replace("{key}", "sample"))
            answer = robot.ask(real, method.upper(), json={} if method in ("post", "patch") else None)
            refused[(method, path.removeprefix(ROOT))] = answer.status_code == 403

    assert len(refused) >= 36
    allowed = {operation for operation, is_refused in refused.items() if not is_refused}
    assert allowed == {operation for operation in refused if scope_of(*operation) is scope}


def scope_of(method: str, path: str) -> Scope:
    if path.startswith("/accounts"):
        return Scope.PEOPLE
    if path.startswith("/webhooks") or path.endswith("/workbook"):
        return Scope.MANAGE
    if method == "get":
        return Scope.READ
    return Scope.BOOK if "sessions" in path else Scope.MANAGE


def test_a_booking_sent_twice_books_once_and_the_same_key_for_another_is_refused(tmp_path):
    site = a_site(tmp_path)
    robot = a_robot(site)

    first, again = robot.book("key-1"), robot.book("key-1")
    other = robot.book("key-1", start_at="2026-06-24T11:30:00+09:00")
    without = robot.book(None)

    assert (first.status_code, again.status_code, other.status_code, without.status_code) == (
        201,
        201,
        422,
        400,
    )
    assert first.json == again.json
    assert first.json["interpreter_ids"]
    assert first.headers["ETag"] == '"0"'
    assert len(site.meetings()) == 3


def test_a_slot_that_is_taken_is_refused_with_who_is_not_free_and_the_nearest_moments(tmp_path):
    answer = a_robot(a_site(tmp_path)).book(match_id="c2-b1", start_at="2026-06-24T09:00:00+09:00")

    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert answer.json["type"].startswith("urn:sangdam:")


def test_a_session_is_moved_and_cancelled_by_its_entity_tag_alone(tmp_path):
    site = a_site(tmp_path)
    robot, meeting = a_robot(site), site.meetings()["c1-b1"]
    path, target = f"/sessions/{meeting.id}", {"start_at": "2026-06-24T10:30:00+09:00"}
    read = robot.ask(path)
    tag = read.headers["ETag"]

    blind = robot.ask(path, "PATCH", json=target)
    moved = robot.ask(path, "PATCH", json=target, headers={"If-Match": tag})
    stale = robot.ask(path, "DELETE", headers={"If-Match": tag})
    unchanged = robot.ask(path, headers={"If-None-Match": moved.headers["ETag"]})
    gone = robot.ask(path, "DELETE", headers={"If-Match": moved.headers["ETag"]})

    assert [one.status_code for one in (read, blind, moved, stale, unchanged, gone)] == [
        200,
        428,
        200,
        412,
        304,
        200,
    ]
    assert (moved.json["start_at"], moved.json["uid"]) == ("2026-06-24T01:30:00Z", meeting.uid)
    assert gone.json["state"] == "cancelled"


def test_everything_wrong_with_a_request_is_said_at_once(tmp_path):
    robot = a_robot(a_site(tmp_path))

    answer = robot.book(start_at="tomorrow", room_id=7, company_id="c2")

    assert answer.status_code == 422
    assert {one["place"] for one in answer.json["errors"]} >= {"start_at", "room_id", "company_id"}


@pytest.mark.parametrize(
    "path", ["/fairs/none", "/fairs/none/sessions", "/sessions/none", "/fairs/sample/builds/none", "/nowhere"]
)
def test_what_is_not_there_is_not_found(tmp_path, path):
    answer = a_robot(a_site(tmp_path)).ask(path)

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_workbook_goes_out_comes_back_unchanged_and_a_broken_one_names_its_faults(tmp_path):
    robot = a_robot(a_site(tmp_path))
    workbook = robot.ask("/fairs/sample/workbook").data

    copied = robot.ask("/fairs?key=copy&filename=copy.xlsx", "POST", data=workbook)
    back = robot.ask("/fairs?key=copy", "POST", data=robot.ask("/fairs/copy/workbook").data)
    broken = robot.ask("/fairs", "POST", data=b"PK\x03\x04 not a workbook")

    assert (copied.status_code, copied.json["fair"]["key"]) == (201, "copy")
    assert set(back.json["changes"]) == {"unchanged"}
    assert broken.status_code == 400
    assert broken.json["errors"]


def test_a_build_is_begun_watched_and_stopped_and_changes_are_sent(tmp_path):
    robot = a_robot(a_site(tmp_path))

    begun = robot.ask("/fairs/sample/builds", "POST")
    path = f"/fairs/sample/builds/{begun.json['id']}"
    stopped = robot.ask(f"{path}/stop", "POST")
    published = robot.ask("/fairs/sample/publication", "POST")
    sent = robot.ask("/fairs/sample/changes", "POST")

    assert (begun.status_code, robot.ask(path).json["state"], stopped.status_code) == (202, "building", 202)
    assert published.status_code in (200, 409)
    assert sent.json == {"notices": 0}


def test_the_description_is_right_by_its_own_standard(tmp_path):
    site = a_site(tmp_path)
    answer = Client(site.app, TestResponse).get(f"{ROOT}/openapi.json")

    validate(answer.json)
    assert answer.json["openapi"].startswith("3.1")
    assert "localhost" not in answer.text


def test_the_description_names_headers_refusals_and_files(tmp_path):
    described = Client(a_site(tmp_path).app, TestResponse).get(f"{ROOT}/openapi.json").json["paths"]
    needed = {
        operation["operationId"]: [
            one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"
        ]
        for path in described.values()
        for operation in path.values()
    }
    refusals = {
        tuple(operation["responses"]["default"]["content"])
        for path in described.values()
        for operation in path.values()
    }

    assert {name: headers for name, headers in needed.items() if headers} == {
        "booked": ["Idempotency-Key"],
        "moved": ["If-Match"],
        "cancelled": ["If-Match"],
        "completed": ["If-Match"],
        "not_attended": ["If-Match"],
        "change_picking": ["If-Match"],
        "change_reminders": ["If-Match"],
        "change_wishes": ["If-Match"],
    }
    assert refusals == {("application/problem+json",)}
    assert list(described["/fairs/{key}/workbook"]["get"]["responses"]["200"]["content"]) == [
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ]


@pytest.mark.parametrize("path", ["/fairs", "/sessions/m", "/fairs/sample/workbook"])
def test_a_method_that_is_not_there_is_answered_with_those_that_are(tmp_path, path):
    answer = a_robot(a_site(tmp_path)).ask(path, "PUT")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_that_a_session_took_place_is_noted_by_its_entity_tag(tmp_path):
    site = a_site(tmp_path)
    robot, meeting = a_robot(site), site.meetings()["c1-b1"]
    path = f"/sessions/{meeting.id}"

    blind = robot.ask(f"{path}/complete", "POST")
    unknown = robot.ask(f"{path}/forget", "POST", headers={"If-Match": '"0"'})
    noted = robot.ask(f"{path}/complete", "POST", headers={"If-Match": '"0"'})

    assert (blind.status_code, unknown.status_code, noted.status_code) == (428, 404, 200)
    assert noted.json["state"] == "completed"


def test_a_cookie_of_the_pages_opens_nothing_here(tmp_path):
    visitor = a_site(tmp_path).logged_in()

    assert visitor.client.get(f"{ROOT}/fairs").status_code == 401


def test_only_coordinators_have_keys_and_a_key_of_one_who_is_none_any_more_ends(tmp_path):
    site = a_site(tmp_path)

    with pytest.raises(api_keys.BadInput):
        a_robot(site, email=FIRST_COMPANY)


def test_a_key_is_made_on_its_page_shown_once_and_ended(tmp_path):
    site = a_site(tmp_path)
    coordinator = site.logged_in()

    made = coordinator.post("/keys/", page="/keys/", name="현황판", days="30", scopes=["read"])
    token = made.text[made.text.index("sgd_") :].partition("<")[0]
    later = coordinator.get("/keys/").text
    key_id = later[later.index("/keys/key_") :].split("/")[2]
    works = Robot(site, token).ask("/fairs").status_code
    coordinator.post(f"/keys/{key_id}/end", page="/keys/")

    assert (made.status_code, works, Robot(site, token).ask("/fairs").status_code) == (201, 200, 401)
    assert token not in later
    assert token not in "\n".join(site.contents())


def test_every_fault_of_a_key_is_said_at_once(tmp_path):
    coordinator = a_site(tmp_path).logged_in()

    answer = coordinator.post("/keys/", page="/keys/", name=" ", days="9999", scopes=[])

    assert answer.status_code == 400
    assert [one for one in ("name", "days", "scopes") if f'href="#{one}"' in answer.text] == [
        "name",
        "days",
        "scopes",
    ]


@pytest.mark.parametrize(
    ("moments", "status"),
    [
        ({"start_at": "2026-06-24T11:00:00+09:00", "end_at": "2026-06-24T11:00:00+09:00"}, 400),
        ({"start_at": "2026-06-24T11:00:00+09:00", "end_at": "2026-06-24T10:00:00+09:00"}, 400),
        ({"start_at": "9999-12-31T23:59:00+00:00"}, 400),
        ({"start_at": "0001-01-01T00:00:00+09:00"}, 400),
        ({"start_at": 0}, 422),
        ({"start_at": "1782266400"}, 422),
    ],
)
def test_moments_that_make_no_sense_are_refused_for_booking_and_moving(tmp_path, moments, status):
    site = a_site(tmp_path)
    robot, meeting = a_robot(site), site.meetings()["c1-b1"]
    booked = robot.book(**moments)
    moved = robot.ask(f"/sessions/{meeting.id}", "PATCH", json=moments, headers={"If-Match": '"0"'})

    assert (booked.status_code, moved.status_code) == (status, status)
    assert len(site.meetings()) == 2


@pytest.mark.parametrize(("tag", "status"), [('"0f"', 412), ('"99999999999999999999"', 412), ("*", 428)])
def test_a_tag_that_no_session_ever_had_is_out_of_date(tmp_path, tag, status):
    site = a_site(tmp_path)
    path = f"/sessions/{site.meetings()['c1-b1'].id}"

    assert a_robot(site).ask(path, "DELETE", headers={"If-Match": tag}).status_code == status
    assert a_robot(site).ask("/fairs/sample/sessions?day=0").status_code == 422


def test_each_answer_to_a_program_names_its_request_and_is_counted_and_logged_without_its_key(
    tmp_path, caplog
):
    site = a_site(tmp_path)
    robot = a_robot(site)
    with caplog.at_level("INFO"):
        answers = [robot.ask("/fairs"), Robot(site, "sgd_wrong").ask("/fairs"), robot.ask("/nowhere")]
    entries = [json.loads(JsonLines().format(record)) for record in caplog.records]
    counted = site.visitor().get("/metrics").text

    assert [one.status_code for one in answers] == [200, 401, 404]
    assert [(one["request_id"], one["endpoint"], one["role"]) for one in entries] == [
        (answers[0].headers["X-Request-ID"], "api_fairs.all_fairs", "program"),
        (answers[1].headers["X-Request-ID"], "api_fairs.all_fairs", ""),
        (answers[2].headers["X-Request-ID"], "none", "program"),
    ]
    assert robot.token not in str(entries)
    for status in ("2xx", "4xx"):
        assert (
            f'endpoint="api_fairs.all_fairs",method="GET",process="{os.getpid()}",status="{status}"'
            in counted
        )


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 5_000, "9" * 5_000])
def test_what_is_nested_without_end_is_not_understood(tmp_path, body):
    robot = a_robot(a_site(tmp_path))
    headers = {"Idempotency-Key": "deep"}
    answer = robot.ask(
        "/fairs/sample/sessions", "POST", data=body, content_type="application/json", headers=headers
    )

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


@pytest.mark.parametrize(
    ("tag", "status"),
    [('""', 412), ('"-1"', 412), ('"٣"', 412), ("*", 428), ('W/"0"', 428), ('"0","1"', 428)],
)
def test_a_tag_that_no_session_has_changes_nothing(tmp_path, tag, status):
    site = a_site(tmp_path)
    before = site.meetings()["c1-b1"]
    change = {"start_at": "2026-06-24T11:30:00+09:00"}
    headers = {"If-Match": tag.encode().decode("latin-1")}
    answer = a_robot(site).ask(f"/sessions/{before.id}", "PATCH", json=change, headers=headers)

    assert answer.status_code == status
    assert site.meetings()["c1-b1"] == before


def test_what_can_be_done_with_a_session_is_said_by_each_of_its_addresses(tmp_path):
    site = a_site(tmp_path)
    robot, path = a_robot(site), f"/sessions/{site.meetings()['c1-b1'].id}"
    allowed = {
        one: set(robot.ask(f"{path}{one}", "PUT").headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"}
        for one in ("", "/options", "/complete", "/no_show")
    }

    assert allowed == {
        "": {"GET", "PATCH", "DELETE"},
        "/options": {"GET"},
        "/complete": {"POST"},
        "/no_show": {"POST"},
    }
    assert robot.ask(f"{path}/explode", "POST", headers={"If-Match": '"0"'}).status_code == 404
