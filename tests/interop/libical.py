"""libical, the reader of Evolution, KDE and many servers, called through its C interface."""

import ctypes
import ctypes.util
from collections.abc import Iterator

from tests.interop.seen import Seen, SeenEvent


class _Time(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


_NUMBER, _TEXT, _POINTER = ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p
_FUNCTIONS = {
    "icalparser_parse_string": (_POINTER, _TEXT),
    "icalcomponent_free": (None, _POINTER),
    "icalcomponent_string_to_kind": (_NUMBER, _TEXT),
    "icalcomponent_get_first_component": (_POINTER, _POINTER, _NUMBER),
    "icalcomponent_get_next_component": (_POINTER, _POINTER, _NUMBER),
    "icalcomponent_get_first_property": (_POINTER, _POINTER, _NUMBER),
    "icalcomponent_get_next_property": (_POINTER, _POINTER, _NUMBER),
    "icalcomponent_get_method": (_NUMBER, _POINTER),
    "icalcomponent_get_uid": (_TEXT, _POINTER),
    "icalcomponent_get_sequence": (_NUMBER, _POINTER),
    "icalcomponent_get_dtstart": (_Time, _POINTER),
    "icalcomponent_get_dtend": (_Time, _POINTER),
    "icalcomponent_count_errors": (_NUMBER, _POINTER),
    "icalproperty_method_to_string": (_TEXT, _NUMBER),
    "icalproperty_string_to_kind": (_NUMBER, _TEXT),
    "icalproperty_get_property_name": (_TEXT, _POINTER),
    "icalproperty_get_value": (_POINTER, _POINTER),
    "icalproperty_get_value_as_string": (_TEXT, _POINTER),
    "icalproperty_get_parameter_as_string": (_TEXT, _POINTER, _TEXT),
    "icalvalue_get_text": (_TEXT, _POINTER),
    "icalrestriction_check": (_NUMBER, _POINTER),
    "icaltime_as_timet_with_zone": (ctypes.c_long, _Time, _POINTER),
}


def find_library() -> ctypes.CDLL | None:
    """The library of the system, version 3; None when there is none."""
    for name in ("libical.so.3", ctypes.util.find_library("ical")):
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if library is not None:
            return _declared(library)
    return None


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    for name, (answer, *arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = answer, arguments
    return library


class Libical:
    name = "libical"

    def __init__(self, library: ctypes.CDLL) -> None:
        self._call = library

    def read(self, calendar: bytes) -> Seen:
        root = self._call.icalparser_parse_string(calendar)
        assert root, "libical cannot read this at all"
        try:
            method = self._call.icalcomponent_get_method(root)
            return Seen(
                method=_text(self._call.icalproperty_method_to_string(method)) if method else "",
                title=self._titles(root),
                events=tuple(self._event(event) for event in self._components(root, b"VEVENT")),
                complaints=tuple(self._complaints(root)),
            )
        finally:
            self._call.icalcomponent_free(root)

    def _event(self, event: int) -> SeenEvent:
        call = self._call
        start, end = call.icalcomponent_get_dtstart(event), call.icalcomponent_get_dtend(event)
        attendees = tuple(self._properties(event, b"ATTENDEE"))
        return SeenEvent(
            uid=_text(call.icalcomponent_get_uid(event)),
            sequence=call.icalcomponent_get_sequence(event),
            starts=call.icaltime_as_timet_with_zone(start, start.zone),
            ends=call.icaltime_as_timet_with_zone(end, end.zone),
            is_floating=not start.zone,
            status=self._value(event, b"STATUS"),
            summary=self._words(event, b"SUMMARY"),
            description=self._words(event, b"DESCRIPTION"),
            location=self._words(event, b"LOCATION"),
            link=self._value(event, b"URL"),
            organisers=tuple(self._address(one) for one in self._properties(event, b"ORGANIZER")),
            attendees=tuple(self._address(one) for one in attendees),
            names=tuple(_text(call.icalproperty_get_parameter_as_string(one, b"CN")) for one in attendees),
            asked=tuple(self._is_asked(one) for one in attendees),
        )

    def _complaints(self, root: int) -> Iterator[str]:
        """What libical could not parse, and the rules of RFC 5546 for this METHOD that are broken."""
        self._call.icalrestriction_check(root)
        for component in (root, *self._components(root, b"VEVENT")):
            for one in self._properties(component, b"X-LIC-ERROR"):
                yield _text(self._call.icalproperty_get_value_as_string(one))

    def _titles(self, root: int) -> str:
        named = (
            _text(self._call.icalproperty_get_value_as_string(one))
            for one in self._properties(root, b"X")
            if self._call.icalproperty_get_property_name(one) == b"X-WR-CALNAME"
        )
        return next(named, "")

    def _components(self, parent: int, kind: bytes) -> Iterator[int]:
        number = self._call.icalcomponent_string_to_kind(kind)
        found = self._call.icalcomponent_get_first_component(parent, number)
        while found:
            yield found
            found = self._call.icalcomponent_get_next_component(parent, number)

    def _properties(self, component: int, kind: bytes) -> Iterator[int]:
        number = self._call.icalproperty_string_to_kind(kind)
        found = self._call.icalcomponent_get_first_property(component, number)
        while found:
            yield found
            found = self._call.icalcomponent_get_next_property(component, number)

    def _value(self, component: int, kind: bytes) -> str:
        found = next(self._properties(component, kind), None)
        return "" if found is None else _text(self._call.icalproperty_get_value_as_string(found))

    def _words(self, component: int, kind: bytes) -> str:
        found = next(self._properties(component, kind), None)
        if found is None:
            return ""
        return _text(self._call.icalvalue_get_text(self._call.icalproperty_get_value(found)))

    def _address(self, found: int) -> str:
        return _text(self._call.icalproperty_get_value_as_string(found)).lower().removeprefix("mailto:")

    def _is_asked(self, found: int) -> bool:
        return _text(self._call.icalproperty_get_parameter_as_string(found, b"RSVP")) == "TRUE"


def _text(answer: bytes | None) -> str:
    return "" if answer is None else answer.decode("utf-8")
