"""Every page that a person looks at: for pictures, for audits, and for the check that none is left out."""

from dataclasses import dataclass

ANYBODY, COORDINATOR, COMPANY, INTERPRETER, COHOST, BUYER = (
    *("anybody", "coordinator", "company", "interpreter", "cohost"),
    "buyer",
)
STAFF_LANGUAGES = ("ko", "en")
BUYER_LANGUAGES = ("ko", "en", "ar")


@dataclass(frozen=True)
class Stop:
    """A page. `path` is filled in with the facts of its house; `moment` is when it has most to show.

    `is_late` stands for pages that something has to happen for, so that they come last.
    """

    name: str
    endpoint: str
    role: str
    path: str
    house: str = "grid"
    moment: str = "now"
    is_late: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        return BUYER_LANGUAGES if self.role == BUYER else STAFF_LANGUAGES


_FAIR = "/fairs/{key}"
STOPS = (
    Stop("login", "auth.login", ANYBODY, "/login"),
    Stop("forgot", "joining.forgot", ANYBODY, "/forgot"),
    Stop("join", "joining.join", ANYBODY, "{join}"),
    Stop("offer", "offers.index", BUYER, "/offers/{offer}", is_late=True),
    Stop("password", "auth.password", COORDINATOR, "/password"),
    Stop("logins", "joining.places", COORDINATOR, "/sessions"),
    Stop("fairs", "fairs.index", COORDINATOR, "/fairs/"),
    Stop("fair", "fairs.overview", COORDINATOR, f"{_FAIR}/"),
    Stop("board", "board.index", COORDINATOR, f"{_FAIR}/board/"),
    Stop("board-companies", "board.index", COORDINATOR, f"{_FAIR}/board/?across=company"),
    Stop("board-whole", "board.index", COORDINATOR, f"{_FAIR}/board/?day=all"),
    Stop("participants", "participants.index", COORDINATOR, f"{_FAIR}/participants/?tab=buyers"),
    Stop("participants-companies", "participants.index", COORDINATOR, f"{_FAIR}/participants/"),
    Stop("participants-matches", "participants.index", COORDINATOR, f"{_FAIR}/participants/?tab=matches"),
    Stop("participants-rooms", "participants.index", COORDINATOR, f"{_FAIR}/participants/?tab=rooms"),
    Stop("build", "build.index", COORDINATOR, f"{_FAIR}/build/"),
    Stop("build-watch", "build.watch", COORDINATOR, f"{_FAIR}/build/{{draft}}/"),
    Stop("publish", "publication.preview", COORDINATOR, f"{_FAIR}/publish"),
    Stop("reminders", "reminders.index", COORDINATOR, f"{_FAIR}/reminders/"),
    Stop("privacy", "privacy.index", COORDINATOR, f"{_FAIR}/privacy/"),
    Stop("erase", "privacy.sure", COORDINATOR, f"{_FAIR}/privacy/{{buyer_id}}/erase"),
    Stop("cohosts", "cohosts.index", COORDINATOR, f"{_FAIR}/cohosts/"),
    Stop("imports", "intake.index", COORDINATOR, "/imports/"),
    Stop("import-again", "intake.of_fair", COORDINATOR, f"{_FAIR}/import"),
    Stop("import", "intake.preview", COORDINATOR, "/imports/{upload}"),
    Stop("session", "sessions.index", COORDINATOR, "/meetings/{meeting}"),
    Stop("offering", "offering.choose", COORDINATOR, "/meetings/{meeting}/offer"),
    Stop("absence", "replan.absence", COORDINATOR, f"{_FAIR}/replan/absence/{{interpreter}}"),
    Stop("replan", "replan.preview", COORDINATOR, f"{_FAIR}/replan/{{replan}}/", is_late=True),
    Stop("notices", "publication.changes", COORDINATOR, f"{_FAIR}/changes", is_late=True),
    Stop("today", "today.index", COORDINATOR, f"{_FAIR}/today/", moment="during"),
    Stop(
        "forward",
        "today.forward",
        COORDINATOR,
        f"{_FAIR}/today/{{absent}}/forward",
        moment="during",
        is_late=True,
    ),
    Stop("sheets", "sheets.index", COORDINATOR, f"{_FAIR}/sheets/"),
    Stop("sheets-day", "sheets.index", COORDINATOR, f"{_FAIR}/sheets/?by=day"),
    Stop("results", "results.index", COORDINATOR, f"{_FAIR}/results/", moment="after"),
    Stop("follow-up", "results.follow_up", COORDINATOR, f"{_FAIR}/results/follow-up", moment="after"),
    Stop("buyer-verified", "results.buyer", COORDINATOR, f"{_FAIR}/results/buyers/{{buyer_id}}"),
    Stop("session-result", "sessions.index", COORDINATOR, "/meetings/{meeting}#result", moment="after"),
    Stop("replies", "replies.index", COORDINATOR, "/replies/"),
    Stop("reply", "replies.mail", COORDINATOR, "/replies/{reply}"),
    Stop("proposals", "proposals.index", COORDINATOR, "/proposals/"),
    Stop("proposal", "proposals.one", COORDINATOR, "/proposals/{proposal}"),
    Stop("mailbox", "mailbox.index", COORDINATOR, "/mailbox/"),
    Stop("mail", "mailbox.message", COORDINATOR, "/mailbox/{mail}"),
    Stop("briefing", "briefing.form", COORDINATOR, "/briefing/"),
    Stop("people", "people.index", COORDINATOR, "/people/"),
    Stop("installation", "installation.index", COORDINATOR, "/installation/"),
    Stop("keys", "keys.index", COORDINATOR, "/keys/"),
    Stop("webhooks", "webhooks.index", COORDINATOR, "/webhooks/"),
    Stop("webhook", "webhooks.one", COORDINATOR, "/webhooks/{webhook}"),
    Stop("zone-rules", "zone_rules.index", COORDINATOR, "/time-zones/"),
    Stop("hours", "hour_sheets.index", COORDINATOR, "/hours/{month}/", moment="after"),
    Stop("hours-sheet", "hour_sheets.sheet", COORDINATOR, "/hours/{month}/{interpreter}", moment="after"),
    Stop("picking", "picking.index", COORDINATOR, f"{_FAIR}/picking/", house="picking"),
    Stop("company-session", "own.session", COMPANY, "/my/{own}"),
    Stop("company-result", "own.session", COMPANY, "/my/{own}#result", moment="after"),
    Stop("company-reminders", "own_reminders.form", COMPANY, "/my/reminders"),
    Stop("company-schedule", "own.schedule", COMPANY, "/my/", house="picking"),
    Stop("company-buyers", "company.buyers", COMPANY, "/my/fairs/{key}/", house="picking"),
    Stop("company-buyer", "company.buyer", COMPANY, "/my/fairs/{key}/buyers/{buyer_id}", house="picking"),
    Stop("company-hold", "company.held", COMPANY, "/my/holds/{hold}", house="picking"),
    Stop("company-move", "company.move", COMPANY, "/my/sessions/{meeting}/move", house="picking"),
    Stop("company-cancel", "company.cancel", COMPANY, "/my/sessions/{meeting}/cancel", house="picking"),
    Stop("company-team", "company.team", COMPANY, "/my/team/", house="picking"),
    Stop("interpreter-day", "interpreter.day", INTERPRETER, "/interpreter/"),
    Stop("interpreter-hours", "interpreter.hours", INTERPRETER, "/interpreter/hours"),
    Stop(
        "interpreter-sheet", "interpreter.sheet", INTERPRETER, "/interpreter/worked/{month}", moment="after"
    ),
    Stop("cohost", "cohost.index", COHOST, "/cohost/"),
    Stop("cohost-buyer", "cohost.buyer", COHOST, "/cohost/{key}/{buyer_id}"),
    Stop("cohost-free", "cohost.free", COHOST, "/cohost/{key}/{buyer_id}/free"),
    Stop("buyer", "buyer.schedule", BUYER, "{buyer}"),
    Stop("buyer-free", "buyer.free", BUYER, "{buyer}/free"),
    Stop("buyer-settings", "buyer.settings", BUYER, "{buyer}/settings"),
    Stop("buyer-check", "buyer.check", BUYER, "{buyer}/check"),
    Stop("buyer-reminders", "buyer.reminders", BUYER, "{buyer}/reminders"),
    Stop("buyer-result", "buyer.result", BUYER, "{buyer}/{meeting}/result", moment="after"),
    Stop("buyer-requests", "buyer.requests", BUYER, "{buyer}/requests", house="picking"),
    Stop("room-door", "display.screen", ANYBODY, "{door}", moment="during"),
    Stop("room-waiting", "display.screen", ANYBODY, "{waiting}", moment="during"),
)
NO_PAGES = frozenset(
    {
        *("static", "auth.home", "logo.picture", "health.alive", "health.ready", "health.metrics"),
        *("board.options", "board.session", "board.view", "display.state", "privacy.data"),
        *("buyer.calendar", "own.calendar", "sessions.calendar", "sessions.own_calendar", "feeds.feed"),
        *(
            "fairs.export",
            "results.export",
            "hour_sheets.export",
            "interpreter.export",
            "intake.template",
            "replies.raw",
        ),
        *("mailbox.body", "mailbox.invite", "mailbox.raw"),
    }
)
"""Addresses that answer with something else: a file, a calendar, facts for a script, a part of a page."""
