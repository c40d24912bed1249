"""What coordinators manage, by program: who can log in, rules of a fair, absences, proposals, webhooks."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from scheduler.services import proposals
from scheduler.services.actor import SYSTEM
from scheduler.services.api_keys import Scope
from scheduler.services.book import book
from scheduler.services.webhooks import all_webhooks
from scheduler.storage import outbox
from tests.services.stage import NOW
from tests.web.test_api import Robot, a_robot
from tests.web.visitors import COORDINATOR, FIRST_COMPANY, Site, a_site

RULES = "/fairs/sample/rules"


def test_somebody_is_invited_found_closed_and_opened_again(tmp_path):
    site = a_site(tmp_path)
    robot = a_robot(site, Scope.PEOPLE)
    wish = {"email": "new@company.example", "role": "company", "resource_id": "c1", "name": "새 담당"}

    made = robot.ask("/accounts", "POST", json=wish)
    path = f"/accounts/{made.json['id']}"
    again = robot.ask("/accounts", "POST", json=wish)
    reminded = robot.ask(f"{path}/invitation", "POST")
    closed = robot.ask(path, "PATCH", json={"is_active": False})
    while_closed = robot.ask(f"{path}/invitation", "POST")
    opened = robot.ask(path, "PATCH", json={"is_active": True})
    listed = {one["email"]: one for one in robot.ask("/accounts").json["accounts"]}

    assert (made.status_code, again.status_code, reminded.status_code) == (201, 400, 202)
    assert (closed.json["is_active"], while_closed.status_code, opened.json["is_active"]) == (
        False,
        400,
        True,
    )
    assert listed["new@company.example"] == opened.json
    assert (opened.json["is_invited"], opened.json["resource_id"]) == (True, "c1")
    with site.stage.db.read() as work:
        mails = [row for row in outbox.list_rows(work) if row.recipient_id == made.json["id"]]
    assert [row.kind for row in mails] == ["invitation", "invitation"]


@pytest.mark.parametrize(
    "wish",
    [
        {"role": "company", "resource_id": "b1"},
        {"role": "company", "resource_id": "i1"},
        {"role": "interpreter", "resource_id": "c1"},
        {"role": "company"},
        {"role": "coordinator", "resource_id": "c1"},
        {"role": "coordinator", "email": "<script>@company.example"},
        {"role": "coordinator", "email": "a,b@company.example"},
    ],
)
def test_an_account_is_for_somebody_of_its_own_kind_and_has_one_address(tmp_path, wish):
    robot = a_robot(a_site(tmp_path), Scope.PEOPLE)
    before = robot.ask("/accounts").json
    answer = robot.ask("/accounts", "POST", json={"email": "new@company.example", **wish})

    assert answer.status_code == 400
    assert robot.ask("/accounts").json == before


def test_a_program_logs_somebody_out_and_never_closes_its_own_account(tmp_path):
    site = a_site(tmp_path)
    robot, visitor = a_robot(site, Scope.PEOPLE), site.logged_in(FIRST_COMPANY)
    ids = {one["email"]: one["id"] for one in robot.ask("/accounts").json["accounts"]}

    out = robot.ask(f"/accounts/{ids[FIRST_COMPANY]}/sessions", "DELETE")
    own = robot.ask(f"/accounts/{ids[COORDINATOR]}", "PATCH", json={"is_active": False})
    missing = robot.ask("/accounts/acc_none/sessions", "DELETE")

    assert (out.status_code, own.status_code, missing.status_code) == (200, 400, 404)
    assert visitor.get("/my/").status_code == 303


@pytest.mark.parametrize(
    ("part", "change", "read"),
    [
        (
            "picking",
            {"is_on": True, "holds_at_once": 3},
            {"is_on": True, "holds_at_once": 3, "pick_hours": 2},
        ),
        (
            "picking",
            {"closes_at": "2026-06-20T18:00:00+09:00", "hold_minutes": None},
            {"closes_at": "2026-06-20T09:00:00Z", "hold_minutes": None},
        ),
        ("reminders", {"buyer": ["day", "60"]}, {"buyer": ["day", "60"], "company": ["1440", "60"]}),
        ("grid", {"waiting": "more"}, {"waiting": "more", "room_changes": "normal"}),
    ],
)
def test_rules_are_changed_under_their_entity_tag_and_what_is_left_out_stays(tmp_path, part, change, read):
    robot = a_robot(a_site(tmp_path))
    path = f"{RULES}/{part}"
    before = robot.ask(path)
    tag = before.headers["ETag"]

    blind = robot.ask(path, "PATCH", json=change)
    changed = robot.ask(path, "PATCH", json=change, headers={"If-Match": tag})
    stale = robot.ask(path, "PATCH", json=change, headers={"If-Match": tag})
    same = robot.ask(path, headers={"If-None-Match": changed.headers["ETag"]})

    assert [one.status_code for one in (before, blind, changed, stale, same)] == [200, 428, 200, 412, 304]
    assert changed.json == {**before.json, **read}


def test_of_many_who_decided_on_the_same_rules_one_changes_them(tmp_path):
    robot = a_robot(a_site(tmp_path))
    path = f"{RULES}/picking"
    tag = robot.ask(path).headers["ETag"]

    def change(number: int) -> int:
        wish = {"holds_at_once": number}
        return robot.ask(path, "PATCH", json=wish, headers={"If-Match": tag}).status_code

    with ThreadPoolExecutor(8) as programs:
        answers = sorted(programs.map(change, range(3, 19)))

    assert answers == [200, *[412] * 15]


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("picking", {"holds_at_once": 0}),
        ("picking", {"closes_at": "2026-06-20T18:00:00"}),
        ("picking", {"unknown": 1}),
        ("picking", {"closes_at": 0}),
        ("reminders", {"buyer": ["soon"]}),
        ("grid", {"waiting": "very"}),
    ],
)
def test_rules_that_make_no_sense_are_refused_and_nothing_changes(tmp_path, part, change):
    robot = a_robot(a_site(tmp_path))
    before = robot.ask(f"{RULES}/{part}")
    answer = robot.ask(f"{RULES}/{part}", "PATCH", json=change, headers={"If-Match": before.headers["ETag"]})

    assert answer.status_code == 422
    assert robot.ask(f"{RULES}/{part}").json == before.json


def test_an_absence_is_planned_around_looked_at_and_applied_once(tmp_path):
    site = a_site(tmp_path)
    robot = a_robot(site)
    wish = {"resource_id": "i1", "on": "2026-06-24", "since": "09:00", "until": "09:30"}

    preview = robot.ask("/fairs/sample/replans", "POST", json=wish)
    path = f"/fairs/sample/replans/{preview.json['id']}"
    looked = robot.ask(path)
    untouched = site.meetings()["c1-b1"]
    applied = robot.ask(f"{path}/apply", "POST")
    again = robot.ask(f"{path}/apply", "POST")
    moved = site.meetings()["c1-b1"]

    assert (preview.status_code, looked.json) == (201, preview.json)
    concerned = {one["session_id"] for one in (*preview.json["moves"], *preview.json["dropped"])}
    assert untouched.id in concerned
    assert untouched.interpreter_ids == ("i1",)
    assert (applied.status_code, again.status_code) == (200, 404)
    assert (moved.interpreter_ids, moved.slot) != (untouched.interpreter_ids, untouched.slot)


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"resource_id": "i1", "since": "25:00"}, 422),
        ({"resource_id": "i1", "since": "10:00", "until": "10:00"}, 400),
        ({"resource_id": "nobody"}, 404),
        ({}, 422),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(tmp_path, wish, status):
    assert a_robot(a_site(tmp_path)).ask("/fairs/sample/replans", "POST", json=wish).status_code == status


def test_free_times_are_listed_and_taken_over_once(tmp_path):
    site = a_site(tmp_path)
    robot = a_robot(site)
    grid = proposals.free_grid(site.stage.db, "b1", site.stage.fair.id, zone="Asia/Seoul", now=NOW)
    chosen = [cell.key for cell in grid.cells][:2]
    made = proposals.propose(site.stage.db, "b1", site.stage.fair.id, chosen, now=NOW, actor=SYSTEM)

    listed = robot.ask("/proposals").json["proposals"]
    accepted = robot.ask(f"/proposals/{made.id}/accept", "POST")
    again = robot.ask(f"/proposals/{made.id}/decline", "POST")

    assert [(one["id"], one["fair"], one["resource_id"], len(one["slots"])) for one in listed] == [
        (made.id, "sample", "b1", 2)
    ]
    assert (accepted.status_code, again.status_code) == (200, 409)
    assert robot.ask("/proposals").json == {"proposals": []}


def a_webhook(site: Site, robot: Robot) -> dict:
    answer = robot.ask(
        "/webhooks", "POST", json={"address": "http://127.0.0.1:9/", "events": ["session.booked"]}
    )
    assert answer.status_code == 201
    return answer.json


def test_a_webhook_is_registered_with_its_secret_read_without_it_and_ended(tmp_path):
    site = a_site(tmp_path, webhook_private=True)
    robot = a_robot(site, Scope.MANAGE)
    made = a_webhook(site, robot)
    book(site.stage.db, site.stage.settings, site.stage.wish("c1-b2", "11:00"), now=NOW, actor=SYSTEM)
    path = f"/webhooks/{made['id']}"

    listed = robot.ask("/webhooks").json["webhooks"]
    (delivery,) = robot.ask(f"{path}/deliveries").json["deliveries"]
    too_early = robot.ask(f"{path}/deliveries/{delivery['id']}/again", "POST")
    with site.stage.db.write() as work:
        outbox.mark_failed(work, delivery["id"], "HTTP 500")
    again = robot.ask(f"{path}/deliveries/{delivery['id']}/again", "POST")
    ended = robot.ask(path, "DELETE")

    assert made["secret"].startswith("whsec_")
    assert listed == [{name: value for name, value in made.items() if name != "secret"}]
    assert (delivery["event"], delivery["state"], too_early.status_code) == ("session.booked", "due", 404)
    assert (again.status_code, again.json["deliveries"][0]["state"]) == (202, "due")
    assert ended.json["ended_because"] == "by hand"


def test_a_webhook_inside_our_own_network_is_refused_to_programs_too(tmp_path):
    site = a_site(tmp_path)
    answer = a_robot(site).ask(
        "/webhooks", "POST", json={"address": "https://169.254.169.254/", "events": ["session.booked"]}
    )

    assert (answer.status_code, [one["place"] for one in answer.json["errors"]]) == (400, ["address"])
    assert all_webhooks(site.stage.db) == ()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/accounts", '{"email": "a@b.example", "role": "cohost", "name": "\\u0000"}', 422),
        ("/accounts", '{"email": "a@b.example", "role": "cohost", "name": "\\ud800"}', 422),
        ("/fairs/sample%00/replans", "{}", 400),
        ("/fairs/sample/replans?x=%00", "{}", 400),
    ],
)
def test_what_nobody_types_is_refused_in_words(tmp_path, path, body, status):
    answer = a_robot(a_site(tmp_path)).ask(path, "POST", data=body, content_type="application/json")

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
