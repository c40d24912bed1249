"""What pages show of fairs and of the people in them; always the same number of queries, however many there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from scheduler.booking.errors import NotFound
from scheduler.booking.fair import Fair, FairState
from scheduler.booking.match import Match, Priority
from scheduler.booking.people import Buyer, Resource, zone_of
from scheduler.grid.plan import Plan, Status
from scheduler.grid.texts import plan_from_text
from scheduler.storage import drafts, fairs, matches, people
from scheduler.storage.counts import Counts, counts_by_fair, counts_of
from scheduler.storage.db import Database
from scheduler.storage.drafts import Draft
from scheduler.storage.people import FairPeople
from scheduler.timezones.holidays import Holiday, holidays_between

HOME_COUNTRY = "KR"
WITH_PLAN = ("ready", "stopped", "published")


@dataclass(frozen=True, kw_only=True)
class FairCard:
    """One fair in a list."""

    fair: Fair
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class HolidayWarning:
    """A day of the fair that is a public holiday in a country that takes part."""

    on: date
    country: str
    holiday: Holiday


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How good the grid is. `idle` and `is_optimal` are known as long as the grid is the plan that was proved."""

    placed: int
    wanted: int
    idle: int | None = None
    is_optimal: bool = False


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A fair at a glance. `draft` is the newest one, `plan` what it holds, if anything."""

    fair: Fair
    counts: Counts
    draft: Draft | None = None
    plan: Plan | None = None
    warnings: tuple[HolidayWarning, ...] = ()

    @property
    def unsent(self) -> int:
        return self.counts.outbox.get("collected", 0)

    @property
    def failed(self) -> int:
        return self.counts.outbox.get("failed", 0)

    @property
    def is_published(self) -> bool:
        return self.fair.state is not FairState.DRAFT

    @property
    def proof(self) -> Proof | None:
        return proof_of(self.plan) if self.plan is not None else None


@dataclass(frozen=True, kw_only=True)
class Participant:
    """Somebody at a fair, and with how many they are matched. `away_holidays` fall on days of the fair."""

    resource: Resource
    matched: int = 0
    away_holidays: tuple[tuple[date, Holiday], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Participants:
    """Everybody at a fair, in the order of the workbook."""

    fair: Fair
    companies: tuple[Participant, ...]
    buyers: tuple[Participant, ...]
    interpreters: tuple[Participant, ...]
    rooms: tuple[Participant, ...]
    matches: tuple[Match, ...] = ()
    names: Mapping[str, Resource] = field(default_factory=dict)


def list_fairs(db: Database) -> tuple[FairCard, ...]:
    """All fairs, the newest first."""
    with db.read() as work:
        counts = counts_by_fair(work)
        return tuple(
            FairCard(fair=fair, counts=counts.get(fair.id, Counts())) for fair in fairs.list_fairs(work)
        )


def get_fair(db: Database, key: str) -> Fair:
    """Raises NotFound."""
    with db.read() as work:
        return fairs.get_fair(work, key)


def overview_of(db: Database, key: str, *, language: str) -> Overview:
    """Raises NotFound. Names of holidays come in the language."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        draft = drafts.latest_draft(work, fair.id)
        everyone = people.people_of(work, fair.id)
        return Overview(
            fair=fair,
            counts=counts_of(work, fair.id),
            draft=draft,
            plan=plan_in(draft),
            warnings=_warnings(fair, everyone, language),
        )


def proof_of(plan: Plan) -> Proof:
    """What a plan says of itself."""
    is_optimal = plan.status is Status.OPTIMAL
    return Proof(placed=plan.placed, wanted=plan.wanted, idle=plan.idle, is_optimal=is_optimal)


def plan_in(draft: Draft | None) -> Plan | None:
    """The plan of a draft that has one to show."""
    if draft is None or draft.plan is None or draft.state not in WITH_PLAN:
        return None
    return plan_from_text(draft.plan)


def build_page(db: Database, key: str) -> Overview:
    """A fair with its counts and its newest draft, without the warnings. Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        draft = drafts.latest_draft(work, fair.id)
        counts = counts_of(work, fair.id)
        return Overview(fair=fair, counts=counts, draft=draft, plan=plan_in(draft))


def get_draft(db: Database, key: str, draft_id: str) -> tuple[Fair, Draft]:
    """A draft of this fair; one of another fair is as if it did not exist."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        draft = drafts.get_draft(work, draft_id)
        if draft.fair_id != fair.id:
            raise NotFound(kind="draft", key=draft_id)
        return fair, draft


def participants_of(db: Database, key: str, *, language: str) -> Participants:
    """Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        everyone = people.people_of(work, fair.id)
        wanted = matches.matches_of(work, fair.id)
    counts = _matched(wanted)
    shown = {
        one.id: Participant(
            resource=one,
            matched=counts.get(one.id, 0),
            away_holidays=_holidays(fair, one.country, language) if isinstance(one, Buyer) else (),
        )
        for one in all_of(everyone)
    }
    return Participants(
        fair=fair,
        companies=tuple(shown[one.id] for one in everyone.companies),
        buyers=tuple(shown[one.id] for one in everyone.buyers),
        interpreters=tuple(shown[one.id] for one in everyone.interpreters),
        rooms=tuple(shown[one.id] for one in everyone.rooms),
        matches=wanted,
        names={one.id: one for one in all_of(everyone)},
    )


def all_of(everyone: FairPeople) -> tuple[Resource, ...]:
    """Companies, buyers, interpreters and rooms in one row."""
    return (*everyone.companies, *everyone.buyers, *everyone.interpreters, *everyone.rooms)


def zones_of(everyone: FairPeople) -> tuple[str, ...]:
    """The zones buyers live in, the one with most of them first."""
    zones = [zone_of(one) for one in everyone.buyers]
    return tuple(sorted(dict.fromkeys(zones), key=lambda zone: (-zones.count(zone), zone)))


def resources_of(work: Session, fair_id: str) -> dict[str, Resource]:
    """Everybody at a fair by id."""
    return {one.id: one for one in all_of(people.people_of(work, fair_id))}


def _matched(wanted: tuple[Match, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for match in wanted:
        if match.priority is not Priority.NEVER:
            for one in (match.company_id, match.buyer_id):
                counts[one] = counts.get(one, 0) + 1
    return counts


def _warnings(fair: Fair, everyone: FairPeople, language: str) -> tuple[HolidayWarning, ...]:
    countries = (HOME_COUNTRY, *sorted({one.country for one in everyone.buyers} - {HOME_COUNTRY}))
    found = [
        HolidayWarning(on=on, country=country, holiday=holiday)
        for country in countries
        for on, holiday in _holidays(fair, country, language)
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.country != HOME_COUNTRY, one.country)))


def _holidays(fair: Fair, country: str, language: str) -> tuple[tuple[date, Holiday], ...]:
    if not fair.days:
        return ()
    days = set(fair.days)
    between = holidays_between(min(days), max(days), country, language)
    return tuple((on, holiday) for on, holiday in between if on in days)
