"""Two coordinators, or a coordinator and a company, at one moment: real processes, one winner, nothing by halves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler.booking.meeting import LIVE
from scheduler.services.build_grid import check_fair
from scheduler.services.replan import preview_replan
from scheduler.services.results import session_result
from scheduler.storage import meetings
from scheduler.storage.db import Database, open_database
from scheduler.storage.soundness import faults_of
from tests.builders import a_slot
from tests.postgres import PostgresServer
from tests.services import racing_coordinators as racing
from tests.services.racing_coordinators import COLLEAGUE, Racer, race
from tests.services.stage import COORDINATOR, NOW, Stage, a_stage
from tests.services.test_call_forward import SOON, a_day, by_match, gone
from tests.services.test_publish import published
from tests.services.test_replan import FIRST_DAY, MORNING, STANDING, Absence

ROUNDS = 3
_STALE = "StaleRevision: This session has changed since you opened it"


@dataclass(frozen=True)
class Place:
    """Where the stages of one test stand: files, or databases of one server."""

    folder: Path
    server: PostgresServer | None = None
    template: str = ""

    def stages(
        self, made: Callable[[Path, Database | None], Stage], rounds: int = ROUNDS
    ) -> Iterator[tuple[Stage, str]]:
        """Stage after stage, each in a database of its own, with its address."""
        for number in range(rounds):
            folder = self.folder / str(number)
            folder.mkdir()
            url = f"sqlite:///{folder / 'scheduler.sqlite'}"
            if self.server is not None:
                url = self.server.url(self.server.create_database(template=self.template))
            stage = made(folder, open_database(url) if self.server is not None else None)
            yield stage, url
            stage.db.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return Place(tmp_path)
    return Place(tmp_path, request.getfixturevalue("postgres"), request.getfixturevalue("migrated_template"))


def raced(stage: Stage, url: str, *racers: Racer) -> dict[str, str]:
    return race(url, str(stage.settings.instance), racers)


def wrongs(stage: Stage) -> list[object]:
    """Claims too many or too few, and rules that what stands breaks."""
    with stage.db.read() as work:
        found = [one.text("en") for one in faults_of(work)]
    return [*found, *check_fair(stage.db, "sample")]


def requests(stage: Stage) -> list[str]:
    return sorted(row.recipient_id for row in stage.rows("due") if row.kind in ("request", "update"))


def test_of_two_pairs_called_into_one_freed_time_one_comes_and_the_other_coordinator_hears_why(place):
    told = {"c3-b3": ["b3", "c3", "i1"], "c2-b2": ["b2", "c2", "i1"]}
    for stage, url in place.stages(a_day):
        freed, before = gone(stage), by_match(stage)["c2-b2"].slot
        given = {"freed": freed.id, "seen": freed.revision, "now": SOON.isoformat()}
        came = raced(
            stage, url, *(Racer(name=one, deed=racing.call, given={**given, "match": one}) for one in told)
        )
        stored = by_match(stage)
        [winner] = [one for one in told if came[one].startswith("mtg_")]
        [loser] = set(told) - {winner}

        assert (came[winner], stored[winner].slot) == (stored[winner].id, a_slot("09:10", minutes=40))
        assert came[loser].startswith((_STALE, "NoLongerFree: This pair can no longer be called forward"))
        assert loser not in stored or (loser == "c2-b2" and stored[loser].slot == before)
        assert requests(stage) == told[winner]
        assert [action for _, action in stage.trail("meeting", freed.id)].count("cut_short") == 1
        assert wrongs(stage) == []


def test_the_same_pair_called_by_two_comes_once_and_one_press_sent_twice_is_answered_alike(place):
    for stage, url in place.stages(a_day):
        freed = gone(stage)
        given = {"freed": freed.id, "seen": freed.revision, "now": SOON.isoformat(), "match": "c3-b3"}
        keys = ({}, {}) if int(stage.settings.instance.name) % 2 else ({"key": "k"}, {"key": "k"})
        both = tuple(
            Racer(name=name, deed=racing.call, given={**given, **key})
            for name, key in zip("ab", keys, strict=True)
        )
        came = sorted(raced(stage, url, *both).values(), reverse=True)
        booked = by_match(stage)["c3-b3"].id

        assert came[0] == booked
        assert came[1] == booked if keys[0] else came[1].startswith((_STALE, "NoLongerFree"))
        assert requests(stage) == ["b3", "c3", "i1"]
        assert wrongs(stage) == []


def test_of_two_who_note_how_a_session_went_one_is_heard_and_the_other_told_to_look_again(place):
    for stage, url in place.stages(a_day):
        meeting = by_match(stage)["c1-b1"]
        given = {"meeting": meeting.id, "seen": meeting.revision, "now": SOON.isoformat()}
        came = raced(
            stage,
            url,
            Racer(name="completed", deed=racing.note, given={**given, "absent": ""}),
            Racer(name="no_show", deed=racing.note, given={**given, "absent": "buyer"}),
        )
        after = by_match(stage)["c1-b1"]
        [loser] = {"completed", "no_show"} - {str(after.state)}

        assert came[str(after.state)] == str(after.state)
        assert came[loser].startswith(_STALE)
        assert after.revision == meeting.revision + 1
        assert wrongs(stage) == []


def test_results_stated_and_verified_by_two_at_once_are_all_kept_and_one_press_sent_twice_once(place):
    for stage, url in place.stages(a_day):
        meeting = by_match(stage)["c1-b1"].id
        given = {"meeting": meeting, "now": SOON.isoformat()}
        stated = raced(
            stage,
            url,
            *(
                Racer(name=name, deed=racing.state, given={**given, "key": key, "amount": amount})
                for name, key, amount in (("a", "one", 700), ("again", "one", 700), ("b", "two", 900))
            ),
        )
        verified = raced(
            stage,
            url,
            *(
                Racer(
                    name=name,
                    deed=racing.verify,
                    given={**given, "key": key, "amount": amount, "statement": stated["a"]},
                )
                for name, key, amount in (
                    ("a", "three", "600"),
                    ("again", "three", "600"),
                    ("b", "four", "650"),
                )
            ),
        )
        found = session_result(stage.db, meeting, now=SOON).result

        assert stated["a"] == stated["again"] != stated["b"]
        assert {one.id: one.claim.amount for one in found.statements} == {stated["a"]: 700, stated["b"]: 900}
        assert verified["a"] == verified["again"] != verified["b"]
        assert {one.id: one.amount for one in found.verifications} == {verified["a"]: 600, verified["b"]: 650}
        assert len(stage.trail("meeting", meeting)) == 1 + 2 + 2


def a_published_fair(folder: Path, db: Database | None) -> Stage:
    stage = a_stage(folder, db=db)
    published(stage, STANDING)
    return stage


def previewed(stage: Stage, resource_id: str, **given: object) -> str:
    absence = Absence(resource_id=resource_id, **given)  # type: ignore[arg-type]
    return preview_replan(stage.db, stage.settings, "sample", absence, now=NOW, actor=COORDINATOR).draft_id


def standing(stage: Stage) -> dict[str, tuple[str, str | None]]:
    """Match -> when and in which room, of those that are live."""
    with stage.db.read() as work:
        found = meetings.meetings_of_fair(work, stage.fair.id, LIVE)
    return {one.match_id or "": (f"{one.slot.start_at:%H:%M}", one.room_id) for one in found}


def test_of_two_new_plans_for_one_grid_one_is_applied_and_the_other_is_out_of_date(place):
    for stage, url in place.stages(a_published_fair, rounds=2):
        drafts = {"c1": previewed(stage, "c1", on=FIRST_DAY, span=MORNING), "r2": previewed(stage, "r2")}
        before = standing(stage)
        actors = dict(zip(drafts, (COORDINATOR, COLLEAGUE), strict=True))
        came = raced(
            stage,
            url,
            *(
                Racer(
                    name=one,
                    deed=racing.apply,
                    given={"draft": draft, "now": NOW.isoformat(), "actor": actors[one]},
                )
                for one, draft in drafts.items()
            ),
        )
        [winner] = [one for one in drafts if came[one].startswith("moved")]
        [loser] = set(drafts) - {winner}
        after = standing(stage)

        assert came[loser].startswith("ReplanOutdated: ")
        assert [one for one in before if after.get(one) != before[one]] == (
            ["c1-b1"] if winner == "c1" else ["c2-b2"]
        )
        assert {one: len(stage.trail("resource", one)) for one in drafts} == {winner: 1, loser: 0}
        assert wrongs(stage) == []


def test_a_slot_booked_by_a_company_while_a_plan_that_needs_it_is_applied_goes_to_one_of_the_two(place):
    for stage, url in place.stages(a_published_fair, rounds=2):
        draft = previewed(stage, "c1", on=FIRST_DAY, span=MORNING)
        before = standing(stage)
        came = raced(
            stage,
            url,
            Racer(
                name="plan",
                deed=racing.apply,
                given={"draft": draft, "now": NOW.isoformat(), "actor": COORDINATOR},
            ),
            Racer(
                name="company",
                deed=racing.book_there,
                given={"match": "c2-b1", "clock": "10:00", "company": "c2", "now": NOW.isoformat()},
            ),
        )
        after = standing(stage)

        if came["plan"].startswith("moved"):
            assert came == {"plan": "moved 1, cancelled 0", "company": came["company"]}
            assert came["company"].startswith("SlotTaken: ")
            assert {one: after[one] != before.get(one) for one in after} == {
                "c1-b1": True,
                "c1-b2": False,
                "c2-b2": False,
            }
        else:
            assert came["plan"].startswith(("ReplanOutdated: ", "PlacementsTaken: "))
            assert after == {**before, "c2-b1": after["c2-b1"]}
            assert stage.trail("resource", "c1") == []
        assert wrongs(stage) == []
