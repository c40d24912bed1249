"""Addresses that open a web calendar with a session filled in. What is put in that way is not kept up to date."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from scheduler.invites.feed import FeedEntry
from scheduler.invites.lines import utc

_LONGEST = 500
"""Characters of the description: servers refuse addresses that are much longer than 8,000 octets."""


@dataclass(frozen=True, kw_only=True)
class AddLinks:
    google: str
    outlook: str


def add_links(entry: FeedEntry) -> AddLinks:
    """For one session as its reader sees it; both open with the instant in UTC, so no zone can be mistaken."""
    google = {
        "action": "TEMPLATE",
        "text": entry.summary,
        "dates": f"{utc(entry.slot.start_at)}/{utc(entry.slot.end_at)}",
        "details": _cut(entry.description),
        "location": entry.location,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": entry.summary,
        "startdt": f"{entry.slot.start_at:%Y-%m-%dT%H:%M:%S}Z",
        "enddt": f"{entry.slot.end_at:%Y-%m-%dT%H:%M:%S}Z",
        "body": _cut(entry.description),
        "location": entry.location,
    }
    return AddLinks(
        google=f"https://calendar.google.com/calendar/render?{_query(google)}",
        outlook=f"https://outlook.office.com/calendar/0/deeplink/compose?{_query(outlook)}",
    )


def webcal_link(feed_address: str) -> str:
    """The address of a feed as calendar apps take it for a subscription, and not for a file."""
    return f"webcal://{feed_address.partition('://')[2]}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def _query(fields: dict[str, str]) -> str:
    # Outlook shows a plus sign where it means a space.
    return urlencode(fields, quote_via=quote, errors="replace")
