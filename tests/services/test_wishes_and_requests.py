"""Wish lists that rank the matches, and requests that become matches."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.booking.errors import BadInput, NotFound, RulesBroken
from scheduler.booking.match import Priority
from scheduler.services.actor import Actor, Role
from scheduler.services.deliver import deliver_all
from scheduler.services.requests import (
    RequestOver,
    accept_request,
    ask,
    decline_request,
    expire_requests,
    requests_of,
    withdraw_request,
)
from scheduler.services.wish_lists import match_all_wishes, place_wish, rank_by_wishes
from scheduler.storage import matches
from scheduler.storage.requests import Request
from tests.builders import a_match
from tests.services.stage import COMPANY, COORDINATOR, NOW, Stage, a_post
from tests.services.test_self_pick import OTHER, a_picking_stage, with_rules

BUYER = Actor(role=Role.BUYER, name="b1", resource_id="b1")
ONE_MATCH = (a_match(company="c1", buyer="b2"),)


@pytest.fixture
def picking(tmp_path: Path) -> Stage:
    return a_picking_stage(tmp_path)


@pytest.fixture
def asking(tmp_path: Path) -> Stage:
    """Only c1 and b2 are matched."""
    return a_picking_stage(tmp_path, matched=ONE_MATCH)


def wished(stage: Stage, buyer: str, position: int | None, company: str = "c1") -> tuple[str, ...]:
    return place_wish(stage.db, "sample", company, buyer, position, now=NOW, actor=COMPANY)


def ranks(stage: Stage) -> dict[str, tuple[int, int | None]]:
    with stage.db.read() as work:
        return {
            f"{one.company_id}-{one.buyer_id}": (int(one.priority), one.rank)
            for one in matches.matches_of(work, stage.fair.id)
        }


def asked(stage: Stage, by: Role = Role.COMPANY, message: str = "", company: str = "c1") -> Request:
    actor = COMPANY if by is Role.COMPANY else BUYER
    return ask(
        stage.db,
        "sample",
        company_id=company,
        buyer_id="b1",
        asked_by=by,
        message=message,
        now=NOW,
        actor=actor,
    )


def test_a_wish_moves_to_its_place_and_saying_it_twice_changes_nothing(picking: Stage) -> None:
    assert wished(picking, "b1", 99) == ("b1",)
    assert wished(picking, "b2", 99) == ("b1", "b2")
    assert [wished(picking, "b2", 1) for _ in range(2)] == [("b2", "b1")] * 2
    assert wished(picking, "b1", None) == ("b2",)


def test_the_order_of_the_list_ranks_the_matches(picking: Stage) -> None:
    wished(picking, "b1", 1)
    wished(picking, "b2", 1)
    assert ranks(picking) == {"c1-b1": (2, 2), "c1-b2": (2, 1), "c2-b1": (2, None), "c2-b2": (2, None)}
    wished(picking, "b2", None)
    assert ranks(picking)["c1-b1"] == (2, 1)
    assert ranks(picking)["c1-b2"] == (2, None)


def test_what_is_wished_for_is_wanted_and_what_must_be_stays(tmp_path: Path) -> None:
    matched = (
        replace(a_match(company="c1", buyer="b1"), priority=Priority.IF_TIME_ALLOWS),
        replace(a_match(company="c1", buyer="b2"), priority=Priority.MUST),
    )
    stage = a_picking_stage(tmp_path, matched=matched)
    wished(stage, "b1", 1)
    wished(stage, "b2", 2)
    assert ranks(stage) == {"c1-b1": (2, 1), "c1-b2": (1, 2)}


def test_ranks_come_back_after_the_matches_were_written_anew(picking: Stage) -> None:
    wished(picking, "b1", 1)
    with picking.db.write() as work:
        matches.save_match(work, picking.fair.id, a_match(company="c1", buyer="b1"))
        rank_by_wishes(work, picking.fair.id)
    assert ranks(picking)["c1-b1"] == (2, 1)


def test_wishes_without_a_match_become_matches_at_the_coordinators_word(asking: Stage) -> None:
    wished(asking, "b1", 1)
    assert [match_all_wishes(asking.db, "sample", now=NOW, actor=COORDINATOR) for _ in range(2)] == [1, 0]
    assert ranks(asking) == {"c1-b1": (2, 1), "c1-b2": (2, None)}


def test_the_list_is_closed_at_its_deadline_and_not_before(picking: Stage) -> None:
    with_rules(picking, wishes_close_at="2026-06-17T12:01")
    wished(picking, "b1", 1)
    with_rules(picking, wishes_close_at="2026-06-17T12:00")
    with pytest.raises(RulesBroken) as refused:
        wished(picking, "b2", 1)
    assert [one.rule for one in refused.value.conflicts] == ["wishes_closed"]


def test_a_fair_without_any_say_takes_no_wish_and_no_request(stage: Stage) -> None:
    for call in (lambda: wished(stage, "b1", 1), lambda: asked(stage)):
        with pytest.raises(RulesBroken) as refused:
            call()
        assert [one.rule for one in refused.value.conflicts] == ["no_requests"]


def test_a_request_reaches_the_buyer_and_its_acceptance_makes_a_match(asking: Stage) -> None:
    request = asked(asking, message="We would like to show\x00 you our samples")
    assert (request.state, request.message) == ("open", "We would like to show you our samples")
    accept_request(asking.db, request.id, now=NOW, actor=BUYER)
    assert ranks(asking) == {"c1-b1": (2, None), "c1-b2": (2, None)}
    post = a_post()
    deliver_all(asking.db, asking.settings, post, now=NOW, owner="t")
    assert [to.rpartition("<")[2] for to, _ in post.subjects] == ["c1@mail.example>"]


def test_a_request_that_is_still_open_is_mailed_with_its_words_and_deadline(asking: Stage) -> None:
    asked(asking, message="Samples are on their way")
    post = a_post()
    deliver_all(asking.db, asking.settings, post, now=NOW, owner="t")
    [mail] = post.kept
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert (str(mail["To"]).rpartition("<")[2], str(mail["Subject"])) == (
        "b1@mail.example>",
        "Namdong c1 asks you for a session",
    )
    assert "Samples are on their way" in text
    assert "Sat 20 Jun 10:00 WIB" in text
    assert "https://fair.example/b/" in text


def test_asking_twice_is_one_request_and_one_mail(asking: Stage) -> None:
    assert asked(asking).id == asked(asking).id
    assert len(asking.rows()) == 1


def test_when_both_sides_ask_they_agree(asking: Stage) -> None:
    first = asked(asking, Role.BUYER)
    second = asked(asking, Role.COMPANY)
    assert (second.id, second.state) == (first.id, "accepted")
    assert "c1-b1" in ranks(asking)


def test_a_matched_pair_has_nothing_to_ask_for(picking: Stage) -> None:
    with pytest.raises(RulesBroken) as refused:
        asked(picking)
    assert [one.rule for one in refused.value.conflicts] == ["matched_already"]


def test_only_the_side_that_was_asked_answers_and_only_the_asker_takes_back(asking: Stage) -> None:
    request = asked(asking)
    for answer, actor in (
        (accept_request, COMPANY),
        (decline_request, COMPANY),
        (withdraw_request, BUYER),
        (accept_request, OTHER),
        (withdraw_request, OTHER),
        (accept_request, replace(BUYER, resource_id="b2")),
    ):
        with pytest.raises(NotFound):
            answer(asking.db, request.id, now=NOW, actor=actor)
    assert withdraw_request(asking.db, request.id, now=NOW, actor=COMPANY).state == "withdrawn"
    with pytest.raises(RequestOver):
        accept_request(asking.db, request.id, now=NOW, actor=BUYER)


def test_a_coordinator_answers_for_either_side_and_the_same_answer_twice_is_one(asking: Stage) -> None:
    request = asked(asking)
    for _ in range(2):
        declined = decline_request(asking.db, request.id, now=NOW, actor=COORDINATOR)
    assert declined.state == "declined"
    assert "c1-b1" not in ranks(asking)
    _, [one] = requests_of(asking.db, "sample", "c1")
    assert (one.request.state, one.request.answered_by) == ("declined", "coordinator:acc_1")


def test_a_request_runs_out_at_its_hour(asking: Stage) -> None:
    with_rules(asking, request_hours="2")
    request, end = asked(asking), NOW + timedelta(hours=2)
    assert expire_requests(asking.db, now=end - timedelta(seconds=1)) == 0
    with pytest.raises(RequestOver):
        accept_request(asking.db, request.id, now=end, actor=BUYER)
    assert expire_requests(asking.db, now=end) == 1
    assert "c1-b1" not in ranks(asking)


def test_a_message_that_is_too_long_is_refused_at_its_field(asking: Stage) -> None:
    with pytest.raises(BadInput) as refused:
        asked(asking, message="x" * 501)
    assert [one.place for one in refused.value.faults] == ["message"]
