"""Every command: its words, what it does in one line, and an example.

A command's module is imported only when the command is called, so that `sangdam time` does not wait for the
solver, the database and the pages to load. There is no cycle to hide: nothing imports these modules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from scheduler.cli.call import Call
from scheduler.cli.parser import Parser
from scheduler.wording import Phrase


@dataclass(frozen=True, kw_only=True)
class Command:
    """`module` has the function `name` that carries the command out, and `name_options` that says what it takes."""

    words: str
    summary: Phrase
    example: str
    module: str
    name: str

    def parser(self, language: str) -> Parser:
        parser = Parser(self.words, summary=self.summary, example=self.example, language=language)
        self._found(f"{self.name}_options")(parser)
        return parser

    def carry_out(self, call: Call) -> int:
        """The exit code: 0, or 1 when the answer is no."""
        code: int = self._found(self.name)(call)
        return code

    def _found(self, name: str) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(import_module(f"scheduler.cli.{self.module}"), name)
        return found


COMMANDS = (
    Command(
        words="demo",
        summary=Phrase("Shows a sample programme from its workbook to sent invites, and serves it."),
        example="sangdam demo icheon-usa --start 2026-09-15",
        module="demo",
        name="demo",
    ),
    Command(
        words="scenarios",
        summary=Phrase("Lists the sample programmes."),
        example="sangdam scenarios --json",
        module="samples",
        name="scenarios",
    ),
    Command(
        words="scenario",
        summary=Phrase("Writes the workbook of a sample programme."),
        example="sangdam scenario namdong-indonesia -o namdong.xlsx",
        module="samples",
        name="scenario",
    ),
    Command(
        words="init",
        summary=Phrase("Prepares the instance folder and the database, or brings them up to date."),
        example="SANGDAM_INSTANCE=/srv/sangdam sangdam init",
        module="install",
        name="init",
    ),
    Command(
        words="user add",
        summary=Phrase("Adds an account, and shows its password once."),
        example="sangdam user add kim@city.example --role coordinator",
        module="install",
        name="user_add",
    ),
    Command(
        words="user password",
        summary=Phrase("Sets a new password for an account, and shows it once."),
        example="sangdam user password kim@city.example",
        module="install",
        name="user_password",
    ),
    Command(
        words="import",
        summary=Phrase("Takes over a workbook, or lists what is wrong with it and what it leaves open."),
        example='sangdam import fair.xlsx --fair autumn --answer "참가기업!F11=kim@gaon.example"',
        module="fairs",
        name="import_file",
    ),
    Command(
        words="build",
        summary=Phrase("Builds the session grid of a fair. Ctrl-C stops with the best plan so far."),
        example="sangdam build autumn --seconds 60",
        module="fairs",
        name="build",
    ),
    Command(
        words="check",
        summary=Phrase("Checks the grid of a fair against every rule."),
        example="sangdam check autumn",
        module="fairs",
        name="check",
    ),
    Command(
        words="publish",
        summary=Phrase("Publishes the newest plan: sessions are booked and invites go out."),
        example="sangdam publish autumn",
        module="fairs",
        name="publish",
    ),
    Command(
        words="export",
        summary=Phrase("Writes a fair as a workbook that imports to the same fair."),
        example="sangdam export autumn -o autumn.xlsx",
        module="fairs",
        name="export",
    ),
    Command(
        words="grid solve",
        summary=Phrase("Solves a grid problem without a database."),
        example="sangdam grid solve problem.json -o plan.json",
        module="grids",
        name="solve",
    ),
    Command(
        words="grid check",
        summary=Phrase("Checks a plan against its problem, whoever made it."),
        example="sangdam grid check problem.json plan.json",
        module="grids",
        name="check",
    ),
    Command(
        words="bench grid",
        summary=Phrase("Measures how good and how fast grids are, from the source tree."),
        example='sangdam bench grid --only "15 x 20" --part replan',
        module="bench",
        name="grid",
    ),
    Command(
        words="time",
        summary=Phrase(
            "Says what a local time is in UTC and elsewhere, or that it does not exist or exists twice."
        ),
        example='sangdam time "2026-09-15 08:00" Asia/Seoul --in America/Chicago',
        module="times",
        name="time",
    ),
    Command(
        words="serve",
        summary=Phrase("Serves the pages, and does the worker's work in the same process."),
        example="sangdam serve --port 8080",
        module="serving",
        name="serve",
    ),
    Command(
        words="worker",
        summary=Phrase("Sends mail and builds grids, without serving pages."),
        example="sangdam worker",
        module="serving",
        name="worker",
    ),
    Command(
        words="receive",
        summary=Phrase("Takes in one mail from standard input, as the pipe of a mail server gives it."),
        example="sangdam receive < reply.eml",
        module="receiving",
        name="receive",
    ),
    Command(
        words="audit verify",
        summary=Phrase("Tells whether the audit trail is what was written, and its newest seal."),
        example="sangdam audit verify --head 5e1f…",
        module="trust",
        name="audit_verify",
    ),
    Command(
        words="backup",
        summary=Phrase("Writes everything the database keeps into one file, while it is used."),
        example="sangdam backup sangdam-2026-09-15.backup",
        module="keeping",
        name="backup",
    ),
    Command(
        words="restore",
        summary=Phrase("Fills an empty installation from a backup, checks it, and sends nothing."),
        example="SANGDAM_INSTANCE=/srv/new sangdam restore sangdam-2026-09-15.backup",
        module="keeping",
        name="restore",
    ),
    Command(
        words="doctor",
        summary=Phrase("Looks the installation over and says what is wrong with it."),
        example="sangdam doctor --json",
        module="keeping",
        name="doctor",
    ),
    Command(
        words="reminders",
        summary=Phrase("Shows when a fair's people are reminded, or sets it."),
        example="sangdam reminders autumn --buyer day,10 --company day,60",
        module="reminders",
        name="reminders",
    ),
)
