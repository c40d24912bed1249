"""What is kept of a person beside their sessions, for themselves: table by table, each named once."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, false, or_, select
from sqlalchemy.orm import Session

from scheduler.storage import tables as t
from scheduler.storage.personal import Subject
from scheduler.storage.tables import table_of

Theirs = Callable[[Table, Subject], ColumnElement[bool]]
_KEPT_BACK = frozenset({"token_sha256", "raw"})
"""Hashes of what opens something; and mails as they came, which their senders have."""


def rows_given(work: Session, subject: Subject) -> Mapping[str, list[dict[str, Any]]]:
    """The rows of each table that are the person's own, by the name of the table; tables without any are left out."""
    found = {}
    for kind, theirs in GIVEN.items():
        table = table_of(kind)
        columns = [one for one in table.columns if one.name not in _KEPT_BACK]
        rows = work.execute(select(*columns).where(theirs(table, subject)).order_by(*table.primary_key))
        found[table.name] = [dict(row._mapping) for row in rows]
    return {name: rows for name, rows in found.items() if rows}


def _of(column: str) -> Theirs:
    return lambda table, subject: table.c[column] == subject.resource_id


def _of_account(table: Table, subject: Subject) -> ColumnElement[bool]:
    return table.c.account_id.in_(subject.account_ids)


def _of_either_side(table: Table, subject: Subject) -> ColumnElement[bool]:
    return or_(table.c.company_id == subject.resource_id, table.c.buyer_id == subject.resource_id)


def _sent(table: Table, subject: Subject) -> ColumnElement[bool]:
    named = (table.c.sender.icontains(one, autoescape=True) for one in subject.emails)
    return or_(false(), table.c.attendee.in_(subject.emails), *named)


def _stated(table: Table, subject: Subject) -> ColumnElement[bool]:
    """What their side stated of a session, whoever wrote it down; not what the other side did."""
    meeting = table_of(t.MeetingTable)
    sides = {"company": meeting.c.company_id, "buyer": meeting.c.buyer_id}
    return or_(
        *(
            (table.c.side == side)
            & table.c.meeting_id.in_(select(meeting.c.id).where(column == subject.resource_id))
            for side, column in sides.items()
        )
    )


def _verified(table: Table, subject: Subject) -> ColumnElement[bool]:
    statement = table_of(t.StatementTable)
    return table.c.statement_id.in_(select(statement.c.id).where(_stated(statement, subject)))


GIVEN: dict[type[t.Base], Theirs] = {
    t.RequestTable: _of_either_side,
    t.WishTable: _of("company_id"),
    t.WaitingTable: _of("company_id"),
    t.ProposalTable: _of("resource_id"),
    t.PreferenceTable: _of("resource_id"),
    t.ReminderChoiceTable: _of("resource_id"),
    t.HourSheetTable: _of("interpreter_id"),
    t.CohostBuyerTable: _of("buyer_id"),
    t.StatementTable: _stated,
    t.VerificationTable: _verified,
    t.BuyerCheckTable: _of("buyer_id"),
    t.LinkTable: _of("resource_id"),
    t.IncomingTable: _sent,
    t.LoginSessionTable: _of_account,
    t.ApiKeyTable: _of_account,
}
ELSEWHERE = frozenset(
    {
        *(t.ResourceTable, t.ParticipationTable, t.MeetingTable, t.AnswerTable, t.OutboxTable),
        *(t.AccountTable, t.ConsentTable),
    }
)
"""Given in words of their own: the person, fairs, sessions with their answers, notices, accounts, consents."""
NOT_GIVEN: dict[type[t.Base], str] = {
    t.DraftTable: "plans of the whole fair, with everybody in them",
    t.MatchTable: "the organiser's own notes on whom to bring together; what came of them are the sessions",
    t.WebhookTable: "of coordinators, who stand for nobody",
    t.IdempotencyTable: "answers to forms, the same as what they led to, kept for days",
    t.UploadTable: "files with everybody in them, kept for days",
}
"""Tables with data of persons of which nothing is given, and why."""
