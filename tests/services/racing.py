"""One racer for a slot, as a process of its own runs it."""

from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from scheduler.booking.errors import SlotTaken
from scheduler.services.book import book
from scheduler.services.choose import Wish
from scheduler.services.self_pick import hold_slot
from scheduler.services.waiting import accept_offer
from scheduler.storage.db import open_database
from tests.builders import a_slot
from tests.services.stage import COORDINATOR, NOW, some_settings
from tests.services.test_self_pick import ACTORS, a_pick


def race_for(folders: list[str], match_id: str, gate: Barrier, answers: "Queue[Any]") -> None:
    """In each folder's database: waits for the other racer, books, and answers with what came of it."""
    for folder in folders:
        db = open_database(f"sqlite:///{folder}/scheduler.sqlite")
        wish = Wish(fair_key="sample", match_id=match_id, slot=a_slot("09:00"))
        gate.wait(timeout=60)
        try:
            meeting = book(db, some_settings(Path(folder)), wish, now=NOW, actor=COORDINATOR)
            answers.put((folder, match_id, "booked", meeting.resource_ids))
        except SlotTaken as refusal:
            named = tuple(one.resource_id for one in refusal.taken)
            answers.put((folder, match_id, named, tuple(refusal.nearest)))
        db.dispose()


def pick_for(
    places: dict[str, dict[str, str]],
    clicked: list[str],
    company_id: str,
    gate: Barrier,
    answers: "Queue[Any]",
) -> None:
    """First races for offers, then sends the same click as the other racer."""
    _accept_for(places, company_id, gate, answers)
    _click_for(clicked, company_id, gate, answers)


def _accept_for(
    places: dict[str, dict[str, str]], company_id: str, gate: Barrier, answers: "Queue[Any]"
) -> None:
    """Folder -> company -> its place in the line, where it has an offer."""
    for folder, mine in places.items():
        db = open_database(f"sqlite:///{folder}/scheduler.sqlite")
        settings, place, actor = some_settings(Path(folder)), mine[company_id], ACTORS[company_id]
        gate.wait(timeout=60)
        try:
            accept_offer(db, settings, company_id, place, now=NOW, actor=actor)
            answers.put((folder, company_id, "booked"))
        except SlotTaken as refusal:
            answers.put((folder, company_id, tuple(one.resource_id for one in refusal.taken)))
        db.dispose()


def _click_for(folders: list[str], racer: str, gate: Barrier, answers: "Queue[Any]") -> None:
    """One and the same click on a free moment, sent twice at once."""
    for folder in folders:
        db = open_database(f"sqlite:///{folder}/scheduler.sqlite")
        gate.wait(timeout=60)
        meeting = hold_slot(db, some_settings(Path(folder)), a_pick(), now=NOW, actor=ACTORS["c1"])
        answers.put((folder, racer, meeting.id))
        db.dispose()
