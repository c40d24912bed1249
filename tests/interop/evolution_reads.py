"""Reads a calendar from standard input with Evolution's data server; writes what it saw as JSON.

Runs in the system's own Python, which alone has the bindings: it imports nothing of ours.
"""

import json
import sys

import gi

gi.require_version("ECal", "2.0")
gi.require_version("ICalGLib", "3.0")
from gi.repository import ECal, ICalGLib  # noqa: E402


def seen(event):
    component = ECal.Component.new_from_icalcomponent(event.clone())
    starts, ends = component.get_dtstart().get_value(), component.get_dtend().get_value()
    organiser, attendees = component.get_organizer(), component.get_attendees() or []
    summary, status = component.get_summary(), component.get_status()
    descriptions = component.get_descriptions() or []
    return {
        "uid": component.get_uid(),
        "sequence": component.get_sequence(),
        "starts": starts.as_timet(),
        "ends": ends.as_timet(),
        "is_floating": not starts.is_utc() and starts.get_timezone() is None,
        "status": word(status),
        "summary": summary.get_value() if summary else "",
        "description": descriptions[0].get_value() if descriptions else "",
        "location": component.get_location() or "",
        "link": component.get_url() or "",
        "organisers": [address(organiser)] if organiser and organiser.get_value() else [],
        "attendees": [address(one) for one in attendees],
        "names": [one.get_cn() or "" for one in attendees],
        "asked": [bool(one.get_rsvp()) for one in attendees],
    }


def word(value):
    """REQUEST for I_CAL_METHOD_REQUEST, and nothing for I_CAL_METHOD_NONE."""
    name = value.value_name.rpartition("_")[2]
    return "" if name == "NONE" else name


def address(one):
    return one.get_value().lower().removeprefix("mailto:")


def properties(component, kind):
    found = component.get_first_property(kind)
    while found:
        yield found
        found = component.get_next_property(kind)


def events(calendar):
    found = calendar.get_first_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
    while found:
        yield found
        found = calendar.get_next_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)


def main():
    calendar = ECal.util_parse_ics_string(sys.stdin.buffer.read().decode())
    named = [
        one.get_value_as_string()
        for one in properties(calendar, ICalGLib.PropertyKind.X_PROPERTY)
        if one.get_x_name() == "X-WR-CALNAME"
    ]
    json.dump(
        {
            "method": word(calendar.get_method()),
            "title": named[0] if named else "",
            "events": [seen(one) for one in events(calendar)],
        },
        sys.stdout,
    )


main()
