"""Wall time and instants, zones and their names, working hours, holidays. The only part that knows pytz."""

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

__all__ = [
    "BothSidesText",
    "DayText",
    "Hours",
    "MomentText",
    "NaiveTime",
    "RepeatedTime",
    "SkippedTime",
    "TimeError",
    "TimeOutOfRange",
    "UnknownZone",
    "UnreadableHours",
    "UnreadableSpan",
    "UnreadableTime",
    "WallSpan",
    "as_utc",
    "both_sides",
    "clock_span",
    "day_label",
    "day_shift",
    "full_day_label",
    "in_zone",
    "instants_of",
    "is_zone",
    "local_time",
    "moment_line",
    "offset_minutes",
    "parse_wall",
    "to_utc",
    "to_wall",
    "utc_now",
    "zone_abbreviation",
    "zone_city",
    "zone_label",
    "zone_rules_version",
]
