"""People agree on their own page to how a fair keeps their data, and take it back; each in the words they saw."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from scheduler.booking.errors import Refusal
from scheduler.booking.fair import Fair
from scheduler.services.actor import Actor
from scheduler.services.personal_data import give_consent, privacy_in
from scheduler.storage import consents, fairs, people
from scheduler.storage.consents import Consent
from scheduler.storage.db import Database
from scheduler.wording import Phrase


class TextChanged(Refusal):
    """Nobody agrees to words they have not seen."""

    phrase = Phrase("The text has changed since you opened this page. Read it again, then decide.")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a fair asks one person to agree to. `given` is their consent to exactly this text.

    `earlier` is one that holds for another text, which the fair has changed since.
    """

    fair: Fair
    text: str
    given: Consent | None = None
    earlier: Consent | None = None

    @property
    def version(self) -> str:
        """Names the text in the form, so that what is agreed to is what was read."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def consents_asked(db: Database, resource_id: str, *, fair_id: str | None = None) -> tuple[Asked, ...]:
    """Of every fair the person takes part in, or of one of them, that asks for anything; the newest fair first."""
    with db.read() as work:
        theirs = people.fair_ids_of(work, resource_id)
        named = [one for one in theirs if fair_id in (None, one)]
        asking = {key: text for key in named if (text := privacy_in(work, key).consent_text)}
        # Most fairs ask for nothing, and every schedule asks them.
        of_fairs = fairs.fairs_by_id(work, asking) if asking else {}
        held = consents.consents_of(work, resource_id) if asking else ()
    standing = {one.fair_id: one for one in held if one.withdrawn_at is None}
    asked = (_asked(fair, asking[key], standing.get(key)) for key, fair in of_fairs.items())
    return tuple(sorted(asked, key=lambda one: one.fair.days, reverse=True))


def agree(
    db: Database, resource_id: str, fair_id: str, *, version: str, now: datetime, actor: Actor
) -> Consent | None:
    """The person agrees to the text of that version; said twice it is once. Raises TextChanged."""
    asked = consents_asked(db, resource_id, fair_id=fair_id)
    if not asked or asked[0].version != version:
        raise TextChanged
    return give_consent(db, resource_id, fair_id, now=now, actor=actor)


def _asked(fair: Fair, text: str, standing: Consent | None) -> Asked:
    if standing is None:
        return Asked(fair=fair, text=text)
    if standing.text == text:
        return Asked(fair=fair, text=text, given=standing)
    return Asked(fair=fair, text=text, earlier=standing)
