"""Inviting people to an account, and helping those who forgot their password: both by one kind of link.

The link opens a page where a password is chosen. Its token is made from the installation's secret, the account and
its generation, so it is kept nowhere, works once, and ends with whatever raises the generation.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput
from scheduler.invites.text import Letter, Row, plain_letter
from scheduler.services import accounts
from scheduler.services.actor import Actor, Role
from scheduler.services.links import LinkGone, LinkUnknown
from scheduler.services.notices import RowState
from scheduler.settings import Settings
from scheduler.storage import accounts as kept
from scheduler.storage import audit, outbox
from scheduler.storage.accounts import Account
from scheduler.storage.db import Database, new_id
from scheduler.storage.outbox import OutboxRow
from scheduler.timezones.labels import moment_line
from scheduler.wording import Phrase

INVITATION, NEW_PASSWORD = "invitation", "new_password"
KINDS = frozenset({INVITATION, NEW_PASSWORD})
"""Kinds of outbox rows whose recipient is an account."""
INVITATION_LASTS = timedelta(days=7)
NEW_PASSWORD_LASTS = timedelta(hours=2)


def invite(
    db: Database,
    *,
    email: str,
    role: str,
    name: str,
    resource_id: str | None = None,
    language: str = "ko",
    now: datetime,
    actor: Actor,
) -> Account:
    """A new account without a password, and the mail with the link to choose one. BadInput names every fault."""
    with db.write() as work:
        account = accounts.add_account_in(
            work,
            email=email,
            role=role,
            name=name,
            password=None,
            resource_id=resource_id,
            language=language,
            now=now,
            actor=actor,
        )
        _send(work, account.id, INVITATION, now)
    return account


def invite_again(db: Database, account_id: str, *, now: datetime, actor: Actor) -> Account:
    """The link once more: for whoever has no password yet an invitation, for others a way to a new password.

    Raises NotFound, and BadInput when the account is closed.
    """
    with db.write() as work:
        account = kept.get_account(work, account_id)
        if not account.is_active:
            raise BadInput([accounts.closed_fault()])
        kind = NEW_PASSWORD if account.password_hash else INVITATION
        _send(work, account.id, kind, now)
        audit.record(work, now, actor.label, kind, "account", account_id, {}, {})
    return account


def ask_for_new_password(db: Database, email: str, *, now: datetime) -> None:
    """Sends the link if there is an account. Whoever asks learns nothing: the same is written in either case,
    and whether there is anybody to write to is decided when the mail is made.
    """
    address = accounts.normal_email(email)
    with db.write() as work:
        account = kept.find_account_by_email(work, address)
        _send(work, account.id if account is not None else f"nobody:{new_id('acc')}", NEW_PASSWORD, now)


def address_of(settings: Settings, account: Account, *, until: datetime) -> str:
    """Where the account's password is chosen, until that moment."""
    return f"{settings.base_address}/join/{_token(settings, account, int(until.timestamp()))}"


def open_invitation(db: Database, settings: Settings, token: str, *, now: datetime) -> Account:
    """Whose password the link lets choose. Raises LinkUnknown, or LinkGone when it was used or is too old."""
    account_id, _, rest = token.partition(".")
    written, _, _ = rest.partition(".")
    with db.read() as work:
        account = kept.find_account(work, account_id)
    if account is None or not written.isascii() or not written.isdigit() or len(written) > 12:
        raise LinkUnknown
    if not hmac.compare_digest(_token(settings, account, int(written)), token):
        raise LinkGone if _was_right_before(settings, account, int(written), token) else LinkUnknown
    if not account.is_active or datetime.fromtimestamp(int(written), UTC) <= now:
        raise LinkGone
    return account


def choose_password(db: Database, settings: Settings, token: str, *, password: str, now: datetime) -> Account:
    """Takes the link up. Raises as `open_invitation`, and BadInput for a password that is too weak."""
    account = open_invitation(db, settings, token, now=now)
    actor = Actor(
        role=Role(account.role), name=account.name, account_id=account.id, resource_id=account.resource_id
    )
    return accounts.set_password(db, account.id, new=password, now=now, actor=actor, place="password")


def account_letter(row: OutboxRow, account: Account, settings: Settings, *, now: datetime) -> Letter | Phrase:
    """What the mail says, or why it says nothing."""
    lasts = INVITATION_LASTS if row.kind == INVITATION else NEW_PASSWORD_LASTS
    until = row.created_at + lasts
    if until <= now:
        return Phrase("the link in it would be too old")
    language, city = account.language, settings.city_in(account.language)
    address = address_of(settings, account, until=until)
    if row.kind == INVITATION:
        subject = Phrase("%(city)s invites you to Sangdam", city=city)
        opening = Phrase(
            "%(city)s runs its video export consultations with Sangdam and has made an account for you. "
            "Choose a password to begin.",
            city=city,
        )
        closing = Phrase("If you did not expect this, do nothing: without a password nobody can log in.")
    else:
        subject = Phrase("A new password for Sangdam")
        opening = Phrase(
            "Somebody, most likely you, asked for a new password for %(email)s.", email=account.email
        )
        closing = Phrase("If it was not you, do nothing: your present password stays as it is.")
    rows = (
        Row(Phrase("Choose a password").text(language), address, address),
        Row(
            Phrase("The link works once, until").text(language),
            moment_line(until, None, settings.home_zone, language),
        ),
    )
    return plain_letter(
        language, subject.text(language), (opening.text(language),), rows, (closing.text(language),)
    )


def _send(work: Session, account_id: str, kind: str, now: datetime) -> None:
    row = OutboxRow(
        id=new_id("out"),
        meeting_id=None,
        fair_id=None,
        revision=0,
        kind=kind,
        recipient_id=account_id,
        state=str(RowState.DUE),
        due_at=now,
        created_at=now,
    )
    outbox.add_once(work, row)


def _token(settings: Settings, account: Account, until: int, *, generation: int | None = None) -> str:
    asked = account.generation if generation is None else generation
    message = f"password:{account.id}:{asked}:{until}".encode()
    digest = hmac.new(settings.secret_key.encode(), message, hashlib.sha256).digest()
    return f"{account.id}.{until}.{base64.urlsafe_b64encode(digest[:24]).decode()}"


def _was_right_before(settings: Settings, account: Account, until: int, token: str) -> bool:
    """Whether the link is one that was used up: then "no longer valid" helps more than "does not exist"."""
    return any(
        hmac.compare_digest(_token(settings, account, until, generation=before), token)
        for before in range(max(1, account.generation - 5), account.generation)
    )
