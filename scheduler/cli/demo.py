"""`sangdam demo`: a sample programme on the same way that users go, from its workbook to sent invites."""

from dataclasses import dataclass

from scheduler.booking.fair import Fair, FairState
from scheduler.booking.picking import PickingRules, Reach
from scheduler.cli.call import Call
from scheduler.cli.database import opened
from scheduler.cli.demo_people import Login, buyer_link, logins_for
from scheduler.cli.demo_rooms import book_rooms, mails_about_rooms
from scheduler.cli.parser import Parser, WrongUse
from scheduler.cli.progress import BuildLine, Line
from scheduler.cli.report import facts_of
from scheduler.cli.samples import add_when, chosen, today_of
from scheduler.cli.serving import add_address, settings_with_address
from scheduler.grid.limits import Limits
from scheduler.scenarios import Scenario, bookings_of, scenario
from scheduler.services.actor import Actor, Role
from scheduler.services.build_grid import Watch, begin_build, carry_out_build, check_fair, latest_plan
from scheduler.services.import_fair import import_fair
from scheduler.services.picking_rules import picking_rules, set_picking_rules
from scheduler.services.publish import publish
from scheduler.settings import Settings
from scheduler.sheets.draft import FairDraft
from scheduler.sheets.write import write_workbook
from scheduler.storage import drafts, fairs, outbox
from scheduler.storage.db import Database
from scheduler.wording import Phrase

DEFAULT_KEY = "namdong-indonesia"
DEMO = Actor(role=Role.SYSTEM, name="demo")


def demo_options(parser: Parser) -> None:
    parser.takes(
        "KEY", Phrase("which programme; “sangdam scenarios” lists them"), nargs="?", default=DEFAULT_KEY
    )
    add_when(parser)
    parser.option("--seconds", metavar="N", type=float, help=Phrase("how long to search for a grid at most"))
    parser.option("--no-serve", action="store_true", help=Phrase("prepare everything, then end"))
    add_address(parser)
    parser.json()


