"""Every sentence a person reads: English in the code, other languages from ``translations/<language>/*.po``.

Pages, mail, the command line and the faults of a spreadsheet use this one mechanism.
"""

from scheduler.wording.catalogue import Catalogue, catalogue, gettext_callables
from scheduler.wording.languages import (
    DEFAULT_LANGUAGE,
    LANGUAGE_NAMES,
    LANGUAGES,
    direction,
    pick_language,
)
from scheduler.wording.phrase import Phrase, Sayable, as_text, joined, msgid

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "Catalogue",
    "Phrase",
    "Sayable",
    "as_text",
    "catalogue",
    "direction",
    "gettext_callables",
    "joined",
    "msgid",
    "pick_language",
]
