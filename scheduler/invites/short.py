"""A reminder in a few words, for a text message: when, with the zone, with whom, and the link."""

from scheduler.invites.facts import InviteFacts, Notice, Role
from scheduler.timezones.labels import moment_line
from scheduler.wording import Phrase


def short_wordings(facts: InviteFacts, notice: Notice) -> tuple[str, ...]:
    """From the fullest to the shortest, each with the time by the reader's own clocks and the zone's name.

    Soon before the session the link is in all of them; the day before it is only in the fullest.
    """
    language = facts.reader.language
    when = moment_line(facts.slot.start_at, None, facts.reader.zone, language)
    sides = _sides(facts)
    is_soon = notice is Notice.REMINDER_HOUR
    link = f" {facts.link}" if facts.link else ""
    session = Phrase("Video session %(when)s %(sides)s", when=when, sides=sides).text(language)
    bare = Phrase("Video session %(when)s", when=when).text(language)
    sent_by = facts.organiser_name or facts.fair_name
    full = f"[{sent_by}] {session}" if sent_by else session
    ending = link if is_soon else ""
    return tuple(dict.fromkeys((f"{full}{link}", f"{full}{ending}", f"{session}{ending}", f"{bare}{ending}")))


def _sides(facts: InviteFacts) -> str:
    """The other side; both for somebody who is neither."""
    if facts.reader.role is Role.COMPANY:
        return facts.buyer_name or facts.title
    if facts.reader.role is Role.BUYER:
        return facts.company_name or facts.title
    return " × ".join(one for one in (facts.company_name, facts.buyer_name) if one) or facts.title
