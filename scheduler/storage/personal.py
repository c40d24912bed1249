"""Where the data of persons stand, table by table, and how each place is emptied when somebody is erased.

Every table is named here, those without personal data too, so that a new one cannot be forgotten. The person's
row, its id and the sessions stay: counts and other people's schedules remain right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from scheduler.booking.match import Priority
from scheduler.storage import tables as t
from scheduler.storage.erased_words import ERASED, clear_words, is_named_in_mail
from scheduler.storage.statements import pieces
from scheduler.storage.tables import table_of

RESOURCE, ACCOUNT, OUTBOX = (
    table_of(t.ResourceTable),
    table_of(t.AccountTable),
    table_of(t.OutboxTable),
)
MEETING, INTERPRETER = table_of(t.MeetingTable), table_of(t.MeetingInterpreterTable)
_WORDS_OF_A_PERSON = ("products", "interests", "note")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who is erased: a resource, the accounts that stand for it, its addresses, and the words that name it."""

    resource_id: str
    account_ids: tuple[str, ...]
    emails: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.resource_id, *self.account_ids)


def subject_of(work: Session, resource_id: str) -> Subject:
    """Everything by which a person is found in the tables."""
    row = work.execute(select(RESOURCE).where(RESOURCE.c.id == resource_id)).one()
    accounts = work.execute(select(ACCOUNT).where(ACCOUNT.c.resource_id == resource_id)).all()
    named = [row.name, row.name_en, row.person, row.email, row.phone]
    named += [word for account in accounts for word in (account.email, account.name)]
    emails = {row.email.lower(), *(account.email for account in accounts)} - {""}
    return Subject(
        resource_id=resource_id,
        account_ids=tuple(account.id for account in accounts),
        emails=tuple(sorted(emails)),
        words=tuple(
            sorted({word for word in named if word and not word.startswith("(erased")}, key=len, reverse=True)
        ),
    )


def erased_name(resource_id: str) -> str:
    """What stands in place of a name; two who were erased stay apart."""
    return f"(erased {resource_id[-4:]})"


def erase(work: Session, subject: Subject, now: datetime) -> None:
    """Empties every place. The caller has made sure that no session lies ahead."""
    for table, rule in PERSONAL.items():
        rule(work, table_of(table), subject, now)
    for kind, columns in _WORDS_OF_OTHERS.items():
        others = table_of(kind)
        clear_words(work, others, [others.c[one] for one in columns], subject.words)


