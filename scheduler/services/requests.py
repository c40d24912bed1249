"""Requests for a session: asked by a company or a buyer, answered by the other side or the coordinator, or expired."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduler.booking.errors import BadInput, Fault, NotFound, Refusal, RulesBroken
from scheduler.booking.fair import Fair
from scheduler.booking.match import Priority
from scheduler.booking.people import Buyer, Company
from scheduler.booking.picking import matched_already, no_requests, too_many_requests
from scheduler.services.actor import Actor, Role
from scheduler.services.notices import RowState
from scheduler.services.pairs import Pair, match_between, pair_in
from scheduler.services.picking_rules import rules_in
from scheduler.storage import audit, fairs, matches, outbox, people, requests, wishes
from scheduler.storage.db import Database, new_id
from scheduler.storage.outbox import OutboxRow
from scheduler.storage.requests import Request
from scheduler.wording import Phrase

ASKED, ANSWERED = "request_asked", "request_answered"
"""Kinds of the mails about requests. Their recipients are companies and buyers."""
LONGEST_MESSAGE = 500
AT_ONCE = 30


class RequestOver(Refusal):
    """It has been answered, withdrawn or has run out meanwhile."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.phrase = Phrase("This request is no longer open: %(state)s", state=STATES[state])
        super().__init__(state)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request with its two sides."""

    request: Request
    company: Company
    buyer: Buyer

    @property
    def is_to_buyer(self) -> bool:
        return self.request.asked_by == Role.COMPANY


@dataclass(frozen=True, kw_only=True)
class BuyerRequests:
    """What a buyer has asked and was asked at a fair, and whom they could still ask."""

    fair: Fair
    is_taken: bool
    asked: tuple[Asked, ...]
    companies: tuple[Company, ...]

    @property
    def to_answer(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.asked if one.request.state == "open" and one.is_to_buyer)


def ask(
    db: Database,
    fair_key: str,
    *,
    company_id: str,
    buyer_id: str,
    asked_by: Role,
    message: str = "",
    now: datetime,
    actor: Actor,
) -> Request:
    """Asks the other side for a session. Asked twice it is one request; asked by both sides it is agreed at once.

    Raises RulesBroken where there is nothing to ask for, BadInput for a message that is too long, NotFound.
    """
    said = _message(message)
    with db.write() as work:
        pair = pair_in(work, fair_key, company_id, buyer_id)
        rules = rules_in(work, pair.fair.id)
        if not rules.takes_part(pair.fair):
            raise RulesBroken([no_requests()])
        standing = requests.find_open_request(work, pair.fair.id, company_id, buyer_id)
        if standing is not None and standing.expires_at > now:
            if standing.asked_by == asked_by:
                return standing
            return _answer_in(work, standing, "accepted", now=now, actor=actor)
        if pair.is_matched:
            other = pair.buyer if asked_by is Role.COMPANY else pair.company
            raise RulesBroken([matched_already(other.name)])
        requests.expire_requests(work, now)
        _refuse_too_many(work, pair, asked_by)
        request = Request(
            id=new_id("req"),
            fair_id=pair.fair.id,
            company_id=company_id,
            buyer_id=buyer_id,
            asked_by=str(asked_by),
            state="open",
            message=said,
            created_at=now,
            expires_at=now + timedelta(hours=rules.request_hours),
        )
        requests.save_request(work, request)
        to = buyer_id if asked_by is Role.COMPANY else company_id
        outbox.add_rows(work, [_row(request, ASKED, to, now)])
        audit.record(work, now, actor.label, "ask", "request", request.id, {}, _facts(request))
        return request


def accept_request(db: Database, request_id: str, *, now: datetime, actor: Actor) -> Request:
    """The other side, or a coordinator, agrees: the two are matched. Raises RequestOver, NotFound."""
    return _answer(db, request_id, "accepted", now=now, actor=actor)


def decline_request(db: Database, request_id: str, *, now: datetime, actor: Actor) -> Request:
    """The other side, or a coordinator, says no. Raises RequestOver, NotFound."""
    return _answer(db, request_id, "declined", now=now, actor=actor)


def withdraw_request(db: Database, request_id: str, *, now: datetime, actor: Actor) -> Request:
    """Whoever asked takes it back. Raises RequestOver, NotFound."""
    return _answer(db, request_id, "withdrawn", now=now, actor=actor)


def expire_requests(db: Database, *, now: datetime) -> int:
    """Closes those that nobody has answered in time; the worker calls it now and then."""
    with db.write() as work:
        late = requests.expire_requests(work, now)
        for one in late:
            audit.record(work, now, "system:system", "expire", "request", one, {}, {"state": "expired"})
        return len(late)


def requests_of(
    db: Database, fair_key: str, resource_id: str | None = None
) -> tuple[Fair, tuple[Asked, ...]]:
    """Of a fair, or of one company or buyer in it, the newest first. Raises NotFound."""
    with db.read() as work:
        fair = fairs.get_fair(work, fair_key)
        found = requests.requests_of_fair(work, fair.id, resource_id)
        everyone = people.people_of(work, fair.id)
    companies = {one.id: one for one in everyone.companies}
    buyers = {one.id: one for one in everyone.buyers}
    return fair, tuple(
        Asked(request=one, company=companies[one.company_id], buyer=buyers[one.buyer_id])
        for one in found
        if one.company_id in companies and one.buyer_id in buyers
    )


def requests_of_buyer(db: Database, fair_id: str, buyer_id: str, *, now: datetime) -> BuyerRequests:
    """Raises NotFound. Companies marked never are left out, and a buyer does not learn which."""
    with db.read() as work:
        fair = fairs.get_fair_by_id(work, fair_id)
        rules = rules_in(work, fair_id)
        kept = requests.requests_of_fair(work, fair_id, buyer_id)
        # Late ones are shown as what they will be at the worker's next look.
        found = [_as_of(one, now) for one in kept]
        matched = {one.company_id for one in matches.matches_of(work, fair_id) if one.buyer_id == buyer_id}
        everyone = people.people_of(work, fair_id)
    companies = {one.id: one for one in everyone.companies}
    buyer = next((one for one in everyone.buyers if one.id == buyer_id), None)
    if buyer is None:
        raise NotFound(kind="buyer", key=buyer_id)
    waiting = {one.company_id for one in found if one.state == "open"}
    return BuyerRequests(
        fair=fair,
        is_taken=rules.takes_part(fair),
        asked=tuple(
            Asked(request=one, company=companies[one.company_id], buyer=buyer)
            for one in found
            if one.company_id in companies
        ),
        companies=tuple(one for one in everyone.companies if one.id not in matched | waiting),
    )


def _as_of(request: Request, now: datetime) -> Request:
    is_late = request.state == "open" and request.expires_at <= now
    return replace(request, state="expired") if is_late else request


def _answer(db: Database, request_id: str, state: str, *, now: datetime, actor: Actor) -> Request:
    with db.write() as work:
        request = requests.get_request(work, request_id)
        if not _may(actor, request, state):
            raise NotFound(kind="request", key=request_id)
        if request.state == state:
            return request
        return _answer_in(work, request, state, now=now, actor=actor)


def _answer_in(work: Session, request: Request, state: str, *, now: datetime, actor: Actor) -> Request:
    if request.state == "open" and request.expires_at <= now:
        raise RequestOver("expired")
    if not requests.answer_request(work, request.id, state, now=now, answered_by=actor.label):
        current = requests.get_request(work, request.id)
        if current.state == state:
            return current
        raise RequestOver(current.state)
    after = replace(request, state=state, answered_at=now, answered_by=actor.label)
    if state == "accepted":
        _match(work, after)
    if state != "withdrawn":
        asker = after.company_id if after.asked_by == Role.COMPANY else after.buyer_id
        outbox.add_rows(work, [_row(after, ANSWERED, asker, now)])
    audit.record(work, now, actor.label, state, "request", request.id, _facts(request), _facts(after))
    return after


def _match(work: Session, request: Request) -> None:
    if matches.find_match(work, request.fair_id, request.company_id, request.buyer_id) is not None:
        return
    fair = fairs.get_fair_by_id(work, request.fair_id)
    pair = pair_in(work, fair.key, request.company_id, request.buyer_id)
    listed = wishes.wishes_of(work, fair.id, request.company_id)
    rank = listed.index(request.buyer_id) + 1 if request.buyer_id in listed else None
    match = match_between(pair.company, pair.buyer, priority=Priority.WANTED, rank=rank)
    matches.save_match(work, fair.id, match)


def _may(actor: Actor, request: Request, state: str) -> bool:
    """A request is answered by the side that was asked and taken back by the one that asked; coordinators do both."""
    if actor.role is Role.COORDINATOR:
        return True
    sides = {Role.COMPANY: request.company_id, Role.BUYER: request.buyer_id}
    if actor.resource_id is None or sides.get(actor.role) != actor.resource_id:
        return False
    return (actor.role == request.asked_by) == (state == "withdrawn")


def _refuse_too_many(work: Session, pair: Pair, asked_by: Role) -> None:
    asker = pair.company.id if asked_by is Role.COMPANY else pair.buyer.id
    theirs = [
        one
        for one in requests.requests_of_fair(work, pair.fair.id, asker)
        if one.state == "open" and one.asked_by == asked_by
    ]
    if len(theirs) >= AT_ONCE:
        raise RulesBroken([too_many_requests(len(theirs))])


def _message(written: str) -> str:
    kept = "".join(one for one in written if one in "\n\t" or unicodedata.category(one)[0] != "C")
    said = "\n".join(" ".join(line.split()) for line in kept.strip().splitlines())
    if len(said) > LONGEST_MESSAGE:
        wrong = Phrase("This is too long: at most %(count)s characters.", count=LONGEST_MESSAGE)
        raise BadInput([Fault(place="message", wrong=wrong)])
    return said


def _row(request: Request, kind: str, recipient_id: str, now: datetime) -> OutboxRow:
    return OutboxRow(
        id=new_id("out"),
        meeting_id=None,
        fair_id=request.fair_id,
        revision=0,
        kind=kind,
        recipient_id=recipient_id,
        state=str(RowState.DUE),
        due_at=now,
        facts={"request_id": request.id},
        created_at=now,
    )


def _facts(request: Request) -> dict[str, object]:
    return {"company_id": request.company_id, "buyer_id": request.buyer_id, "state": request.state}


STATES: dict[str, Phrase] = {
    "open": Phrase("waiting for an answer"),
    "accepted": Phrase("accepted"),
    "declined": Phrase("declined"),
    "withdrawn": Phrase("withdrawn"),
    "expired": Phrase("expired without an answer"),
}
