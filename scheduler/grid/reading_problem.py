"""A problem read from JSON, with every fault in it."""

from collections.abc import Iterable, Mapping

from scheduler.booking.assign import Placement
from scheduler.booking.fair import CountryRule, Fair, SlotRule
from scheduler.booking.match import Match, Priority
from scheduler.booking.people import Attendance, Buyer, Company, Interpreter, LanguagePair, Room
from scheduler.booking.rules import Busy
from scheduler.grid.format import FORMAT
from scheduler.grid.problem import Problem, Weights
from scheduler.grid.reading import Faults, Node
from scheduler.wording import Phrase

MOST_COMPANIES, MOST_BUYERS, MOST_INTERPRETERS, MOST_ROOMS = 5_000, 5_000, 1_000, 1_000
MOST_MATCHES, MOST_BUSY, MOST_DAYS, MOST_SLOTS = 20_000, 200_000, 60, 2_000
_DAY_MINUTES = 24 * 60
_PRIORITIES = {one.name.lower(): one for one in Priority}
_ATTENDANCES = {one.value: one for one in Attendance}
_PEOPLE = ("companies", "buyers", "interpreters", "rooms")
_DAYS = ("zone", "days", "opening", "slot_minutes", "break_minutes")
_FAIR = ("id", "key", "name", "name_en", *_DAYS, "company_daily_limit", "buyer_daily_limit", "country_rules")
_SIDE = ("id", "name", "name_en", "hours", "languages", "daily_limit")
_TIME = ("start_at", "end_at")


def problem_from_json(written: object) -> Problem:
    """The problem, or BadInput with all faults: wrong types, unknown ids, duplicates, too much of something."""
    faults = Faults()
    top = Node(written, "$", faults)
    head(top, "problem")
    top.only(("format", "kind", "fair", *_PEOPLE, "matches", "pins", "published", "busy", "weights"))
    problem = Problem(
        fair=_fair(top.node("fair")),
        companies=top.entries("companies", _company, MOST_COMPANIES),
        buyers=top.entries("buyers", _buyer, MOST_BUYERS),
        interpreters=top.entries("interpreters", _interpreter, MOST_INTERPRETERS),
        rooms=top.entries("rooms", _room, MOST_ROOMS),
        matches=top.entries("matches", _match, MOST_MATCHES),
        pins=top.entries("pins", placement_from, MOST_MATCHES),
        published=top.entries("published", placement_from, MOST_MATCHES),
        busy=top.entries("busy", _busy, MOST_BUSY),
        weights=_weights(top),
    )
    if not faults.unread:
        # What is in a list that could not be read would look unknown wherever it is named.
        _check_names(top, problem)
    faults.refuse()
    return problem


def head(top: Node, kind: str) -> None:
    """The two fields that say what the file is."""
    if top.fields.get("format") != FORMAT:
        top.wrong("format", Phrase("%(format)s is wanted", format=FORMAT))
    if top.fields.get("kind") != kind:
        top.wrong("kind", Phrase("%(kind)s is wanted", kind=kind))


def placement_from(node: Node) -> Placement:
    node.only(("match_id", "company_id", "buyer_id", *_TIME, "interpreter_ids", "room_id"))
    return Placement(
        match_id=node.text("match_id"),
        company_id=node.text("company_id"),
        buyer_id=node.text("buyer_id"),
        slot=node.slot(),
        interpreter_ids=node.texts("interpreter_ids"),
        room_id=node.text_or_none("room_id"),
    )


def _fair(node: Node) -> Fair:
    node.only(_FAIR)
    fair = Fair(
        id=node.text("id"),
        key=node.text("key", ""),
        name=node.text("name", ""),
        name_en=node.text("name_en", ""),
        zone=node.zone("zone", "Asia/Seoul"),
        days=node.dates("days", MOST_DAYS),
        opening=node.spans("opening"),
        slot_minutes=node.whole("slot_minutes", 5, _DAY_MINUTES),
        break_minutes=node.whole("break_minutes", 0, _DAY_MINUTES, 0),
        company_daily_limit=node.whole_or_none("company_daily_limit", 0, 1000),
        buyer_daily_limit=node.whole_or_none("buyer_daily_limit", 0, 1000),
        country_rules=node.entries("country_rules", _country_rule, 250),
    )
    _check_fair(node, fair)
    return fair


def _country_rule(node: Node) -> CountryRule:
    node.only(("country", "slot_minutes", "break_minutes", "opening"))
    return CountryRule(
        country=node.text("country"),
        slot_minutes=node.whole_or_none("slot_minutes", 5, _DAY_MINUTES),
        break_minutes=node.whole_or_none("break_minutes", 0, _DAY_MINUTES),
        opening=node.spans("opening") if node.has("opening") else None,
    )


def _check_fair(node: Node, fair: Fair) -> None:
    if len(set(fair.days)) < len(fair.days):
        node.wrong("days", Phrase("a day is given twice"))
    countries = {rule.country for rule in fair.country_rules} | {""}
    slots = max(_roughly_slots(fair, fair.rule_for(country)) for country in countries)
    if slots > MOST_SLOTS:
        phrase = Phrase(
            "the fair has %(count)s slots; at most %(most)s are taken", count=slots, most=MOST_SLOTS
        )
        node.wrong("", phrase)


def _roughly_slots(fair: Fair, rule: SlotRule) -> int:
    minutes = sum(span.end_minute - span.start_minute for span in rule.opening)
    return len(fair.days) * minutes // (rule.slot_minutes + rule.break_minutes)


