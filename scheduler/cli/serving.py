"""Serving pages, and the worker."""

from scheduler.cli.call import Call
from scheduler.cli.database import opened
from scheduler.cli.parser import Parser
from scheduler.settings import Settings
from scheduler.wording import Phrase


def serve_options(parser: Parser) -> None:
    add_address(parser)
    parser.option(
        "--no-worker",
        action="store_true",
        help=Phrase("serve pages only; then “sangdam worker” has to run beside it"),
    )


def serve(call: Call) -> int:
    settings = settings_with_address(call)
    with opened(settings):
        # The tables are up to date before the first page is asked for.
        listener = call.edges.listen(settings)
    address = Phrase("Sangdam is at %(address)s. Ctrl-C ends it.", address=settings.base_address)

    def announce() -> None:
        call.screen.show(call.screen.both(address))
        call.screen.out.flush()

    call.edges.serve(settings, listener, with_worker=not call.options.no_worker, announce=announce)
    return 0


def worker_options(parser: Parser) -> None:
    parser.option("--once", action="store_true", help=Phrase("send what is due now, then end"))


def worker(call: Call) -> int:
    settings = call.settings()
    with opened(settings):
        pass
    if call.options.once:
        call.edges.deliver(settings, now=call.clock(), on_progress=lambda _count: None)
        return 0
    call.edges.work(
        settings, announce=lambda: call.screen.tell(Phrase("The worker is working. Ctrl-C ends it."))
    )
    return 0


def add_address(parser: Parser) -> None:
    """The options that say where pages are served."""
    parser.option("--host", help=Phrase("address to listen on; by default the setting HOST"))
    parser.option("--port", type=int, help=Phrase("port to listen on; by default the setting PORT"))


def settings_with_address(call: Call, **given: object) -> Settings:
    """The settings with the host and port of the command line; links follow the port unless set otherwise."""
    if call.options.host is not None:
        given["host"] = call.options.host
    if call.options.port is None:
        return call.settings(**given)
    port = call.options.port
    as_set = call.settings(**given)
    if as_set.base_address == f"http://127.0.0.1:{as_set.port}":
        given["base_address"] = f"http://127.0.0.1:{port}"
    return call.settings(**given, port=port)
