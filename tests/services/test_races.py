"""Two processes want one slot: real processes, a real database file, one winner."""

import multiprocessing
from pathlib import Path

from scheduler.booking.people import Room
from scheduler.services.waiting import join_line, offer_freed
from tests.builders import a_fair, a_slot, spans
from tests.services.racing import pick_for, race_for
from tests.services.stage import NOW, Stage, a_stage, the_people
from tests.services.test_self_pick import ACTORS, a_picking_stage

ROUNDS = 10


def test_two_processes_racing_for_one_company_give_one_booking_and_one_answer(tmp_path: Path) -> None:
    stages = {str(tmp_path / str(number)): None for number in range(ROUNDS)}
    for folder in stages:
        Path(folder).mkdir()
    opened = {folder: a_stage(Path(folder)) for folder in stages}
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(2), context.Queue()
    racers = [
        context.Process(target=race_for, args=(list(stages), match_id, gate, answers))
        for match_id in ("c1-b1", "c1-b2")
    ]
    for one in racers:
        one.start()
    results = [answers.get(timeout=120) for _ in range(2 * ROUNDS)]
    for one in racers:
        one.join(timeout=60)
    for folder, stage in opened.items():
        [lost] = [result for result in results if result[0] == folder and result[2] != "booked"]
        assert (lost[2], lost[3][0]) == (("c1",), a_slot("09:30"))
        assert [row[1] for row in stage.meetings()] == ["confirmed"]


def test_two_accepting_for_the_last_room_give_one_session_and_one_click_sent_twice_one_hold(
    tmp_path: Path,
) -> None:
    offered = [_folder(tmp_path, f"offer {number}") for number in range(ROUNDS // 2)]
    clicked = [_folder(tmp_path, f"click {number}") for number in range(ROUNDS // 2)]
    opened = {folder: _with_one_room(Path(folder)) for folder in offered}
    picking = {folder: a_picking_stage(Path(folder)) for folder in clicked}
    places = {folder: _in_line(stage) for folder, stage in opened.items()}
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(2), context.Queue()
    racers = [
        context.Process(target=pick_for, args=(places, clicked, company_id, gate, answers))
        for company_id in ACTORS
    ]
    for one in racers:
        one.start()
    results = [answers.get(timeout=120) for _ in range(2 * ROUNDS)]
    for one in racers:
        one.join(timeout=60)
    for folder, stage in opened.items():
        mine = {company_id: came_of_it for of, company_id, came_of_it in results if of == folder}
        assert sorted(mine.values(), key=str) == [(None,), "booked"]
        [winner] = [one for one, came_of_it in mine.items() if came_of_it == "booked"]
        [meeting] = stage.meetings()
        assert (meeting[0][:2], meeting[1], meeting[4]) == (winner, "confirmed", "r1")
    for folder, stage in picking.items():
        assert len({came_of_it for of, _, came_of_it in results if of == folder}) == 1
        assert [row[1] for row in stage.meetings()] == ["held"]


def _folder(tmp_path: Path, name: str) -> str:
    folder = tmp_path / name
    folder.mkdir()
    return str(folder)


def _with_one_room(folder: Path) -> Stage:
    everybody = tuple(one for one in the_people() if not isinstance(one, Room) or one.id == "r1")
    return a_picking_stage(folder, fair=a_fair(opening=spans("09:00-09:30")), people_of_fair=everybody)


def _in_line(stage: Stage) -> dict[str, str]:
    """c1 is offered b1, c2 is offered b2, both at nine."""
    places = {
        company_id: join_line(stage.db, "sample", company_id, buyer_id, now=NOW, actor=ACTORS[company_id]).id
        for company_id, buyer_id in (("c1", "b1"), ("c2", "b2"))
    }
    assert offer_freed(stage.db, now=NOW) == 2
    return places
