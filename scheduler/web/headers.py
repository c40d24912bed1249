"""The headers of every answer, errors too: nothing from elsewhere, nothing inline, no framing by others."""

import base64
import hashlib
from collections.abc import Iterable
from html.parser import HTMLParser

from flask import Response, request

from scheduler.web.site import site

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_YEAR = 365 * 24 * 3600


def add_headers(response: Response) -> Response:
    """Set what the view has not set itself."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
    if site().settings.is_served_by_tls:
        headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}; includeSubDomains")
    _say_how_long_it_keeps(response)
    return response


def keep_to_the_reader(response: Response) -> Response:
    """For a page that its address alone opens: kept nowhere, and its address told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def frame_mail(response: Response, html: str) -> Response:
    """For somebody's mail shown inside our page: no script, nothing fetched, only the styles it came with.

    Each style is named by its hash, so that even here nothing inline is allowed in general.
    """
    styles = " ".join(["'unsafe-hashes'", *_style_hashes(html)])
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {styles}; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _say_how_long_it_keeps(response: Response) -> None:
    if request.endpoint == "static" and response.status_code < 400:
        versioned = bool(request.args.get("v"))
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = _YEAR if versioned else 24 * 3600
        if versioned:
            response.cache_control.immutable = True
        return
    response.headers.setdefault("Cache-Control", "no-store")


class _Styles(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "style"
        self.found.extend(value for name, value in attrs if name == "style" and value)

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


def _style_hashes(html: str) -> Iterable[str]:
    parser = _Styles()
    parser.feed(html)
    for style in sorted(set(parser.found)):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        yield f"'sha256-{digest}'"
