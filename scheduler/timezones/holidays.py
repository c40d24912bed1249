"""Public holidays, as warnings beside a date. The only place that knows the ``holidays`` package.

Half days and shorter hours in Ramadan are not in it. Names come in the reader's language where the
package has them, else from our own catalogue, else in English.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from scheduler.wording import DEFAULT_LANGUAGE, Phrase, catalogue

if TYPE_CHECKING:
    from holidays import HolidayBase


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """``estimated``: the date hangs on a moon not yet seen or a decree not yet given."""

    name: str
    estimated: bool

    def text(self, language: str) -> str:
        """The name with a word on how sure the date is."""
        if not self.estimated:
            return self.name
        return Phrase("%(holiday)s (estimated date)", holiday=self.name).text(language)


def holiday_on(on: date, country_code: str, language: str) -> Holiday | None:
    """The public holiday of a whole country on a date, named in ``language``. Regional ones are left out."""
    return _of_year(on.year, country_code, language).get(on)


def holidays_between(
    first: date, last: date, country_code: str, language: str = DEFAULT_LANGUAGE
) -> tuple[tuple[date, Holiday], ...]:
    """All of them from ``first`` to ``last``, both included, in order."""
    years = range(first.year, last.year + 1)
    found = [pair for year in years for pair in _of_year(year, country_code, language).items()]
    return tuple(sorted((pair for pair in found if first <= pair[0] <= last), key=lambda pair: pair[0]))


@lru_cache(maxsize=512)
def _of_year(year: int, country_code: str, language: str) -> dict[date, Holiday]:
    calendar = _calendar(year, country_code, language)
    if calendar is None:
        return {}
    return {on: _read(name, calendar, language) for on, name in calendar.items()}


def _calendar(year: int, country_code: str, language: str) -> "HolidayBase | None":
    """None for a country the package does not know."""
    # Loaded when a date is first looked at: it takes a quarter of a second, and a start needs none of it.
    library = import_module("holidays")
    if country_code not in library.list_supported_countries():
        return None
    kind: type[HolidayBase] = type(library.country_holidays(country_code))
    # Some calendars leave the mark of an estimated date out unless they are told to set it.
    marks = [name for name in inspect.signature(kind).parameters if name.endswith("_show_estimated")]
    make: Callable[..., HolidayBase] = kind
    return make(years=year, language=_spoken(kind, language), **dict.fromkeys(marks, True))


def _spoken(kind: "type[HolidayBase]", language: str) -> str | None:
    """The name the package has for the language, else for English; None leaves it to the package."""
    spoken = {name.split("_")[0]: name for name in sorted(kind.supported_languages)}
    return spoken.get(language) or spoken.get("en")


def _read(written: str, calendar: "HolidayBase", language: str) -> Holiday:
    """``Eid al-Fitr (estimated)`` taken apart; several holidays on one date stay in one name."""
    parts = [_part(part, calendar, language) for part in written.split("; ")]
    return Holiday(
        name=" · ".join(dict.fromkeys(name for name, _ in parts)),
        estimated=any(estimated for _, estimated in parts),
    )


def _part(written: str, calendar: "HolidayBase", language: str) -> tuple[str, bool]:
    labels = (
        ("observed_estimated_label", True, True),
        ("estimated_label", False, True),
        ("observed_label", True, False),
    )
    for label, observed, estimated in labels:
        name = _unlabelled(written, calendar, label)
        if name is not None:
            said = catalogue(language).gettext(name)
            substitute = Phrase("%(holiday)s (substitute day)", holiday=said).text(language)
            return (substitute if observed else said), estimated
    return catalogue(language).gettext(written), False


def _unlabelled(written: str, calendar: "HolidayBase", label: str) -> str | None:
    template = calendar.tr(getattr(calendar, label, ""))
    before, shown, after = template.partition("%s")
    # A calendar may have no such label, or in this language one that adds nothing.
    if not shown or not before + after:
        return None
    found = re.fullmatch(f"{re.escape(before)}(.+){re.escape(after)}", written)
    return found[1] if found else None