def _company(node: Node) -> Company:
    node.only((*_SIDE, "attendance", "preferred_room_id"))
    return Company(
        id=node.text("id"),
        name=node.text("name", ""),
        name_en=node.text("name_en", ""),
        hours=node.hours("hours"),
        languages=node.texts("languages", ("ko",)),
        attendance=node.choice("attendance", _ATTENDANCES, Attendance.ROOM.value),
        preferred_room_id=node.text_or_none("preferred_room_id"),
        daily_limit=node.whole_or_none("daily_limit", 0, 1000),
    )


def _buyer(node: Node) -> Buyer:
    node.only((*_SIDE, "country", "city"))
    return Buyer(
        id=node.text("id"),
        name=node.text("name", ""),
        hours=node.hours("hours"),
        country=node.text("country"),
        city=node.text("city", ""),
        languages=node.texts("languages", ("en",)),
        daily_limit=node.whole_or_none("daily_limit", 0, 1000),
    )


def _interpreter(node: Node) -> Interpreter:
    node.only(("id", "name", "name_en", "hours", "pairs", "rest_minutes", "daily_limit"))
    return Interpreter(
        id=node.text("id"),
        name=node.text("name", ""),
        name_en=node.text("name_en", ""),
        hours=node.hours("hours"),
        pairs=_pairs(node, "pairs"),
        rest_minutes=node.whole("rest_minutes", 0, _DAY_MINUTES, 0),
        daily_limit=node.whole_or_none("daily_limit", 0, 1000),
    )


def _room(node: Node) -> Room:
    node.only(("id", "name", "name_en", "hours", "change_over_minutes"))
    return Room(
        id=node.text("id"),
        name=node.text("name", ""),
        name_en=node.text("name_en", ""),
        hours=node.hours("hours"),
        change_over_minutes=node.whole("change_over_minutes", 0, _DAY_MINUTES, 0),
    )


def _match(node: Node) -> Match:
    node.only(("id", "company_id", "buyer_id", "priority", "rank", "legs", "needs_room", "is_walk_in"))
    legs = _pairs(node, "legs")
    if len(legs) > 2:
        node.wrong("legs", Phrase("a session takes two interpreters at most"))
    return Match(
        id=node.text("id"),
        company_id=node.text("company_id"),
        buyer_id=node.text("buyer_id"),
        priority=node.choice("priority", _PRIORITIES, "wanted"),
        rank=node.whole_or_none("rank", 0, 1_000_000),
        legs=legs,
        needs_room=node.flag("needs_room", default=True),
        is_walk_in=node.flag("is_walk_in", default=False),
    )


def _busy(node: Node) -> Busy:
    node.only(("resource_id", *_TIME))
    return Busy(resource_id=node.text("resource_id"), slot=node.slot())


def _weights(top: Node) -> Weights:
    if not top.has("weights"):
        return Weights()
    node, usual = top.node("weights"), Weights()
    names = ("waiting", "early_or_late_hours", "sharing_out", "same_interpreter", "room_changes")
    node.only(names)
    return Weights(**{name: node.whole(name, 0, 1_000_000, getattr(usual, name)) for name in names})


def _pairs(node: Node, name: str) -> tuple[LanguagePair, ...]:
    found = []
    for number, text in enumerate(node.texts(name)):
        try:
            found.append(LanguagePair.parse(text))
        except ValueError:
            node.wrong(f"{name}[{number}]", Phrase("two languages are wanted, such as ko-id"))
    return tuple(found)


def _check_names(top: Node, problem: Problem) -> None:
    """Every id once, and every id that is named known."""
    everybody = {name: getattr(problem, name) for name in _PEOPLE}
    _once(top, {**{f"$.{name}[{n}].id": one.id for name in _PEOPLE for n, one in enumerate(everybody[name])}})
    _once(top, {f"$.matches[{number}].id": one.id for number, one in enumerate(problem.matches)})
    ids = {name: {one.id for one in everybody[name]} for name in _PEOPLE}
    matches = {one.id for one in problem.matches}
    for number, match in enumerate(problem.matches):
        _known(top, f"matches[{number}].company_id", match.company_id, ids["companies"])
        _known(top, f"matches[{number}].buyer_id", match.buyer_id, ids["buyers"])
    for number, company in enumerate(problem.companies):
        if company.preferred_room_id is not None:
            _known(top, f"companies[{number}].preferred_room_id", company.preferred_room_id, ids["rooms"])
    resources = set().union(*ids.values())
    for number, busy in enumerate(problem.busy):
        _known(top, f"busy[{number}].resource_id", busy.resource_id, resources)
    for name, placements in (("pins", problem.pins), ("published", problem.published)):
        for number, one in enumerate(placements):
            _check_placement(top, f"{name}[{number}]", one, ids, matches)
    _once(top, {f"$.pins[{number}].match_id": one.match_id for number, one in enumerate(problem.pins)})


def _check_placement(
    top: Node, place: str, one: Placement, ids: Mapping[str, set[str]], matches: set[str]
) -> None:
    _known(top, f"{place}.match_id", one.match_id, matches)
    _known(top, f"{place}.company_id", one.company_id, ids["companies"])
    _known(top, f"{place}.buyer_id", one.buyer_id, ids["buyers"])
    for number, interpreter_id in enumerate(one.interpreter_ids):
        _known(top, f"{place}.interpreter_ids[{number}]", interpreter_id, ids["interpreters"])
    if one.room_id is not None:
        _known(top, f"{place}.room_id", one.room_id, ids["rooms"])


def _known(top: Node, place: str, key: str, known: Iterable[str]) -> None:
    # An empty id has been noted already as unreadable.
    if key and key not in known:
        top.wrong(place, Phrase("there is no entry with the id %(key)s", key=key))


def _once(top: Node, ids: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for place, key in ids.items():
        if key and key in seen:
            top.faults.note(
                place, Phrase("the id %(key)s is used already at %(place)s", key=key, place=seen[key])
            )
        seen.setdefault(key, place)
