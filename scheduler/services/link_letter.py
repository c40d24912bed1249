"""A buyer's own link once more, sent by mail at the word of somebody who looks after them."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.booking.fair import Fair
from scheduler.booking.people import Buyer
from scheduler.invites.text import Row, plain_letter
from scheduler.services.actor import Actor
from scheduler.services.links import buyer_address
from scheduler.services.notices import RowState
from scheduler.services.pick_letters import Addressed
from scheduler.services.session_facts import fair_name
from scheduler.settings import Settings
from scheduler.storage import audit, outbox, people
from scheduler.storage.db import new_id
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.preferences import find_preference
from scheduler.wording import Phrase

PAGE_LINK = "page_link"
"""The kind of these rows; their recipients are buyers."""


def send_link(
    work: Session, settings: Settings, buyer_id: str, fair_id: str, *, now: datetime, actor: Actor
) -> None:
    """Puts the mail into the outbox; one that still waits is enough."""
    # Made here if it never was: what mails say is read without writing.
    buyer_address(work, settings, buyer_id=buyer_id, fair_id=fair_id, now=now)
    if outbox.find_waiting(work, kind=PAGE_LINK, recipient_id=buyer_id, fair_id=fair_id) is not None:
        return
    row = OutboxRow(
        id=new_id("out"),
        meeting_id=None,
        fair_id=fair_id,
        revision=0,
        kind=PAGE_LINK,
        recipient_id=buyer_id,
        state=str(RowState.DUE),
        due_at=now,
        created_at=now,
    )
    outbox.add_once(work, row)
    audit.record(work, now, actor.label, "send_link", "resource", buyer_id, {}, {"fair_id": fair_id})


def link_letter(
    work: Session, settings: Settings, row: OutboxRow, fair: Fair | None, *, now: datetime
) -> Addressed | Phrase:
    """What the mail says, or why it says nothing any more."""
    reader = people.resources_by_id(work, (row.recipient_id,), row.fair_id).get(row.recipient_id)
    if fair is None or not isinstance(reader, Buyer):
        return Phrase("the person is no longer there")
    if not reader.contact.email:
        return Phrase("no e-mail address is known")
    chosen = find_preference(work, reader.id)
    language = (chosen.language if chosen is not None else "") or reader.contact.language
    address = buyer_address(work, settings, buyer_id=reader.id, fair_id=fair.id, now=now)
    letter = plain_letter(
        language,
        Phrase("Your page for %(fair)s", fair=fair_name(fair, language)).text(language),
        (
            Phrase("Dear %(name)s,", name=reader.contact.person or reader.name).text(language),
            Phrase(
                "On your page you see your sessions in your own time, answer them, and test your device."
            ).text(language),
        ),
        (Row(Phrase("Your own page").text(language), address, address),),
        (Phrase("The link is yours alone: whoever has it sees your sessions.").text(language),),
    )
    return Addressed(reader=reader.contact, name=reader.contact.person or reader.name, letter=letter)
