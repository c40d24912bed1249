"""What every page may ask for: the settings, the database, the mailbox and the clock, kept with the app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from scheduler.settings import Settings
from scheduler.storage.db import Database

EXTENSION = "sangdam"


@dataclass(frozen=True, kw_only=True)
class Site:
    """The surroundings of one running program; `clock` is the only way pages learn what time it is."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]


def site() -> Site:
    """The surroundings of the page that is being made."""
    return cast(Site, current_app.extensions[EXTENSION])
