"""The one place that knows everyone: settings, database, mail, pages, worker and command line put together."""

import atexit
import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from threading import Timer
from types import FrameType
from typing import TYPE_CHECKING

from scheduler import cli
from scheduler.cli.call import AddressTaken
from scheduler.settings import Settings, read_settings

if TYPE_CHECKING:
    from flask import Flask

    from scheduler.mail.inbox import ImapInbox
    from scheduler.mail.message import Post
    from scheduler.storage.db import Database
    from scheduler.texting.gateway import Gateway
    from scheduler.worker import Worker

# Pages, worker, mail and database take a second to load, and `sangdam time` needs none of them: each is
# imported when it is first asked for. None of them imports this module, so there is no cycle.


def main() -> None:
    """The console script `sangdam`."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no Korean shows question marks rather than ending the program.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, _interrupt)
    _collect_seldom()
    sys.exit(cli.run(sys.argv[1:], edges=Program(), environ=os.environ))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends the program in the same way as Ctrl-C."""
    raise KeyboardInterrupt


def create_app(settings: Settings | None = None) -> "Flask":
    """The pages as a WSGI application, for gunicorn and the like: `scheduler.app:create_app()`."""
    _collect_seldom()
    settings = settings or _of_several(read_settings())
    if settings.log_format == "json":
        import_module("scheduler.web.request_log").log_as_json()
    database = _database(settings)
    database.migrate()
    standby = import_module("scheduler.grid.replan_child").Standby()
    # It would end by itself; this way it ends first, and quietly.
    atexit.register(standby.close)
    app: Flask = import_module("scheduler.web").create_web(settings, database, standby=standby)
    # What has been made by now stays for good, and no later look goes through it.
    gc.freeze()
    return app


def _of_several(settings: Settings) -> Settings:
    """Whoever serves the pages without `sangdam serve` may do so with several processes: these count together."""
    return replace(settings, throttle_storage=settings.throttle_storage or "sangdam://")


def post_for(settings: Settings) -> "Post":
    """Mail by the mail server of the settings, else into the folder of the embedded mailbox."""
    post: Post
    if not settings.smtp_host:
        post = import_module("scheduler.mail.mailbox").FolderPost(settings.mailbox)
        return post
    smtp = import_module("scheduler.mail.smtp")
    server = smtp.SmtpSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=smtp.Security(settings.smtp_security),
        user=settings.smtp_user,
        password=settings.smtp_password,
    )
    post = smtp.SmtpPost(server)
    if settings.smtp_per_minute:
        return import_module("scheduler.mail.pace").PacedPost(post, per_minute=settings.smtp_per_minute)  # type: ignore[no-any-return]
    return post


def inbox_for(settings: Settings) -> "ImapInbox | None":
    """The mailbox that answers arrive in, where the settings name one."""
    if not settings.imap_host:
        return None
    inbox = import_module("scheduler.mail.inbox")
    found: ImapInbox = inbox.ImapInbox(
        inbox.ImapSettings(
            host=settings.imap_host,
            port=settings.imap_port,
            security=import_module("scheduler.mail.smtp").Security(settings.imap_security),
            user=settings.imap_user,
            password=settings.imap_password,
            folder=settings.imap_folder,
        )
    )
    return found


def gateway_for(settings: Settings) -> "Gateway | None":
    """The way for text messages, where the settings name one."""
    if not settings.text_gateway:
        return None
    texting = import_module("scheduler.texting.gateway")
    found: Gateway = texting.Gateway(
        texting.GatewaySettings(
            address=settings.text_gateway,
            key=settings.text_key,
            sender=settings.text_sender,
            is_private_allowed=settings.text_private,
        )
    )
    return found


_OWNER = "command line"
"""Who sends mail for a command. There is one at a time, so that the next may take over what a killed one left."""


_CONNECTIONS = 4000
"""As many browsers may be connected to the built-in server at once; who of them is answered is another matter."""


def _allow_many_connections() -> None:
    """The system's usual limit is lower than what it allows to whoever asks."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * _CONNECTIONS
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard > 0 else wanted, hard))


_WORKER_AFTER_SECONDS = 1.0


class _WorkerSoon:
    """A worker that begins a moment after the pages: whoever waits for the first page need not wait for it too."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._worker: Worker | None = None
        self._clock = Timer(_WORKER_AFTER_SECONDS, self._begin)

    def start(self) -> None:
        self._clock.start()

    def stop(self) -> None:
        self._clock.cancel()
        self._clock.join()
        if self._worker is not None:
            self._worker.stop()

    def _begin(self) -> None:
        self._worker = _worker(self._settings)
        self._worker.start()


_ALLOCATED_BETWEEN_LOOKS = 50_000


def _collect_seldom() -> None:
    """Starting makes half a million objects that all stay: looking among them for rubbish takes a tenth of it."""
    gc.set_threshold(_ALLOCATED_BETWEEN_LOOKS, 20, 50)


class Program:
    """What the command line asks of the rest."""

    def listen(self, settings: Settings) -> socket.socket:
        """Binds the address; pages are served on it later. Raises AddressTaken."""
        try:
            return socket.create_server((settings.host, settings.port))
        except OSError as error:
            raise AddressTaken(settings.host, settings.port) from error

    def serve(
        self, settings: Settings, listener: socket.socket, *, with_worker: bool, announce: Callable[[], None]
    ) -> None:
        """Serves until interrupted, then lets the worker end what it is doing."""
        front = import_module("scheduler.web.overload").Overload(
            create_app(settings), most=settings.waiting_requests
        )
        _allow_many_connections()
        server = import_module("waitress").create_server(
            front,
            sockets=[listener],
            threads=8,
            ident="sangdam",
            connection_limit=_CONNECTIONS,
            backlog=_CONNECTIONS,
            # The other way of waiting knows no more than 1,024 connections.
            asyncore_use_poll=True,
        )
        front.waiting = lambda: len(server.task_dispatcher.queue)
        worker = _WorkerSoon(settings) if with_worker else None
        if worker is not None:
            worker.start()
        announce()
        try:
            # Returns when interrupted.
            server.run()
        finally:
            server.close()
            if worker is not None:
                worker.stop()

    def work(self, settings: Settings, *, announce: Callable[[], None]) -> None:
        """Works until interrupted, then ends what it is doing."""
        worker = _worker(settings)
        worker.start()
        try:
            with suppress(KeyboardInterrupt):
                announce()
                signal.pause()
        finally:
            worker.stop()

    def deliver(self, settings: Settings, *, now: datetime, on_progress: Callable[[int], None]) -> None:
        """Sends everything that is due by now."""
        database, post = _database(settings), post_for(settings)
        delivery = import_module("scheduler.services.deliver")
        with database.write() as work:
            import_module("scheduler.storage.outbox").end_leases(work, _OWNER)
        delivery.deliver_all(
            database,
            settings,
            post,
            now=now,
            owner=_OWNER,
            on_progress=lambda done: on_progress(done.sent),
        )
        database.dispose()


def _database(settings: Settings) -> "Database":
    storage = import_module("scheduler.storage.db")
    pool = storage.Pool(size=settings.database_connections, overflow=settings.database_connections_more)
    database: Database = storage.open_database(
        settings.database_url,
        patience_seconds=float(settings.database_patience_seconds),
        pool=pool,
        replica_url=settings.replica_url,
        replica_seconds=settings.replica_seconds,
    )
    return database


def _worker(settings: Settings) -> "Worker":
    worker: Worker = import_module("scheduler.worker").Worker(
        settings,
        _database(settings),
        post_for(settings),
        inbox_for(settings),
        gateway_for(settings),
    )
    return worker
