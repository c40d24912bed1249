"""In which language and zone somebody reads their page: what they chose, else what is known of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from scheduler.booking.errors import BadInput, Fault
from scheduler.booking.fair import day_of
from scheduler.booking.people import Resource, zone_of
from scheduler.services.actor import Actor
from scheduler.services.board import Entry
from scheduler.services.session_facts import contact_of
from scheduler.storage import audit, people
from scheduler.storage.db import Database
from scheduler.storage.preferences import Preference, find_preference, save_preference
from scheduler.timezones.wall import is_zone
from scheduler.wording import LANGUAGES, Phrase


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`home_zone` is where the person lives; `zone` is where they are now, and differs on a journey."""

    language: str
    zone: str
    home_zone: str

    @property
    def is_travelling(self) -> bool:
        return self.zone != self.home_zone


def reading_of(db: Database, resource: Resource) -> Reading:
    with db.read() as work:
        chosen = find_preference(work, resource.id)
    home = zone_of(resource)
    if chosen is None:
        return Reading(language=contact_of(resource).language, zone=home, home_zone=home)
    return Reading(
        language=chosen.language or contact_of(resource).language,
        zone=chosen.zone if is_zone(chosen.zone) else home,
        home_zone=home,
    )


def choose_reading(
    db: Database, resource_id: str, *, language: str, zone: str, now: datetime, actor: Actor
) -> Reading:
    """Keeps a choice; an empty word means what is known of the person anyway. BadInput names the field."""
    faults = []
    if language and language not in LANGUAGES:
        faults.append(Fault(place="language", wrong=Phrase("Choose one of the languages in the list.")))
    if zone and not is_zone(zone):
        faults.append(Fault(place="zone", wrong=Phrase("Choose one of the time zones in the list.")))
    if faults:
        raise BadInput(faults)
    with db.write() as work:
        resource = people.get_resource(work, resource_id)
        home = zone_of(resource)
        kept = Preference(
            resource_id=resource_id, language=language, zone="" if zone == home else zone, changed_at=now
        )
        save_preference(work, kept)
        facts: dict[str, object] = {"language": kept.language, "zone": kept.zone}
        audit.record(work, now, actor.label, "choose_reading", "resource", resource_id, {}, facts)
    spoken = language or contact_of(resource).language
    return Reading(language=spoken, zone=zone or home, home_zone=home)


def by_day(entries: Iterable[Entry], zone: str) -> tuple[tuple[date, tuple[Entry, ...]], ...]:
    """Sessions by the days of a zone, which are not those of another."""
    days: dict[date, list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: one.slot):
        days.setdefault(day_of(entry.slot, zone), []).append(entry)
    return tuple((on, tuple(found)) for on, found in sorted(days.items()))
