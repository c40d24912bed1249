"""Which language a page speaks: the one asked for in the address, else the one chosen before, else the city's."""

from datetime import timedelta
from urllib.parse import urlencode

from flask import Response, g, request

from scheduler.web.site import site
from scheduler.wording import LANGUAGE_NAMES, LANGUAGES

STAFF_LANGUAGES = ("ko", "en")
BUYER_LANGUAGES = ("ko", "en", "id", "vi", "ar")
COOKIE = "language"
_KEPT = timedelta(days=365)


def choose_language() -> None:
    """Before a page: remember what was asked for; anything we do not speak is as if nothing was asked."""
    wanted = request.args.get("lang", "")
    g.asked_language = wanted if wanted in LANGUAGES else None
    g.languages = STAFF_LANGUAGES
    chosen = g.asked_language or request.cookies.get(COOKIE, "")
    g.language = chosen if chosen in LANGUAGES else site().settings.language


def offer_languages(languages: tuple[str, ...], *, of_reader: str) -> None:
    """For a page whose reader is known: other languages to choose from, and theirs unless they chose one."""
    g.languages = languages
    chosen = g.asked_language or request.cookies.get(COOKIE, "")
    wanted = chosen or of_reader
    g.language = wanted if wanted in languages else "en"


def buyer_languages() -> tuple[str, ...]:
    """Those of the languages for buyers that the city offers."""
    offered = site().installation.buyer_languages
    return tuple(one for one in BUYER_LANGUAGES if one in offered)


def language() -> str:
    """The language of this page; the city's where no request chose one."""
    return str(g.get("language") or site().settings.language)


def language_links() -> tuple[tuple[str, str, str], ...]:
    """Code, own name and address of this page in each language offered."""
    arguments = {key: request.args.getlist(key) for key in request.args if key != "lang"}
    others = [(code, LANGUAGE_NAMES[code]) for code in g.get("languages", STAFF_LANGUAGES)]
    return tuple((code, name, _address({**arguments, "lang": [code]})) for code, name in others)


def keep_language(response: Response) -> Response:
    """After a page: a language asked for is kept for the next one."""
    asked = g.get("asked_language")
    if asked:
        response.set_cookie(
            COOKIE,
            asked,
            max_age=_KEPT,
            httponly=True,
            samesite="Lax",
            secure=site().settings.is_served_by_tls,
        )
    return response


def _address(arguments: dict[str, list[str]]) -> str:
    pairs = [(key, value) for key, values in arguments.items() for value in values]
    return f"?{urlencode(pairs)}"
