"""What can be wrong with a time, each with the facts to say so."""

from datetime import datetime

from scheduler.wording import Phrase


class TimeError(Exception):
    """A time or a zone that has no single meaning; ``phrase`` says why in any language."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(phrase)
        self.phrase = phrase


class UnknownZone(TimeError):
    def __init__(self, zone: str) -> None:
        super().__init__(Phrase("There is no time zone called “%(zone)s”.", zone=zone))
        self.zone = zone


class NaiveTime(TimeError):
    """An instant without a zone reached a place where only instants may go: a mistake of the program."""

    def __init__(self, time: datetime) -> None:
        super().__init__(Phrase("The time %(time)s does not say which zone it is in.", time=_shown(time)))
        self.time = time


class UnreadableTime(TimeError):
    def __init__(self, written: str) -> None:
        super().__init__(
            Phrase("“%(written)s” is not a time. Write it like this: 2026-09-15 08:00", written=written)
        )
        self.written = written


class TimeOutOfRange(TimeError):
    """Outside the years for which the zone rules are known."""

    def __init__(self, time: datetime, first_year: int, last_year: int) -> None:
        super().__init__(
            Phrase(
                "%(time)s is outside the years %(first)s to %(last)s.",
                time=_shown(time),
                first=str(first_year),
                last=str(last_year),
            )
        )
        self.time = time


class SkippedTime(TimeError):
    """The clocks jump over this wall time: it names no instant.

    ``gap_start_wall`` is the first wall time that is missing, ``gap_end_wall`` the first that exists
    again; both are read at ``next_instant`` (UTC), the moment of the jump.
    """

    def __init__(
        self,
        wall: datetime,
        zone: str,
        gap_start_wall: datetime,
        gap_end_wall: datetime,
        next_instant: datetime,
    ) -> None:
        super().__init__(
            Phrase(
                "%(wall)s does not exist in %(zone)s: the clocks go from %(start)s straight to %(end)s.",
                wall=_shown(wall),
                zone=zone,
                start=_clock(gap_start_wall, wall),
                end=_clock(gap_end_wall, wall),
            )
        )
        self.wall, self.zone = wall, zone
        self.gap_start_wall, self.gap_end_wall = gap_start_wall, gap_end_wall
        self.next_instant = next_instant


class RepeatedTime(TimeError):
    """The clocks are put back over this wall time: it names two instants, ``first`` and ``second`` (UTC)."""

    def __init__(self, wall: datetime, zone: str, first: datetime, second: datetime) -> None:
        super().__init__(
            Phrase(
                "%(wall)s exists twice in %(zone)s: at %(first)s and at %(second)s UTC.",
                wall=_shown(wall),
                zone=zone,
                first=_shown(first),
                second=_shown(second),
            )
        )
        self.wall, self.zone = wall, zone
        self.first, self.second = first, second


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"


def _clock(wall: datetime, beside: datetime) -> str:
    return f"{wall:%H:%M}" if wall.date() == beside.date() else _shown(wall)
