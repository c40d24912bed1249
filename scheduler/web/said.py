"""`_` as templates say it: a hundred sentences on a page, and most of them are always the same."""

from functools import lru_cache

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from scheduler.web.language import language
from scheduler.wording import catalogue


@pass_eval_context
def said(surrounding: EvalContext, msgid: str, /, **facts: object) -> str:
    """A sentence in the language of the page, its facts escaped where the template escapes."""
    if surrounding.autoescape and not facts:
        return _always_so(msgid, language())
    sentence = catalogue(language()).gettext(msgid)
    return (Markup(sentence) if surrounding.autoescape else sentence) % facts  # noqa: S704  (translators are trusted)


@lru_cache(maxsize=4096)
def _always_so(msgid: str, language: str) -> Markup:
    return Markup(catalogue(language).gettext(msgid)) % {}  # noqa: S704
