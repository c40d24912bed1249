"""What a coordinator wants of a grid beside placing everybody: how much each wish counts, in words.

The numbers behind the words are settings of the installation (WEIGHT_...). They are kept with the words, so that a plan
can be made again as it was.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, ChangedMeanwhile, Fault
from scheduler.grid.problem import Weights
from scheduler.services.actor import Actor
from scheduler.settings import Settings
from scheduler.storage import audit, fairs
from scheduler.storage.db import Database
from scheduler.wording import Phrase

_WORDS, _NUMBERS = "grid_wishes", "grid_weights"


class Level(StrEnum):
    """How much a wish counts."""

    LESS = "less"
    NORMAL = "normal"
    MORE = "more"


NAMES: dict[str, Phrase] = {
    "waiting": Phrase("Waiting between sessions"),
    "early_or_late_hours": Phrase("Early or late hours"),
    "same_interpreter": Phrase("The same interpreter"),
    "room_changes": Phrase("Room changes"),
    "sharing_out": Phrase("Sharing out what is left"),
}
"""The wishes, in the order they are asked for."""
MEANINGS: dict[str, Phrase] = {
    "waiting": Phrase("Few empty slots between the first and the last session of somebody's day."),
    "early_or_late_hours": Phrase("Sessions between 09:00 and 18:00 by everybody's own clocks."),
    "same_interpreter": Phrase("A buyer keeps the interpreter from one session to the next."),
    "room_changes": Phrase("A company stays in its room, as far as possible in the one it asked for."),
    "sharing_out": Phrase("When not everything fits, nobody loses much more than others."),
}
LEVELS: dict[Level, Phrase] = {
    Level.LESS: Phrase("less important"),
    Level.NORMAL: Phrase("normal"),
    Level.MORE: Phrase("more important"),
}


def grid_wishes_in(work: Session, fair_id: str) -> dict[str, Level]:
    """How much each wish counts in a fair; normal where nobody has said anything."""
    kept = fairs.fair_settings(work, fair_id).get(_WORDS, {})
    return {name: Level(kept.get(name, Level.NORMAL)) for name in NAMES}


def grid_wishes_of(db: Database, fair_key: str) -> dict[str, Level]:
    """The same by the fair's key. Raises NotFound."""
    with db.read() as work:
        return grid_wishes_in(work, fairs.get_fair(work, fair_key).id)


def weights_in(work: Session, fair_id: str) -> Weights:
    """The numbers for the solver."""
    kept = fairs.fair_settings(work, fair_id).get(_NUMBERS)
    return Weights(**kept) if kept else Weights()


def save_grid_wishes(
    db: Database,
    settings: Settings,
    fair_key: str,
    chosen: Mapping[str, str],
    *,
    now: datetime,
    actor: Actor,
    seen: Mapping[str, Level] | None = None,
) -> dict[str, Level]:
    """Keeps what was chosen; a wish that is not named stays as it was.

    Raises BadInput with every fault, ChangedMeanwhile where the wishes are not those `seen` any more.
    """
    faults = [
        Fault(place=name, wrong=Phrase("There is no such choice"))
        for name, level in chosen.items()
        if name not in NAMES or level not in set(Level)
    ]
    if faults:
        raise BadInput(faults)
    with db.write() as work:
        fair = fairs.get_fair(work, fair_key)
        kept = fairs.settings_to_change(work, fair.id)
        before = {name: Level(kept.get(_WORDS, {}).get(name, Level.NORMAL)) for name in NAMES}
        if seen not in (None, before):
            raise ChangedMeanwhile
        after = {name: Level(chosen.get(name, before[name])) for name in NAMES}
        if after != before or _WORDS not in kept:
            numbers = asdict(weights_for(settings, after))
            words = {name: str(level) for name, level in after.items()}
            fairs.save_fair_settings(work, fair.id, {**kept, _WORDS: words, _NUMBERS: numbers})
            audit.record(work, now, actor.label, "grid_wishes", "fair", fair.id, dict(before), words)
    return after


def weights_for(settings: Settings, wishes: Mapping[str, Level]) -> Weights:
    """The numbers that the installation has for these words."""
    place = {Level.LESS: 0, Level.NORMAL: 1, Level.MORE: 2}
    return Weights(
        **{name: getattr(settings, f"weight_{name}")[place[level]] for name, level in wishes.items()}
    )


def said(settings: Settings, weights: Mapping[str, int]) -> tuple[tuple[Phrase, Phrase | str], ...]:
    """The numbers of a plan in words again; a number that the installation no longer has a word for stays one."""
    return tuple(
        (phrase, _word(settings, name, weights[name])) for name, phrase in NAMES.items() if name in weights
    )


def _word(settings: Settings, name: str, weight: int) -> Phrase | str:
    numbers = getattr(settings, f"weight_{name}")
    return LEVELS[list(Level)[numbers.index(weight)]] if weight in numbers else str(weight)
