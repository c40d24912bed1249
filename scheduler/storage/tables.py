"""The tables. What must never be is forbidden here, by keys and checks, and not only in the code above."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from scheduler.storage.columns import Json, UtcDateTime

Facts = dict[str, Any]
Entries = list[Any]


def table_of(row: "type[Base]") -> Table:
    """The table behind a mapping. Statements are built on it, so that no row lingers in a session."""
    return cast(Table, row.__table__)


def _one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (read by SQLAlchemy)
        str: Text(),
        datetime: UtcDateTime(),
        Facts: Json,
        Entries: Json,
        bytes: LargeBinary(),
    }


class ProgrammeTable(Base):
    __tablename__ = "programme"

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]


class FairTable(Base):
    """`settings` are the fair's own, such as its reminders; importing the fair again leaves them alone."""

    __tablename__ = "fair"
    __table_args__ = (_one_of("state", "draft", "published", "closed"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    programme_id: Mapped[str | None] = mapped_column(ForeignKey("programme.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str]
    zone: Mapped[str]
    days: Mapped[Entries]
    opening: Mapped[Entries]
    slot_minutes: Mapped[int]
    break_minutes: Mapped[int]
    country_rules: Mapped[Entries]
    company_daily_limit: Mapped[int | None]
    buyer_daily_limit: Mapped[int | None]
    organiser: Mapped[str]
    organiser_email: Mapped[str]
    venue: Mapped[str]
    note: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    settings: Mapped[Facts]


class ResourceTable(Base):
    """Everything bookable. `hours` and `details` hold where no fair says otherwise."""

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        _one_of("kind", "company", "buyer", "interpreter", "room"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    person: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    language: Mapped[str]
    country: Mapped[str]
    city: Mapped[str]
    hours: Mapped[Facts]
    details: Mapped[Facts]
    is_active: Mapped[bool]


class ParticipationTable(Base):
    """A resource at one fair, with the facts that hold for that fair only."""

    __tablename__ = "participation"

    fair_id: Mapped[str] = mapped_column(ForeignKey("fair.id"), primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), primary_key=True, index=True)
    position: Mapped[int]
    hours: Mapped[Facts]
    details: Mapped[Facts]


class MatchTable(Base):
    """Both sides take part in the fair: the foreign keys lead to their participation."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("fair_id", "company_id", "buyer_id"),
        ForeignKeyConstraint(
            ["fair_id", "company_id"], ["participation.fair_id", "participation.resource_id"]
        ),
        ForeignKeyConstraint(["fair_id", "buyer_id"], ["participation.fair_id", "participation.resource_id"]),
        CheckConstraint("priority IN (1, 2, 3, 9)", name="priority"),
        Index(None, "fair_id", "buyer_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    fair_id: Mapped[str] = mapped_column(ForeignKey("fair.id"))
    company_id: Mapped[str]
    buyer_id: Mapped[str]
    priority: Mapped[int]
    rank: Mapped[int | None]
    legs: Mapped[Entries]
    needs_room: Mapped[bool]
    is_walk_in: Mapped[bool]
    note: Mapped[str]


LIVE_STATES = "state IN ('held', 'confirmed', 'completed', 'no_show')"


class MeetingTable(Base):
    """`promised` are the local times people were told, by the edition `zone_rules` of the zones' rules."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("end_at > start_at", name="ends_after_start"),
        _one_of("state", "held", "confirmed", "completed", "no_show", "cancelled"),
        Index(
            "uq_meeting_live_match",
            "match_id",
            unique=True,
            sqlite_where=text(LIVE_STATES),
            postgresql_where=text(LIVE_STATES),
        ),
        Index(
            "ix_meeting_lapses_at",
            "lapses_at",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        Index(None, "fair_id", "start_at"),
        Index(None, "company_id", "start_at"),
        Index(None, "buyer_id", "start_at"),
        Index(None, "room_id", "start_at"),
        Index(None, "start_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    fair_id: Mapped[str | None] = mapped_column(ForeignKey("fair.id"))
    match_id: Mapped[str | None] = mapped_column(ForeignKey("match.id", ondelete="SET NULL"), index=True)
    company_id: Mapped[str | None] = mapped_column(ForeignKey("resource.id"))
    buyer_id: Mapped[str | None] = mapped_column(ForeignKey("resource.id"))
    room_id: Mapped[str | None] = mapped_column(ForeignKey("resource.id"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    state: Mapped[str]
    revision: Mapped[int]
    legs: Mapped[Entries]
    link: Mapped[str]
    title: Mapped[str]
    is_pinned: Mapped[bool]
    lapses_at: Mapped[datetime | None]
    note: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    zone_rules: Mapped[str | None]
    promised: Mapped[Facts | None]


class MeetingInterpreterTable(Base):
    __tablename__ = "meeting_interpreter"
    __table_args__ = (UniqueConstraint("meeting_id", "interpreter_id"),)

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    interpreter_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)


class ClaimTable(Base):
    """One resource for one tick of 5 minutes. The primary key is what makes a double booking impossible.

    A claim names a resource of its meeting, whose own columns carry the foreign key; another one for each of
    the many ticks would make publishing thousands of meetings a fifth slower on PostgreSQL.
    """

    __tablename__ = "claim"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  (read by SQLAlchemy)

    resource_id: Mapped[str] = mapped_column(primary_key=True)
    tick: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)


class PinTable(Base):
    __tablename__ = "pin"

    fair_id: Mapped[str] = mapped_column(ForeignKey("fair.id"), index=True)
    match_id: Mapped[str] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"), primary_key=True)
    placement: Mapped[Facts]


class DraftTable(Base):
    """`problem` and `plan` are JSON texts that storage does not read."""

    __tablename__ = "draft"
    __table_args__ = (
        _one_of("state", "building", "ready", "stopped", "failed", "published", "discarded"),
        Index(None, "fair_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    fair_id: Mapped[str] = mapped_column(ForeignKey("fair.id"))
    state: Mapped[str]
    problem: Mapped[str]
    plan: Mapped[str | None]
    progress: Mapped[Facts]
    stop_requested: Mapped[bool]
    error: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    created_by: Mapped[str]
    leased_by: Mapped[str]
    leased_until: Mapped[datetime | None]


class OutboxTable(Base):
    """What must go out, written in the transaction that makes it true."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("meeting_id", "revision", "kind", "recipient_id"),
        _one_of("state", "collected", "due", "leased", "sent", "failed", "suppressed", "superseded"),
        Index(None, "state", "due_at"),
        Index(None, "fair_id", "state"),
        Index(
            "ix_outbox_of_webhooks",
            "recipient_id",
            "created_at",
            sqlite_where=text("channel = 'webhook'"),
            postgresql_where=text("channel = 'webhook'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"))
    fair_id: Mapped[str | None] = mapped_column(ForeignKey("fair.id"))
    revision: Mapped[int]
    kind: Mapped[str]
    recipient_id: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str]
    attempts: Mapped[int]
    error: Mapped[str]
    facts: Mapped[Facts]
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(server_default="mail")


class OfferTable(Base):
    """The slot of a session that was given up (`freed_id`), offered to a match that has no session."""

    __tablename__ = "offer"
    __table_args__ = (
        UniqueConstraint("freed_id", "match_id"),
        _one_of("state", "open", "accepted", "declined", "gone"),
        Index(None, "recipient_id", "state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    freed_id: Mapped[str] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    fair_id: Mapped[str] = mapped_column(ForeignKey("fair.id"))
    match_id: Mapped[str] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"))
    recipient_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    state: Mapped[str]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    answered_at: Mapped[datetime | None]


class ReminderChoiceTable(Base):
    """By which channel somebody wants to be reminded; `phone` is the number they consented to, and when."""

    __tablename__ = "reminder_choice"
    __table_args__ = (_one_of("channel", "mail", "text"),)

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str]
    phone: Mapped[str]
    consented_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class AnswerTable(Base):
    """What one invited person has answered to one session: the last word, by SEQUENCE and then DTSTAMP.

    `start_at` and `end_at` are the time they answered: when the session moves, the answer no longer speaks of it.
    """

    __tablename__ = "answer"
    __table_args__ = (_one_of("partstat", "accepted", "declined", "tentative"),)

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    recipient_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), primary_key=True, index=True)
    partstat: Mapped[str]
    sequence: Mapped[int]
    stamped_at: Mapped[datetime]
    comment: Mapped[str]
    received_at: Mapped[datetime]
    start_at: Mapped[datetime | None]
    end_at: Mapped[datetime | None]


class IncomingTable(Base):
    """A mail that came in, kept as far as `raw` goes; its id is made from its bytes, so a repeat is one row."""

    __tablename__ = "incoming"
    __table_args__ = (
        _one_of("state", "applied", "stale", "review", "unreadable", "settled"),
        Index(None, "state", "received_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str]
    sender: Mapped[str]
    subject: Mapped[str]
    raw: Mapped[bytes]
    size: Mapped[int]
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id", ondelete="SET NULL"), index=True)
    attendee: Mapped[str]
    partstat: Mapped[str]
    sequence: Mapped[int]
    stamped_at: Mapped[datetime | None]
    comment: Mapped[str]
    proposed_start_at: Mapped[datetime | None]
    proposed_end_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str]


class AccountTable(Base):
    """Raising `generation` ends every session of the account."""

    __tablename__ = "account"
    __table_args__ = (
        _one_of("role", "coordinator", "company", "interpreter", "cohost"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    resource_id: Mapped[str | None] = mapped_column(ForeignKey("resource.id"), index=True)
    language: Mapped[str]
    is_active: Mapped[bool]
    generation: Mapped[int]
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]


class LoginSessionTable(Base):
    """A browser that is logged in. Its cookie holds a random token, and here is the hash of it."""

    __tablename__ = "login_session"

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    agent: Mapped[str]
    address: Mapped[str]


class ApiKeyTable(Base):
    """A key by which a program acts for an account. Only the hash of it is kept; `scopes` are words with spaces."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebhookTable(Base):
    """An address of somebody's program that is told of `events`, words with spaces. What it is told, and whether it
    has taken it, stands in the outbox. Its secret is kept nowhere; `failures` are tries in a row.
    """

    __tablename__ = "webhook"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    address: Mapped[str]
    events: Mapped[str]
    created_at: Mapped[datetime]
    failures: Mapped[int]
    failing_since: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str]


class LinkTable(Base):
    """A capability address; only the hash of its token is kept."""

    __tablename__ = "link"
    __table_args__ = (
        _one_of("kind", "buyer", "feed", "display"),
        Index(None, "kind", "resource_id", "fair_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    resource_id: Mapped[str | None] = mapped_column(ForeignKey("resource.id"))
    fair_id: Mapped[str | None] = mapped_column(ForeignKey("fair.id"))
    generation: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


def _at_the_fair(side: str) -> ForeignKeyConstraint:
    """Whoever leaves a fair takes along what they wished for there."""
    return ForeignKeyConstraint(
        ["fair_id", side], ["participation.fair_id", "participation.resource_id"], ondelete="CASCADE"
    )


class WishTable(Base):
    """A buyer on a company's list for a fair; `position` counts from 1."""

    __tablename__ = "wish"
    __table_args__ = (_at_the_fair("company_id"), _at_the_fair("buyer_id"))

    fair_id: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[str] = mapped_column(primary_key=True)
    buyer_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


OPEN_REQUEST, IN_LINE = "state = 'open'", "state IN ('waiting', 'offered')"


class RequestTable(Base):
    """One side of a fair asks the other for a session; at most one question is open between two."""

    __tablename__ = "request"
    __table_args__ = (
        _at_the_fair("company_id"),
        _at_the_fair("buyer_id"),
        _one_of("asked_by", "company", "buyer"),
        _one_of("state", "open", "accepted", "declined", "withdrawn", "expired"),
        Index(
            "uq_request_open",
            "fair_id",
            "company_id",
            "buyer_id",
            unique=True,
            sqlite_where=text(OPEN_REQUEST),
            postgresql_where=text(OPEN_REQUEST),
        ),
        Index(None, "fair_id", "buyer_id"),
        Index(None, "fair_id", "company_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    fair_id: Mapped[str]
    company_id: Mapped[str]
    buyer_id: Mapped[str]
    asked_by: Mapped[str]
    state: Mapped[str]
    message: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str]


class WaitingTable(Base):
    """A company waits for a buyer, at any time or at one; `passed` are starts it was offered and did not take."""

    __tablename__ = "waiting"
    __table_args__ = (
        _at_the_fair("company_id"),
        _at_the_fair("buyer_id"),
        _one_of("state", "waiting", "offered", "booked", "left"),
        Index(
            "uq_waiting_in_line",
            "fair_id",
            "company_id",
            "buyer_id",
            unique=True,
            sqlite_where=text(IN_LINE),
            postgresql_where=text(IN_LINE),
        ),
        Index(None, "fair_id", "buyer_id"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    fair_id: Mapped[str]
    company_id: Mapped[str]
    buyer_id: Mapped[str]
    start_at: Mapped[datetime | None]
    end_at: Mapped[datetime | None]
    state: Mapped[str]
    offered_start_at: Mapped[datetime | None]
    offered_end_at: Mapped[datetime | None]
    offer_expires_at: Mapped[datetime | None]
    passed: Mapped[Entries]
    created_at: Mapped[datetime]


class ReceiptTable(Base):
    """What came of a form that was sent: sent twice, it gives the same answer."""

    __tablename__ = "receipt"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    token: Mapped[str] = mapped_column(primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)


class PreferenceTable(Base):
    """How somebody without an account wants to read their page; empty where they have not said."""

    __tablename__ = "preference"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str]
    zone: Mapped[str]
    changed_at: Mapped[datetime]


class ProposalTable(Base):
    """The slots of a fair in which somebody says they are free, until a coordinator settles it."""

    __tablename__ = "proposal"
    __table_args__ = (
        _one_of("state", "open", "accepted", "declined", "replaced"),
        Index(None, "state", "created_at"),
        Index(None, "resource_id", "fair_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    fair_id: Mapped[str] = mapped_column(ForeignKey("fair.id"))
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    slots: Mapped[Entries]
    comment: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str]


class HourSheetTable(Base):
    """The hours an interpreter has signed for a month (`2026-06`), as they were then, and who countersigned."""

    __tablename__ = "hour_sheet"

    interpreter_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    lines: Mapped[Entries]
    minutes: Mapped[int]
    signed_name: Mapped[str]
    signed_by: Mapped[str]
    signed_at: Mapped[datetime]
    countersigned_name: Mapped[str]
    countersigned_by: Mapped[str]
    countersigned_at: Mapped[datetime | None]


class StatementTable(Base):
    """What one side states came of a session. A later one counts in its stead; none is written over."""

    __tablename__ = "statement"
    __table_args__ = (
        _one_of("side", "company", "buyer"),
        _one_of("stage", "not_held", "consulted", "in_progress", "contracted"),
        CheckConstraint("amount BETWEEN 0 AND 999999999", name="amount"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), index=True)
    side: Mapped[str]
    stage: Mapped[str]
    amount: Mapped[int | None]
    note: Mapped[str]
    said_at: Mapped[datetime]
    said_by: Mapped[str]
    by_name: Mapped[str]


class VerificationTable(Base):
    """The amount of a statement as a coordinator found it, beside what was claimed and never in its place."""

    __tablename__ = "verification"
    __table_args__ = (CheckConstraint("amount BETWEEN 0 AND 999999999", name="amount"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    statement_id: Mapped[str] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"), index=True)
    amount: Mapped[int]
    note: Mapped[str]
    checked_at: Mapped[datetime]
    checked_by: Mapped[str]
    by_name: Mapped[str]


class BuyerCheckTable(Base):
    """A coordinator has checked that a buyer is who they say, or takes that back. The newest counts."""

    __tablename__ = "buyer_check"

    id: Mapped[str] = mapped_column(primary_key=True)
    buyer_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    is_verified: Mapped[bool]
    note: Mapped[str]
    checked_at: Mapped[datetime]
    checked_by: Mapped[str]
    by_name: Mapped[str]


class NoShowTable(Base):
    """Which side did not come to a session that is marked so."""

    __tablename__ = "no_show"
    __table_args__ = (_one_of("side", "company", "buyer", "both", "interpreter"),)

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    side: Mapped[str]
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]


class CohostBuyerTable(Base):
    """The buyers that a co-host abroad looks after."""

    __tablename__ = "cohost_buyer"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    buyer_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class UploadTable(Base):
    """A workbook between its upload and the word to import it; `answers` are those given to its questions."""

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(primary_key=True)
    filename: Mapped[str]
    data: Mapped[bytes]
    answers: Mapped[Facts]
    fair_key: Mapped[str | None]
    state: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)


class AuditTable(Base):
    """Who did what, when, before and after. Only ever added to: triggers refuse the rest."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject_kind", "subject_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[Facts]
    after: Mapped[Facts]


class AuditSealTable(Base):
    """A chain over the audit trail: each hash covers its entry and the seal before. Only ever added to, too."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), unique=True)
    hash: Mapped[str]


class ConsentTable(Base):
    """What somebody has agreed to, in the words they saw. One that is withdrawn stays, with its time."""

    __tablename__ = "consent"
    __table_args__ = (Index(None, "resource_id", "fair_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    fair_id: Mapped[str | None] = mapped_column(ForeignKey("fair.id"))
    text: Mapped[str]
    given_at: Mapped[datetime]
    given_by: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class HeartbeatTable(Base):
    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    facts: Mapped[Facts]


class SettingTable(Base):
    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


class IdempotencyTable(Base):
    """The answer that a request got, by who asked and the key they gave: its repeat gets the same one."""

    __tablename__ = "idempotency"

    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[str]
    answer: Mapped[Facts]
    created_at: Mapped[datetime] = mapped_column(index=True)


class ThrottleTable(Base):
    """How often something was tried until `ends_at`, counted for all web processes together."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)
