"""By which channel somebody is reminded: their own choice, and their consent to the number it goes to."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.booking.errors import BadInput, Fault, NotFound
from scheduler.services.actor import Actor
from scheduler.services.letters import MAIL, TEXT
from scheduler.services.notices import REMINDER
from scheduler.services.session_facts import contact_of
from scheduler.settings import Settings
from scheduler.storage import audit, outbox, people
from scheduler.storage.choices import ReminderChoice, choices_of, save_choice
from scheduler.storage.db import Database
from scheduler.texting.words import phone_number
from scheduler.wording import Phrase


@dataclass(frozen=True, kw_only=True)
class ChoicePage:
    """`phone` is the number that the organiser has, None where it has none that can be called.

    `channel` is how reminders go as things are: by mail also when the number has changed since the consent.
    """

    email: str
    phone: str | None
    channel: str
    is_offered: bool


def choice_page(db: Database, settings: Settings, resource_id: str) -> ChoicePage:
    """Raises NotFound."""
    with db.read() as work:
        person = people.resources_by_id(work, (resource_id,)).get(resource_id)
        if person is None:
            raise NotFound(kind="resource", key=resource_id)
        choice = choices_of(work, (resource_id,)).get(resource_id)
    phone = phone_number(contact_of(person).phone)
    return ChoicePage(
        email=contact_of(person).email,
        phone=phone,
        channel=TEXT if choice is not None and choice.takes_texts_at(phone) else MAIL,
        is_offered=bool(settings.text_gateway),
    )


def choose_channel(
    db: Database,
    settings: Settings,
    resource_id: str,
    channel: str,
    *,
    consents: bool,
    now: datetime,
    actor: Actor,
) -> None:
    """What waits goes that way, too. Raises BadInput with every fault, NotFound."""
    page = choice_page(db, settings, resource_id)
    faults = _faults(page, channel, consents=consents)
    if faults:
        raise BadInput(faults)
    is_text = channel == TEXT
    choice = ReminderChoice(
        resource_id=resource_id,
        channel=channel,
        phone=(page.phone or "") if is_text else "",
        consented_at=now if is_text else None,
        changed_at=now,
        changed_by=actor.label,
    )
    with db.write() as work:
        save_choice(work, choice)
        outbox.choose_channel(work, resource_id, REMINDER, channel)
        before, after = {"channel": page.channel}, {"channel": channel, "consented": is_text}
        audit.record(work, now, actor.label, "choose_channel", "resource", resource_id, before, after)


def _faults(page: ChoicePage, channel: str, *, consents: bool) -> list[Fault]:
    if channel == MAIL:
        return []
    if channel != TEXT or not page.is_offered:
        return [Fault(place="channel", wrong=Phrase("Choose one of the ways."))]
    faults = []
    if page.phone is None:
        wrong = Phrase("The organiser has no number of yours that can get a text message.")
        faults.append(Fault(place="channel", wrong=wrong))
    if not consents:
        wrong = Phrase("Text messages go to your number only when you agree to it.")
        faults.append(Fault(place="consent", wrong=wrong))
    return faults
