"""Pages: they parse and show, and every rule lives behind them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from flask import Blueprint, Flask, g, request
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect, generate_csrf
from jinja2 import FileSystemBytecodeCache
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from scheduler.grid.replan_child import Standby
from scheduler.services.logins import LONGEST
from scheduler.settings import Settings
from scheduler.storage.db import Database
from scheduler.timezones.clock import utc_now
from scheduler.web import headers
from scheduler.web.auth import auth, guard
from scheduler.web.buyer import buyer
from scheduler.web.cohost import cohost
from scheduler.web.company import company
from scheduler.web.coordinator import PARTS
from scheduler.web.display import display
from scheduler.web.errors import add_error_pages
from scheduler.web.feeds import feeds
from scheduler.web.filters import add_filters
from scheduler.web.health import health
from scheduler.web.intake_guard import refuse_control_characters
from scheduler.web.interpreter import interpreter
from scheduler.web.joining import joining
from scheduler.web.json_read import Json
from scheduler.web.language import choose_language, keep_language, language, language_links
from scheduler.web.logo import logo
from scheduler.web.mount import WithInterface
from scheduler.web.offers import offers
from scheduler.web.once import once_field
from scheduler.web.own import own
from scheduler.web.own_reminders import own_reminders
from scheduler.web.person import add_login
from scheduler.web.replica import read_from_replica
from scheduler.web.request_log import add_request_log
from scheduler.web.said import said
from scheduler.web.site import EXTENSION, Site, site
from scheduler.web.throttle import limiter
from scheduler.web.throttle_store import SCHEME
from scheduler.wording import direction, gettext_callables

_PACKAGE = Path(__file__).resolve().parent.parent
_FORM_BYTES = 512 * 1024


def create_web(
    settings: Settings,
    database: Database,
    *,
    clock: Callable[[], datetime] = utc_now,
    standby: Standby | None = None,
) -> Flask:
    """The web application over an open, migrated database."""
    app = Flask(
        "scheduler", template_folder=str(_PACKAGE / "templates"), static_folder=str(_PACKAGE / "static")
    )
    around = Site(started_with=settings, primary=database, clock=clock, standby=standby)
    app.extensions[EXTENSION] = around
    app.config.from_mapping(_config(settings))
    app.config.from_mapping(_throttle(settings, database))
    app.json = Json(app)
    app.url_map.strict_slashes = False
    app.wsgi_app = WithInterface(app.wsgi_app, around)  # type: ignore[method-assign]
    _behind_proxies(app, settings.proxies)
    add_request_log(app)
    _add_guards(app)
    _add_words(app, settings)
    add_error_pages(app)
    for part in _parts():
        app.register_blueprint(part)
    if database.replica is not None:
        read_from_replica(app, database.replica)
    return app


def _config(settings: Settings) -> dict[str, object]:
    tls = settings.is_served_by_tls
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-session" if tls else "session",
        "SESSION_COOKIE_SECURE": tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": LONGEST + timedelta(hours=1),
        "MAX_CONTENT_LENGTH": settings.upload_megabytes * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": _FORM_BYTES,
        "MAX_FORM_PARTS": 2000,
        # The token lives as long as the session. Under TLS the library would also ask for a Referer, which the
        # pages of a buyer's link never send.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
    }


def _throttle(settings: Settings, database: Database) -> dict[str, object]:
    usual = f"{SCHEME}://" if database.dialect == "postgresql" else "memory://"
    chosen = settings.throttle_storage or usual
    return {
        "RATELIMIT_STORAGE_URI": chosen,
        "RATELIMIT_STORAGE_OPTIONS": {"database": database} if chosen.startswith(SCHEME) else {},
    }


def _behind_proxies(app: Flask, proxies: int) -> None:
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def _add_guards(app: Flask) -> None:
    app.before_request(choose_language)
    app.before_request(refuse_control_characters)
    CSRFProtect(app)
    limiter.init_app(app)
    login = LoginManager(app)
    add_login(login)
    app.before_request(guard)
    app.after_request(keep_language)
    app.after_request(headers.add_headers)


def _add_words(app: Flask, settings: Settings) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    gettext, ngettext = gettext_callables(language)
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = said
    # Compiled once for all processes and starts; where no folder is safe for it, each compiles for itself.
    with suppress(RuntimeError):
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    add_filters(app)

    @app.context_processor
    def surroundings() -> dict[str, object]:
        return {
            "settings": site().settings,
            "installation": site().installation,
            "city": site().settings.city_in(language()),
            "language": language,
            "direction": lambda: direction(language()),
            "language_links": language_links,
            "person": g.get("person"),
            "csrf": _csrf_field,
            "once": once_field,
            "section": request.blueprint,
        }


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _parts() -> tuple[Blueprint, ...]:
    return (
        auth,
        joining,
        logo,
        *PARTS,
        company,
        own,
        interpreter,
        cohost,
        display,
        buyer,
        offers,
        own_reminders,
        feeds,
        health,
    )
