"""What every page may ask for: the settings, the database, the mailbox and the clock, kept with the app."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import current_app

from scheduler.grid.replan_child import Standby
from scheduler.services.installation import Installation, installation_of, settings_with
from scheduler.settings import Settings
from scheduler.storage.db import Database
from scheduler.storage.errors import StorageUnavailable
from scheduler.web.tally import Tally

EXTENSION = "sangdam"
INTERFACE = "/api/v1"
"""Where the interface for programs begins, beside the pages."""
_FRESH_SECONDS = 5.0
_READ_FROM: ContextVar[Database | None] = ContextVar("read_from", default=None)


@dataclass(kw_only=True)
class Site:
    """The surroundings of one running program; `clock` is the only way pages learn what time it is.

    `started_with` are the settings of the start. What the city has set since is read from the database when it
    is a few seconds old, so that every process of several shows the same soon.
    """

    started_with: Settings
    primary: Database
    clock: Callable[[], datetime]
    standby: Standby | None = None
    """A process kept ready for re-planning; None where nobody keeps one."""
    tally: Tally = field(default_factory=Tally)
    _installation: Installation | None = field(default=None, init=False)
    _settings: Settings | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)

    @property
    def database(self) -> Database:
        """The database; on a page that may be some seconds old, one whose reads may be."""
        return _READ_FROM.get() or self.primary

    @contextmanager
    def reading_from(self, database: Database) -> Iterator[None]:
        """Whatever asks for the database meanwhile, in this thread, gets this one."""
        token = _READ_FROM.set(database)
        try:
            yield
        finally:
            _READ_FROM.reset(token)

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Whatever reads the database meanwhile, in this thread, sees one moment of it, for one transaction's price.

        It is for what is shown. What is changed must be read where it is changed.
        """
        with self.database.at_one_moment() as database, self.reading_from(database):
            yield

    @property
    def settings(self) -> Settings:
        """The settings as the city wants them."""
        if self._settings is None or time.monotonic() - self._read_at > _FRESH_SECONDS:
            self._read()
        return cast(Settings, self._settings)

    @property
    def installation(self) -> Installation:
        """What the city has set."""
        if self._installation is None or time.monotonic() - self._read_at > _FRESH_SECONDS:
            self._read()
        return cast(Installation, self._installation)

    def look_again(self) -> None:
        """After a change: the next page reads it anew."""
        self._installation = self._settings = None

    def _read(self) -> None:
        try:
            found = installation_of(self.primary)
        except StorageUnavailable:
            # The page that says so needs a name and a language, too: those of last time, or of the start.
            found = self._installation or Installation()
        self._installation, self._settings = found, settings_with(self.started_with, found)
        self._read_at = time.monotonic()


def site() -> Site:
    """The surroundings of the page that is being made."""
    return cast(Site, current_app.extensions[EXTENSION])
