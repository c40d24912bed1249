"""The people and rooms of a sample, made from what is known about the programme."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil

from scheduler.booking.match import Match
from scheduler.booking.people import Attendance, Buyer, Company, Contact, Interpreter, LanguagePair, Room
from scheduler.scenarios.facts import BuyerGroup, Facts, InterpreterGroup, InterpreterNeed
from scheduler.scenarios.names import BuyerName, buyer_names, company_names, interpreter_names
from scheduler.scenarios.pairs import evenly_marked
from scheduler.sheets.draft import buyer_key, company_key, interpreter_key, room_key
from scheduler.timezones.hours import Hours
from scheduler.timezones.span import WallSpan
from scheduler.wording import LANGUAGES

_SEOUL = "Asia/Seoul"
_CLASSES = (
    WallSpan.parse("10:00-11:30"),
    WallSpan.parse("13:30-15:00"),
    WallSpan.parse("15:00-16:30"),
)


def companies_of(facts: Facts) -> tuple[Company, ...]:
    english = evenly_marked(facts.companies, facts.speak_english)
    own_office = evenly_marked(facts.companies, facts.from_own_office)
    hours = Hours.working_days(_SEOUL, spans(facts.company_hours))
    return tuple(
        Company(
            id=company_key(given.name),
            name=given.name,
            name_en=given.name_en,
            hours=hours,
            languages=("ko", "en") if place in english else ("ko",),
            attendance=Attendance.OWN_OFFICE if place in own_office else Attendance.ROOM,
            products=given.products,
            contact=Contact(person="수출 담당", email=f"export@{given.domain}.example", language="ko"),
        )
        for place, given in enumerate(
            company_names(facts.companies, facts.sectors, first=facts.companies_from)
        )
    )


def buyers_of(facts: Facts) -> tuple[Buyer, ...]:
    counts: Counter[str] = Counter()
    for group in facts.buyers:
        counts[group.country] += group.count
    names = {
        country: iter(buyer_names(country, count, first=facts.people_from))
        for country, count in counts.items()
    }
    return tuple(
        _buyer(group, next(names[group.country])) for group in facts.buyers for _ in range(group.count)
    )


def _buyer(group: BuyerGroup, given: BuyerName) -> Buyer:
    language = group.languages[0] if group.languages[0] in LANGUAGES else "en"
    return Buyer(
        id=buyer_key(given.name),
        name=given.name,
        hours=Hours.working_days(group.zone, spans((group.hours,))),
        country=group.country,
        city=group.city,
        languages=group.languages,
        is_verified=True,
        contact=Contact(person="Purchasing", email=f"buying@{given.domain}.example", language=language),
    )


def interpreters_of(facts: Facts, days: Sequence[date], matches: Iterable[Match]) -> tuple[Interpreter, ...]:
    """Those the programme names, or as many of each language pair as its matches need."""
    groups = facts.interpreters
    if isinstance(groups, InterpreterNeed):
        groups = _groups_needed(groups, matches, len(days))
    places = [group for group in groups for _ in range(group.count)]
    return tuple(
        Interpreter(
            id=interpreter_key(name),
            name=name,
            name_en=name_en,
            hours=_interpreter_hours(group, days, number),
            pairs=tuple(LanguagePair.parse(pair) for pair in group.pairs),
            rest_minutes=group.rest_minutes,
            daily_limit=group.daily_limit,
            contact=Contact(email=f"interpreter{number}@{facts.key}.example", language="ko"),
        )
        for number, ((name, name_en), group) in enumerate(
            zip(interpreter_names(len(places), first=facts.people_from), places, strict=True), start=1
        )
    )


def _groups_needed(
    need: InterpreterNeed, matches: Iterable[Match], days: int
) -> tuple[InterpreterGroup, ...]:
    sessions = Counter(str(leg) for match in matches for leg in match.legs)
    return tuple(
        InterpreterGroup(
            count=ceil(number / (need.filled * need.daily_limit * days)),
            pairs=(pair,),
            hours=need.hours,
            rest_minutes=need.rest_minutes,
            daily_limit=need.daily_limit,
        )
        for pair, number in sorted(sessions.items())
    )


def _interpreter_hours(group: InterpreterGroup, days: Sequence[date], number: int) -> Hours:
    """Colleagues have their classes at different times, and everybody another time each day."""
    hours = Hours.working_days(_SEOUL, spans(group.hours))
    for place, day in enumerate(days if group.has_classes else ()):
        hours = hours.without(day, _CLASSES[(number + place) % len(_CLASSES)])
    return hours


def rooms_of(facts: Facts) -> tuple[Room, ...]:
    places = [group for group in facts.rooms for _ in range(group.count)]
    return tuple(
        Room(
            id=room_key(f"{facts.rooms_named} {number}호실"),
            name=f"{facts.rooms_named} {number}호실",
            name_en=f"{facts.rooms_named_en} room {number}",
            hours=Hours.working_days(_SEOUL, spans(group.hours)),
            change_over_minutes=group.change_over_minutes,
        )
        for number, group in enumerate(places, start=1)
    )


def spans(written: Iterable[str]) -> tuple[WallSpan, ...]:
    """From "09:00-12:00"."""
    return tuple(WallSpan.parse(one) for one in written)
