"""`sangdam time`: one local time, everywhere it is asked for."""

from datetime import datetime

from scheduler.cli.call import Call
from scheduler.cli.parser import Parser
from scheduler.timezones.errors import RepeatedTime, SkippedTime, UnknownZone
from scheduler.timezones.labels import both_sides, moment_line
from scheduler.timezones.wall import instants_of, is_zone, parse_wall, to_utc, to_wall
from scheduler.wording import Phrase

_OUTCOMES = ("nonexistent", "utc", "ambiguous")
"""By how many instants a local time names."""


def time_options(parser: Parser) -> None:
    parser.takes("TIME", Phrase("a local time, such as “2026-09-15 08:00”"))
    parser.takes("ZONE", Phrase("the zone it is read in, such as Asia/Seoul"))
    parser.option(
        "--in",
        dest="zones",
        metavar="ZONE",
        action="append",
        default=[],
        help=Phrase("another zone to show it in; may be given several times"),
    )
    parser.json()


def time(call: Call) -> int:
    """0 when the time names one instant, 1 when it names none or two."""
    wall, zone = parse_wall(call.options.TIME), call.options.ZONE
    for name in call.options.zones:
        if not is_zone(name):
            raise UnknownZone(name)
    instants = instants_of(wall, zone)
    if call.options.json:
        call.screen.emit(_facts(wall, zone, instants, call.options.zones))
    else:
        _show(call, wall, zone, instants)
    return 0 if len(instants) == 1 else 1


def _facts(wall: datetime, zone: str, instants: tuple[datetime, ...], zones: list[str]) -> dict[str, object]:
    return {
        "outcome": _OUTCOMES[len(instants)],
        "utc": [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in instants],
        "wall": f"{wall:%Y-%m-%dT%H:%M}",
        "zone": zone,
        "in": {name: [f"{to_wall(at, name):%Y-%m-%dT%H:%M}" for at in instants] for name in zones},
    }


def _show(call: Call, wall: datetime, zone: str, instants: tuple[datetime, ...]) -> None:
    try:
        to_utc(wall, zone)
    except (SkippedTime, RepeatedTime) as unclear:
        call.screen.show(unclear.phrase)
    language = call.screen.language
    for at in instants:
        call.screen.show(f"{at:%Y-%m-%d %H:%M} UTC")
        for name in call.options.zones or [zone]:
            line = both_sides(at, None, zone, name, language)
            call.screen.show(line if name != zone else moment_line(at, None, zone, language))
