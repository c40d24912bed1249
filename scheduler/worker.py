"""The worker: a heartbeat that looks for what is due. APScheduler only ticks; what is due stands in tables.

Any number of workers may run on one database: mails are leased row by row, a build is taken by one of them.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from scheduler.grid.limits import Limits
from scheduler.mail.inbox import Arrival, ImapInbox
from scheduler.mail.message import Post
from scheduler.mail.pace import PacedPost
from scheduler.services.actor import SYSTEM
from scheduler.services.audit_trail import seal
from scheduler.services.briefing import add_summaries
from scheduler.services.build_grid import Watch, carry_out_build, take_build
from scheduler.services.channels import TextChannel
from scheduler.services.deliver import deliver_by, deliver_due, send_texts_by_mail
from scheduler.services.heartbeat import beat, count_alive
from scheduler.services.hold import release_lapsed_holds
from scheduler.services.idempotency import forget_old_answers
from scheduler.services.installation import installation_of, settings_with
from scheduler.services.personal_data import apply_retention
from scheduler.services.receive_reply import receive
from scheduler.services.remind import retime_reminders
from scheduler.services.requests import expire_requests
from scheduler.services.self_pick import forget_old_receipts
from scheduler.services.waiting import offer_freed
from scheduler.services.webhook_calls import call_due
from scheduler.services.zone_rules import forget_unshifted
from scheduler.settings import Settings
from scheduler.storage.db import Database
from scheduler.texting.gateway import Gateway
from scheduler.timezones.clock import utc_now

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1
SECONDS_BETWEEN_BEATS = 30
SECONDS_BETWEEN_INBOX_LOOKS = 60
SECONDS_OF_A_DAY = 24 * 3600
SECONDS_OF_QUIET = 15
"""How long a mail server that is away is left alone."""


class Worker:
    """Sends what is due, lets holds lapse, builds grids that were asked for, and says that it is alive."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        post: Post,
        inbox: ImapInbox | None = None,
        gateway: Gateway | None = None,
    ) -> None:
        self._settings, self._db, self._post, self._inbox = settings, db, post, inbox
        self._texts = TextChannel(gateway) if gateway is not None else None
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()
        self._quiet_until = self._texts_quiet_until = 0.0
        # UTC and an interval: a cron trigger skips or doubles a day where clocks change.
        self._clock = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )

    def start(self) -> None:
        """Begins to tick in threads of its own."""
        self._every(SECONDS_BETWEEN_LOOKS, self.deliver)
        if self._texts is not None:
            self._every(SECONDS_BETWEEN_LOOKS, self.deliver_texts)
        self._every(SECONDS_BETWEEN_LOOKS, self.call_programs)
        self._every(SECONDS_BETWEEN_LOOKS, self.build)
        self._every(SECONDS_BETWEEN_BEATS, self.look_after)
        self._every(SECONDS_OF_A_DAY, self.compare_zones)
        self._every(SECONDS_OF_A_DAY, self.erase)
        if self._inbox is not None:
            self._every(SECONDS_BETWEEN_INBOX_LOOKS, self.receive)
        self.look_after()
        self._guarded(self.compare_zones)()
        self._guarded(self.erase)()
        self._clock.start()

    def stop(self) -> None:
        """Ends after what is being done; a build stops with its best plan so far."""
        self._stopping.set()
        self._clock.shutdown(wait=True)

    def deliver(self) -> None:
        """Sends everything due, a batch at a time, unless the mail server was away a moment ago."""
        settings = settings_with(self._settings, installation_of(self._db))
        while not self._stopping.is_set() and time.monotonic() >= self._quiet_until:
            done = deliver_due(self._db, settings, self._post, now=utc_now(), owner=self._name)
            if done.server_away:
                self._quiet_until = time.monotonic() + SECONDS_OF_QUIET
            if not done.total:
                return

    def deliver_texts(self) -> None:
        """The same for text messages, by themselves: a gateway that is slow holds up no mail."""
        settings = settings_with(self._settings, installation_of(self._db))
        while self._texts and not self._stopping.is_set() and time.monotonic() >= self._texts_quiet_until:
            done = deliver_by(self._texts, self._db, settings, now=utc_now(), owner=self._name)
            if done.server_away:
                self._texts_quiet_until = time.monotonic() + SECONDS_OF_QUIET
            if not done.total:
                return

    def call_programs(self) -> None:
        """Tells programs elsewhere what has happened, by itself too: one that is slow holds up no mail."""
        while not self._stopping.is_set():
            if not call_due(self._db, self._settings, now=utc_now(), owner=self._name).total:
                return

    def build(self) -> None:
        """Builds the grid that has waited longest, if one waits."""
        limits = Limits(seconds=self._settings.build_seconds)
        draft = take_build(self._db, owner=self._name, now=utc_now(), limits=limits)
        if draft is None:
            return
        watch = Watch(self._db, draft.id, should_stop=self._stopping.is_set)
        carry_out_build(self._db, draft.id, limits=limits, now=utc_now(), watch=watch)

    def receive(self) -> None:
        """Takes in the answers that lie in the mailbox."""
        if self._inbox is not None:
            self._inbox.look(self._keep)

    def look_after(self) -> None:
        """Frees lapsed holds, passes offers on, writes the coordinators' summaries, notes that the worker is alive."""
        now = utc_now()
        release_lapsed_holds(self._db, now=now, actor=SYSTEM)
        seal(self._db)
        expire_requests(self._db, now=now)
        offer_freed(self._db, now=now)
        forget_old_receipts(self._db, now=now)
        forget_old_answers(self._db, now=now)
        add_summaries(self._db, self._settings, now=now)
        if self._texts is None:
            send_texts_by_mail(self._db)
        beat(self._db, self._name, now=now)
        if isinstance(self._post, PacedPost):
            self._post.share_among(count_alive(self._db, now=now))

    def compare_zones(self) -> None:
        """After a new edition of the zones' rules, what is the same by it needs nobody's word, and reminders by
        people's own clocks are put right.
        """
        forget_unshifted(self._db, now=utc_now())
        retime_reminders(self._db, now=utc_now())

    def erase(self) -> None:
        """Erases the people of fairs whose time is up."""
        apply_retention(self._db, self._settings, now=utc_now(), actor=SYSTEM)

    def _keep(self, mail: Arrival) -> None:
        receive(self._db, mail.raw, now=utc_now(), size=mail.size)

    def _every(self, seconds: int, job: Callable[[], None]) -> None:
        self._clock.add_job(self._guarded(job), "interval", seconds=seconds, id=job.__name__)

    def _guarded(self, job: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            # One failing look must not end the heartbeat: the next one tries again.
            try:
                job()
            except Exception:
                log.exception("The worker could not %s", job.__name__)

        return run