def demo(call: Call) -> int:
    """0 when every session is placed and no rule is broken, else 1.

    Each step looks first whether it has been done: called again, or after it was killed, it goes on from there.
    """
    sample = chosen(call.options.KEY)
    if sample.is_for_benchmarks:
        raise WrongUse(Phrase("%(key)s is for benchmarks and too large to be shown.", key=sample.key))
    settings = settings_with_address(call, demo=True)
    # Bound first, so that an address that is taken shows before the long work.
    listener = None if call.options.no_serve else call.edges.listen(settings)
    with opened(settings) as db:
        shown = Preparation(call=call, settings=settings, db=db, sample=sample).shown()

    def report() -> None:
        _report(call, settings, shown)

    if listener is not None:
        call.edges.serve(settings, listener, with_worker=True, announce=report)
        return 0
    report()
    return 0 if shown.is_whole else 1


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the demonstration shows, and how to get in."""

    facts: dict[str, object]
    logins: tuple[Login, ...]
    buyer_link: str

    @property
    def is_whole(self) -> bool:
        return self.facts["placed"] == self.facts["wanted"] and self.facts["violations"] == 0


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """The way of one programme, step by step."""

    call: Call
    settings: Settings
    db: Database
    sample: Scenario

    def shown(self) -> Shown:
        draft = self._sample_draft()
        fair = self._fair() or self._import(draft)
        if self.call.options.start is not None and fair.days != draft.fair.days:
            day = fair.days[0].isoformat()
            self._tell(Phrase("%(key)s is there already and begins on %(day)s.", key=fair.key, day=day))
        self._let_companies_pick(fair)
        facts = self._rooms(draft) if self.sample.books_rooms else self._grid(fair)
        self._deliver()
        now = self.call.clock()
        return Shown(
            facts={"scenario": self.sample.key, "fair": fair.key, **facts, "mails": self._mails(fair)},
            logins=logins_for(self.db, fair, now=now, actor=DEMO),
            buyer_link=buyer_link(self.db, self.settings, fair, now=now),
        )

    def _sample_draft(self) -> FairDraft:
        options = self.call.options
        today = today_of(self.call, self.settings.home_zone)
        return scenario(self.sample.key, start=options.start, today=today, month=options.month)

    def _fair(self) -> Fair | None:
        key = self.sample.facts(self.call.options.month).key
        with self.db.read() as work:
            return fairs.find_fair(work, key)

    def _import(self, draft: FairDraft) -> Fair:
        data = write_workbook(draft, "ko")
        now = self.call.clock()
        filename = f"{draft.fair.key}.xlsx"
        done = import_fair(self.db, data, filename, answers={}, key=draft.fair.key, now=now, actor=DEMO)
        self._tell(
            Phrase(
                "Imported %(file)s: %(companies)s companies, %(buyers)s buyers, %(matches)s matches",
                file=filename,
                companies=len(draft.companies),
                buyers=len(draft.buyers),
                matches=len(draft.matches),
            )
        )
        return done.fair

    def _let_companies_pick(self, fair: Fair) -> None:
        """Once: whoever changes the rules of the demonstration finds them as they left them."""
        if not self.sample.companies_pick or picking_rules(self.db, fair.key)[1] != PickingRules():
            return
        rules = {"is_on": "yes", "reach": str(Reach.EVERYBODY)}
        set_picking_rules(self.db, fair.key, rules, now=self.call.clock(), actor=DEMO)
        self._tell(Phrase("Companies may pick times of their own at this fair"))

    def _grid(self, fair: Fair) -> dict[str, object]:
        self._build(fair)
        if fair.state is FairState.DRAFT:
            done = publish(self.db, self.settings, fair.key, now=self.call.clock(), actor=DEMO)
            self._tell(Phrase("Published %(count)s sessions", count=done.added))
        conflicts = check_fair(self.db, fair.key)
        with self.db.read() as work:
            plan = latest_plan(work, fair)[1]
        return {**facts_of(plan), "violations": len(conflicts)}

    def _build(self, fair: Fair) -> None:
        """Sees to it that there is a plan. A build that was cut short is taken up where it stands in the line."""
        with self.db.read() as work:
            draft = drafts.latest_draft(work, fair.id)
        if draft is not None and draft.plan is not None:
            return
        now = self.call.clock()
        if draft is None or draft.state != "building":
            draft = begin_build(self.db, fair.key, now=now, actor=DEMO)
        line = BuildLine(self.call.screen)
        watch = Watch(self.db, draft.id, on_progress=line)
        limits = Limits(seconds=self.call.options.seconds or self.settings.build_seconds)
        carry_out_build(self.db, draft.id, limits=limits, now=now, watch=watch)
        line.end()

    def _rooms(self, draft: FairDraft) -> dict[str, object]:
        bookings = bookings_of(draft)
        placed = book_rooms(self.db, self.settings, draft, bookings, now=self.call.clock(), actor=DEMO)
        self._tell(Phrase("Booked rooms %(count)s times", count=placed))
        return {
            "wanted": len(bookings),
            "placed": placed,
            "bound": len(bookings),
            "idle": 0,
            "idle_bound": 0,
            "status": "feasible",
            "seconds": 0.0,
            "violations": 0,
        }

    def _deliver(self) -> None:
        line = Line(self.call.screen)

        def told(count: int) -> None:
            line.write(self.call.screen.text(Phrase("%(count)s mails sent", count=count)))

        self.call.edges.deliver(self.settings, now=self.call.clock(), on_progress=told)
        line.end()

    def _mails(self, fair: Fair) -> int:
        if self.sample.books_rooms:
            return mails_about_rooms(self.db, fair)
        with self.db.read() as work:
            return outbox.counts(work, fair.id).get("sent", 0)

    def _tell(self, phrase: Phrase) -> None:
        self.call.screen.tell(phrase)


def _report(call: Call, settings: Settings, shown: Shown) -> None:
    if call.options.json:
        logins = [
            {"role": str(one.role), "email": one.email, "password": one.password} for one in shown.logins
        ]
        address = {"address": settings.base_address, "buyer_link": shown.buyer_link, "logins": logins}
        call.screen.emit({**shown.facts, **address})
        return
    screen, facts = call.screen, shown.facts
    screen.show("", screen.both(_READY), "", f"    {settings.base_address}", "")
    screen.show(screen.both(Phrase("%(placed)s of %(wanted)s sessions, %(mails)s mails sent", facts)), "")
    for login in shown.logins:
        password = login.password or screen.text(_KNOWN_ONCE)
        screen.show(f"    {screen.padded(login.label, 12)} {login.email:<44} {password}")
    screen.show(f"    {screen.padded(_BUYER, 12)} {shown.buyer_link}", "")
    if all(login.password for login in shown.logins):
        screen.show(screen.both(_ONCE))
    else:
        screen.show(screen.both(_FORGOTTEN))
    if not call.options.no_serve:
        screen.show(screen.both(Phrase("Ctrl-C ends it; the next call goes on from here.")))
    screen.out.flush()


_READY = Phrase("The session grid is ready. Open this address in a browser:")
_BUYER = Phrase("Buyer")
_KNOWN_ONCE = Phrase("(shown at its making)")
_ONCE = Phrase("The passwords are shown this once. A buyer needs none: the link opens their own page.")
_FORGOTTEN = Phrase("Passwords are shown once only. “sangdam user password E-MAIL” sets a new one.")
