"""One racer for a slot, as a process of its own runs it."""

from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from scheduler.booking.errors import SlotTaken
from scheduler.services.book import book
from scheduler.services.choose import Wish
from scheduler.storage.db import open_database
from tests.builders import a_slot
from tests.services.stage import COORDINATOR, NOW, some_settings


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