def _resource(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    own = table.c.id == subject.resource_id
    details = work.execute(select(table.c.details).where(own)).scalar_one()
    emptied = dict.fromkeys(("name_en", "person", "email", "phone", "city"), "")
    row = {
        **emptied,
        "name": erased_name(subject.resource_id),
        "key": f"erased:{subject.resource_id}",
        "details": _without_words(details),
    }
    work.execute(update(table).where(own).values(row))


def _participation(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    own = table.c.resource_id == subject.resource_id
    for row in work.execute(select(table).where(own)).all():
        its = own & (table.c.fair_id == row.fair_id)
        work.execute(update(table).where(its).values(details=_without_words(row.details)))


def _account(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    for account_id in subject.account_ids:
        closed = {
            "email": f"{account_id}@erased.invalid",
            "name": ERASED,
            "password_hash": "",
            "is_active": False,
            "generation": table.c.generation + 1,
        }
        work.execute(update(table).where(table.c.id == account_id).values(closed))


def _outbox(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    theirs = table.c.recipient_id.in_(subject.ids)
    waiting = theirs & table.c.state.in_(("collected", "due", "leased", "failed"))
    work.execute(update(table).where(waiting).values(state="suppressed"))
    work.execute(update(table).where(theirs).values(error=""))
    clear_words(work, table, (table.c.facts,), subject.words)


def _incoming(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    theirs = or_(*(table.c.sender.ilike(f"%{_plain(one)}%", escape="\\") for one in subject.emails))
    theirs = or_(theirs, table.c.attendee.in_(subject.emails)) if subject.emails else table.c.id.is_(None)
    emptied = dict.fromkeys(("detail", "sender", "subject", "attendee", "comment"), "")
    settled = {"raw": b"", "state": "settled", "settled_at": now, "settled_by": "erased"}
    work.execute(update(table).where(theirs).values({**emptied, **settled}))
    about = table.c.meeting_id.in_(_their_sessions(subject))
    work.execute(update(table).where(about).values(raw=b""))
    stray = select(table.c.id, table.c.raw).where(table.c.meeting_id.is_(None), table.c.size > 0)
    naming = [row.id for row in work.execute(stray) if is_named_in_mail(row.raw, subject.words)]
    for piece in pieces(naming):
        work.execute(update(table).where(table.c.id.in_(piece)).values(raw=b""))


def _their_sessions(subject: Subject) -> Select[tuple[str]]:
    interpreted = select(INTERPRETER.c.meeting_id).where(INTERPRETER.c.interpreter_id == subject.resource_id)
    sides = or_(MEETING.c.company_id == subject.resource_id, MEETING.c.buyer_id == subject.resource_id)
    return select(MEETING.c.id).where(or_(sides, MEETING.c.id.in_(interpreted)))


def _draft(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    clear_words(work, table, (table.c.problem, table.c.plan, table.c.error), subject.words)


def _match(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    """Their pairs are kept as never: sessions that took place hang on them, and no new one is wanted."""
    own = or_(table.c.company_id == subject.resource_id, table.c.buyer_id == subject.resource_id)
    work.execute(update(table).where(own).values(note="", priority=int(Priority.NEVER)))


def _link(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    own = (table.c.resource_id == subject.resource_id) & table.c.revoked_at.is_(None)
    work.execute(update(table).where(own).values(revoked_at=now))


def _hour_sheet(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    own = table.c.interpreter_id == subject.resource_id
    work.execute(update(table).where(own).values(signed_name=ERASED))
    clear_words(work, table, (table.c.lines,), subject.words)


def _statement(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    """Words about a session of theirs, and their names under what they stated; stages and amounts stay."""
    meeting = table_of(t.MeetingTable)
    own = or_(meeting.c.company_id == subject.resource_id, meeting.c.buyer_id == subject.resource_id)
    theirs = table.c.meeting_id.in_(select(meeting.c.id).where(own))
    work.execute(update(table).where(theirs).values(note=""))
    names = [f"{side}:{one}" for side in ("company", "buyer", "cohost") for one in subject.ids]
    work.execute(update(table).where(table.c.said_by.in_(names)).values(by_name=ERASED))


def _verification(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    meeting, statement = table_of(t.MeetingTable), table_of(t.StatementTable)
    own = or_(meeting.c.company_id == subject.resource_id, meeting.c.buyer_id == subject.resource_id)
    stated = select(statement.c.id).join(meeting, meeting.c.id == statement.c.meeting_id).where(own)
    work.execute(update(table).where(table.c.statement_id.in_(stated)).values(note=""))


def _upload(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    """Workbooks that nobody has imported yet may name anybody, and are only kept for days."""
    work.execute(delete(table))


def _emptied(owner: str, *columns: str) -> "Rule":
    """The free words in these columns, in the rows of the person."""

    def rule(work: Session, table: Table, subject: Subject, now: datetime) -> None:
        own = table.c[owner] == subject.resource_id
        work.execute(update(table).where(own).values(dict.fromkeys(columns, "")))

    return rule


def _removed(owner: str, *, of_account: bool = False) -> "Rule":
    """The person's rows altogether: nothing else hangs on them."""

    def rule(work: Session, table: Table, subject: Subject, now: datetime) -> None:
        wanted = subject.account_ids if of_account else (subject.resource_id,)
        work.execute(delete(table).where(table.c[owner].in_(wanted)))

    return rule


def _of_both_sides(*columns: str) -> "Rule":
    """Free words in rows that are about a company and a buyer."""

    def rule(work: Session, table: Table, subject: Subject, now: datetime) -> None:
        own = or_(table.c.company_id == subject.resource_id, table.c.buyer_id == subject.resource_id)
        work.execute(update(table).where(own).values(dict.fromkeys(columns, "")))

    return rule


def _answered_by(work: Session, table: Table, subject: Subject, now: datetime) -> None:
    """Answers to forms may repeat what was typed into them."""
    actors = [
        f"{kind}:{one}" for kind in ("company", "buyer", "interpreter", "cohost") for one in subject.ids
    ]
    work.execute(delete(table).where(table.c.actor.in_(actors)))


def _without_words(details: Mapping[str, Any]) -> dict[str, Any]:
    return {key: "" if key in _WORDS_OF_A_PERSON else value for key, value in details.items()}


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


Rule = Callable[[Session, Table, Subject, datetime], None]

PERSONAL: dict[type[t.Base], Rule] = {
    t.ParticipationTable: _participation,
    t.OutboxTable: _outbox,
    t.IncomingTable: _incoming,
    t.DraftTable: _draft,
    t.AnswerTable: _emptied("recipient_id", "comment"),
    t.ProposalTable: _emptied("resource_id", "comment"),
    t.RequestTable: _of_both_sides("message"),
    t.MatchTable: _match,
    t.MeetingTable: _of_both_sides("note", "title"),
    t.HourSheetTable: _hour_sheet,
    t.StatementTable: _statement,
    t.VerificationTable: _verification,
    t.BuyerCheckTable: _emptied("buyer_id", "note"),
    t.ReminderChoiceTable: _removed("resource_id"),
    t.PreferenceTable: _removed("resource_id"),
    t.CohostBuyerTable: _removed("buyer_id"),
    t.ApiKeyTable: _removed("account_id", of_account=True),
    t.WebhookTable: _removed("account_id", of_account=True),
    t.LoginSessionTable: _removed("account_id", of_account=True),
    t.IdempotencyTable: _answered_by,
    t.LinkTable: _link,
    t.UploadTable: _upload,
    t.AccountTable: _account,
    t.ResourceTable: _resource,
}
"""In this order: the words that name a person are read before the row that holds them is emptied."""

_WORDS_OF_OTHERS: dict[type[t.Base], tuple[str, ...]] = {
    t.ResourceTable: ("details",),
    t.ParticipationTable: ("details",),
    t.MatchTable: ("note",),
    t.MeetingTable: ("note", "title"),
    t.AnswerTable: ("comment",),
    t.ProposalTable: ("comment",),
    t.RequestTable: ("message",),
    t.StatementTable: ("note",),
    t.VerificationTable: ("note",),
    t.BuyerCheckTable: ("note",),
    t.IncomingTable: ("detail", "sender", "subject", "comment"),
}
"""What others have written, where it may name the person."""

IMPERSONAL: dict[type[t.Base], str] = {
    t.AuditTable: "ids only, never names or addresses",
    t.AuditSealTable: "hashes",
    t.ConsentTable: "the city's own words, when, and by which id: the proof that data were kept rightly",
    t.ProgrammeTable: "programmes",
    t.FairTable: "the organiser's own name and address",
    t.MeetingInterpreterTable: "ids only",
    t.ClaimTable: "ids only",
    t.PinTable: "ids only",
    t.OfferTable: "ids only",
    t.NoShowTable: "ids only",
    t.WishTable: "ids only",
    t.WaitingTable: "ids only",
    t.ReceiptTable: "ids only",
    t.HeartbeatTable: "machines",
    t.SettingTable: "the installation's own",
    t.ThrottleTable: "hashes that run out",
}
"""Tables that hold nothing of a person, and why one may be sure."""
