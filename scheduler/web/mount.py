"""The interface for programs beside the pages: loaded when it is first called.

Its library takes as long to load as all the rest of the pages, and most installations never call it.
"""

from collections.abc import Iterable
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING

from scheduler.web.site import INTERFACE, Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class WithInterface:
    """A WSGI application that hands on what is for the interface, and the rest to the pages."""

    def __init__(self, pages: "WSGIApplication", around: Site) -> None:
        self._pages, self._around = pages, around
        self._interface: WSGIApplication | None = None
        self._loading = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != INTERFACE and not path.startswith(f"{INTERFACE}/"):
            return self._pages(environ, start_response)
        inner = {
            **environ,
            "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + INTERFACE,
            "PATH_INFO": path.removeprefix(INTERFACE),
        }
        return self._loaded()(inner, start_response)

    def _loaded(self) -> "WSGIApplication":
        with self._loading:
            if self._interface is None:
                self._interface = import_module("scheduler.web.api").create_api(self._around)
            return self._interface
