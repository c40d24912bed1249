"""The results of a fair: session by session, claimed and verified apart, with the totals by stage; also as a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scheduler.booking.fair import Fair
from scheduler.booking.meeting import BOOKED, Meeting
from scheduler.booking.results import Result, Stage, Statement, Total, took_place, totals
from scheduler.services.board import Entry, entry_of
from scheduler.sheets.on_demand import write_csv, write_table
from scheduler.sheets.tables_out import Row, Value
from scheduler.storage import fairs, meetings, people, results
from scheduler.storage.db import Database
from scheduler.storage.results import BuyerCheck
from scheduler.timezones.labels import moment_line
from scheduler.wording import Phrase

STAGES: dict[Stage, Phrase] = {
    Stage.NOT_HELD: Phrase("did not take place"),
    Stage.CONSULTED: Phrase("consulted"),
    Stage.IN_PROGRESS: Phrase("contract in progress"),
    Stage.CONTRACTED: Phrase("contracted"),
}
SHOWN = ("all", "missing", "unverified", "differing")
"""What the page can be narrowed to."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One session that has begun, and what came of it."""

    meeting: Meeting
    entry: Entry
    result: Result
    is_missing: bool
    check: BuyerCheck | None = None

    @property
    def is_unverified(self) -> bool:
        said = self.result.claimed
        return said is not None and bool(said.claim.amount) and self.result.verified is None

    def is_of(self, shown: str) -> bool:
        told = {
            "missing": self.is_missing,
            "unverified": self.is_unverified,
            "differing": self.result.differs,
        }
        return told.get(shown, True)


@dataclass(frozen=True, kw_only=True)
class ResultsPage:
    """`lines` are those that are shown, `counts` how many there would be of each choice."""

    fair: Fair
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    counts: Mapping[str, int]
    not_held: int


def results_page(db: Database, key: str, *, shown: str = "all", now: datetime) -> ResultsPage:
    """Raises NotFound. Always the same number of queries."""
    with db.read() as work:
        fair = fairs.get_fair(work, key)
        begun = [
            one
            for one in meetings.meetings_of_fair(work, fair.id, states=BOOKED)
            if one.slot.start_at <= now and one.company_id is not None and one.buyer_id is not None
        ]
        found = results.results_of_fair(work, fair.id)
        everyone = people.people_of(work, fair.id)
        named = {one.id: one for one in everyone.everyone}
        left = {each for one in begun for each in one.resource_ids} - set(named)
        named |= people.resources_by_id(work, left) if left else {}
        checks = results.buyer_checks(work, [one.id for one in everyone.buyers])
    lines = [
        _line(one, entry_of(one, named), found.get(one.id, Result()), checks.get(one.buyer_id or "", ()), now)
        for one in begun
    ]
    return ResultsPage(
        fair=fair,
        lines=tuple(one for one in lines if one.is_of(shown)),
        totals=totals(one.result for one in lines),
        counts={each: sum(one.is_of(each) for one in lines) for each in SHOWN},
        not_held=sum(_is_not_held(one.result.claimed) for one in lines),
    )


def as_workbook(page: ResultsPage, language: str) -> bytes:
    """As .xlsx, texts typed as texts."""
    return write_table(_rows(page, language), title=Phrase("Results").text(language))


def as_csv(page: ResultsPage, language: str) -> bytes:
    return write_csv(_rows(page, language))


def _line(
    meeting: Meeting, entry: Entry, result: Result, checks: Sequence[BuyerCheck], now: datetime
) -> Line:
    return Line(
        meeting=meeting,
        entry=entry,
        result=result,
        is_missing=result.claimed is None and took_place(meeting, now),
        check=checks[-1] if checks else None,
    )


def _is_not_held(said: Statement | None) -> bool:
    return said is not None and said.claim.stage is Stage.NOT_HELD


_HEADS = (
    Phrase("Session"),
    Phrase("Company"),
    Phrase("Buyer"),
    Phrase("Country"),
    Phrase("Stage (company)"),
    Phrase("Claimed (USD)"),
    Phrase("Stated on"),
    Phrase("Noted by a coordinator"),
    Phrase("Note"),
    Phrase("Verified (USD)"),
    Phrase("Verified on"),
    Phrase("Verified by"),
    Phrase("Evidence"),
    Phrase("Stage (buyer)"),
    Phrase("Note of the buyer"),
    Phrase("Verified buyer"),
)


def _rows(page: ResultsPage, language: str) -> list[Row]:
    rows: list[Row] = [tuple(one.text(language) for one in _HEADS)]
    rows += [tuple(_cells(one, page.fair.zone, language)) for one in page.lines]
    return rows


def _cells(line: Line, zone: str, language: str) -> Iterable[Value]:
    said, seen, buyer = line.result.claimed, line.result.verified, line.result.by_buyer
    slot, entry = line.entry.slot, line.entry
    yield moment_line(slot.start_at, slot.end_at, zone, language)
    yield entry.company.name if entry.company is not None else ""
    yield entry.buyer.name if entry.buyer is not None else ""
    yield entry.buyer.country if entry.buyer is not None else ""
    yield STAGES[said.claim.stage].text(language) if said is not None else ""
    yield said.claim.amount if said is not None else None
    yield moment_line(said.said_at, None, zone, language) if said is not None else ""
    yield said.by_name if said is not None and said.is_noted_for_them else ""
    yield said.claim.note if said is not None else ""
    yield seen.amount if seen is not None else None
    yield moment_line(seen.checked_at, None, zone, language) if seen is not None else ""
    yield seen.by_name if seen is not None else ""
    yield seen.note if seen is not None else ""
    yield STAGES[buyer.claim.stage].text(language) if buyer is not None else ""
    yield buyer.claim.note if buyer is not None else ""
    is_verified = line.check is not None and line.check.is_verified
    yield moment_line(line.check.checked_at, None, zone, language) if line.check and is_verified else ""
