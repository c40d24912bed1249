"""Two processes want one slot: real processes, a real database file, one winner."""

import multiprocessing
from pathlib import Path

from tests.builders import a_slot
from tests.services.racing import race_for
from tests.services.stage import a_stage

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
