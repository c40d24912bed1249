"""Wall time and instants, zones and their names, working hours, holidays. The only part that knows pytz.

Holidays are not among the names here: ``scheduler.timezones.holidays`` takes a quarter of a second to load, which
the command line should pay only where it shows them.
"""

from scheduler.timezones.abbreviation import zone_abbreviation
from scheduler.timezones.clock import utc_now
from scheduler.timezones.errors import (
    NaiveTime,
    RepeatedTime,
    SkippedTime,
    TimeError,
    TimeOutOfRange,
    UnknownZone,
    UnreadableTime,
)
from scheduler.timezones.find_place import find_places
from scheduler.timezones.hours import Hours
from scheduler.timezones.hours_json import UnreadableHours
from scheduler.timezones.labels import (
    BothSidesText,
    DayText,
    MomentText,
    both_sides,
    clock_span,
    day_label,
    day_shift,
    full_day_label,
    local_time,
    moment_line,
    zone_city,
    zone_label,
)
from scheduler.timezones.span import UnreadableSpan, WallSpan
from scheduler.timezones.wall import (
    as_utc,
    in_zone,
    instants_of,
    is_zone,
    offset_minutes,
    parse_wall,
    to_utc,
    to_wall,
    zone_rules_version,
)
from scheduler.timezones.zones import (
    Country,
    Place,
    all_places,
    countries,
    country,
    find_country,
    only_zone,
    place,
    places_of,
    zones_of,
)

__all__ = [
    "BothSidesText",
    "Country",
    "DayText",
    "Hours",
    "MomentText",
    "NaiveTime",
    "Place",
    "RepeatedTime",
    "SkippedTime",
    "TimeError",
    "TimeOutOfRange",
    "UnknownZone",
    "UnreadableHours",
    "UnreadableSpan",
    "UnreadableTime",
    "WallSpan",
    "all_places",
    "as_utc",
    "both_sides",
    "clock_span",
    "countries",
    "country",
    "day_label",
    "day_shift",
    "find_country",
    "find_places",
    "full_day_label",
    "in_zone",
    "instants_of",
    "is_zone",
    "local_time",
    "moment_line",
    "offset_minutes",
    "only_zone",
    "parse_wall",
    "place",
    "places_of",
    "to_utc",
    "to_wall",
    "utc_now",
    "zone_abbreviation",
    "zone_city",
    "zone_label",
    "zone_rules_version",
    "zones_of",
]
