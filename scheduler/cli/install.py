"""Setting up an installation and its accounts."""

from scheduler.booking.errors import NotFound
from scheduler.booking.people import Kind
from scheduler.cli.call import Call
from scheduler.cli.database import opened
from scheduler.cli.fairs import COMMAND_LINE
from scheduler.cli.parser import Parser, WrongUse
from scheduler.services.accounts import Account, add_account, random_password, set_password
from scheduler.services.actor import Role
from scheduler.sheets.draft import company_key, interpreter_key
from scheduler.storage import accounts, people
from scheduler.storage.db import Database
from scheduler.wording import Phrase

_OF_SOMEBODY = (Role.COMPANY, Role.INTERPRETER)
_ROLES = (Role.COORDINATOR, *_OF_SOMEBODY, Role.COHOST)


def init_options(parser: Parser) -> None:
    parser.json()


def init(call: Call) -> int:
    settings = call.settings()
    with opened(settings) as db:
        facts = {"instance": str(settings.instance), "database": db.dialect, "revision": db.revision()}
    if call.options.json:
        call.screen.emit(facts)
        return 0
    call.screen.show(
        Phrase("The instance folder is %(path)s, the database is up to date.", path=str(settings.instance))
    )
    return 0


def user_add_options(parser: Parser) -> None:
    parser.takes("EMAIL", Phrase("the e-mail to log in with"))
    parser.option(
        "--role",
        choices=[str(role) for role in _ROLES],
        default=str(Role.COORDINATOR),
        help=Phrase("coordinator (the default), company, interpreter or cohost"),
    )
    parser.option("--name", default="", help=Phrase("the name shown on pages"))
    parser.option(
        "--of",
        metavar="NAME",
        help=Phrase("the name of the company or interpreter whose account it is, as in the workbook"),
    )
    parser.json()


def user_add(call: Call) -> int:
    role, password = Role(call.options.role), random_password()
    if (role in _OF_SOMEBODY) == (call.options.of is None):
        raise WrongUse(Phrase("--of goes with the roles company and interpreter, and with no other."))
    with opened(call.settings()) as db:
        account = add_account(
            db,
            email=call.options.EMAIL,
            role=role,
            name=call.options.name or call.options.of or "",
            password=password,
            resource_id=_resource_id(db, role, call.options.of),
            now=call.clock(),
            actor=COMMAND_LINE,
        )
    _show(call, account, password)
    return 0


def user_password_options(parser: Parser) -> None:
    parser.takes("EMAIL", Phrase("the e-mail of the account"))
    parser.json()


def user_password(call: Call) -> int:
    password = random_password()
    with opened(call.settings()) as db:
        with db.read() as work:
            account = accounts.find_account_by_email(work, call.options.EMAIL)
        if account is None:
            raise NotFound(kind="account", key=call.options.EMAIL)
        set_password(db, account.id, new=password, now=call.clock(), actor=COMMAND_LINE)
    _show(call, account, password)
    return 0


def _resource_id(db: Database, role: Role, name: str | None) -> str | None:
    if name is None:
        return None
    kind, key = (
        (Kind.COMPANY, company_key(name))
        if role is Role.COMPANY
        else (Kind.INTERPRETER, interpreter_key(name))
    )
    with db.read() as work:
        found = people.ids_by_key(work, kind, (key,)).get(key)
    if found is None:
        raise NotFound(kind=str(kind), key=name)
    return found


def _show(call: Call, account: Account, password: str) -> None:
    if call.options.json:
        call.screen.emit({"email": account.email, "role": account.role, "password": password})
        return
    call.screen.show(f"{account.email}  {password}")
    call.screen.tell(Phrase("The password is shown this once and kept nowhere."))
