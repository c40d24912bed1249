"""What came of sessions: read, stated on a side's word, and verified, claimed and verified amounts apart."""

from datetime import datetime
from typing import Annotated, Literal

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field, StringConstraints

from scheduler.booking import results as booked
from scheduler.booking.results import LONGEST_NOTE, MOST_USD, Result, Side
from scheduler.services.api_keys import Scope
from scheduler.services.results import session_result, state_result, verify_result
from scheduler.services.results_page import results_page
from scheduler.web.api import shapes
from scheduler.web.api.access import SECURITY, actor, needs, operation_id
from scheduler.web.api.answering import answered
from scheduler.web.once import ticket_of
from scheduler.web.site import site

results = APIBlueprint(
    "api_results",
    __name__,
    abp_tags=[Tag(name="results")],
    abp_security=SECURITY,
    operation_id_callback=operation_id,
)
StageName = Literal["not_held", "consulted", "in_progress", "contracted"]
_SOMETHING = r"[^\s\x1c-\x1f\x85]"
"""A text that is not blank."""
Note = Annotated[str, StringConstraints(max_length=LONGEST_NOTE)]


class StatementPath(BaseModel):
    session_id: shapes.Id
    statement_id: shapes.Id


class Statement(BaseModel):
    """`side` is whose word it is, `by_coordinator` that a coordinator wrote it down. Amounts are whole US dollars."""

    id: str
    side: str
    stage: str
    amount: int | None
    note: str
    stated_at: datetime
    by_coordinator: bool


class Verification(BaseModel):
    statement_id: str
    amount: int
    evidence: str
    verified_at: datetime


class SessionResult(BaseModel):
    """All statements in order of time: of each side the last counts. A verification speaks of its own statement."""

    session_id: str
    statements: list[Statement]
    verifications: list[Verification]


class StageTotal(BaseModel):
    stage: str
    sessions: int
    claimed: int
    verified_sessions: int
    verified: int


class Results(BaseModel):
    """Amounts of one stage are never added to those of another."""

    totals: list[StageTotal]
    sessions: list[SessionResult]


class NewStatement(shapes.Strict):
    """What a side told a coordinator. A buyer, and a session that was not held, has no amount; what a company says is
    in progress or contracted has one above 0.
    """

    side: Literal["company", "buyer"] = "company"
    stage: StageName
    amount: int | None = Field(None, ge=0, le=MOST_USD)
    note: Note = ""


class NewVerification(shapes.Strict):
    amount: int = Field(ge=0, le=MOST_USD)
    evidence: Annotated[str, StringConstraints(max_length=LONGEST_NOTE, pattern=_SOMETHING)]


@results.get("/fairs/<string:key>/results", summary="What came of a fair", responses={200: Results})
@needs(Scope.READ)
def results_listed(path: shapes.FairPath) -> Response:
    view = results_page(site().database, path.key, now=site().clock())
    totals = [StageTotal.model_validate(one, from_attributes=True) for one in view.totals]
    return answered(
        Results(totals=totals, sessions=[_shown(one.meeting.id, one.result) for one in view.lines])
    )


@results.post(
    "/sessions/<string:session_id>/results",
    summary="State what came of a session",
    responses={201: SessionResult},
)
@needs(Scope.BOOK)
def result_stated(path: shapes.SessionPath, body: NewStatement) -> Response:
    """Adds a statement; those before stay. With an `Idempotency-Key`, a repeat adds nothing."""
    side = Side(body.side)
    claim = booked.claim_of(
        stage=body.stage,
        amount="" if body.amount is None else str(body.amount),
        note=body.note,
        side=side,
    )
    state_result(
        site().database,
        path.session_id,
        claim,
        side=side,
        now=site().clock(),
        actor=actor(),
        ticket=ticket_of(actor(), body.model_dump(mode="json")),
    )
    return _answer(path.session_id)


@results.post(
    "/sessions/<string:session_id>/results/<string:statement_id>/verifications",
    summary="Verify an amount",
    responses={201: SessionResult},
)
@needs(Scope.BOOK)
def result_verified(path: StatementPath, body: NewVerification) -> Response:
    """Adds what was found, beside what is claimed. With an `Idempotency-Key`, a repeat adds nothing."""
    verify_result(
        site().database,
        path.session_id,
        path.statement_id,
        amount=str(body.amount),
        note=body.evidence,
        now=site().clock(),
        actor=actor(),
        ticket=ticket_of(actor(), body.model_dump(mode="json")),
    )
    return _answer(path.session_id)


def _answer(session_id: str) -> Response:
    found = session_result(site().database, session_id, now=site().clock())
    return answered(_shown(session_id, found.result), 201)


def _shown(session_id: str, result: Result) -> SessionResult:
    return SessionResult(
        session_id=session_id,
        statements=[
            Statement(
                id=one.id,
                side=str(one.side),
                stage=str(one.claim.stage),
                amount=one.claim.amount,
                note=one.claim.note,
                stated_at=one.said_at,
                by_coordinator=one.is_noted_for_them,
            )
            for one in result.statements
        ],
        verifications=[
            Verification(
                statement_id=one.statement_id,
                amount=one.amount,
                evidence=one.note,
                verified_at=one.checked_at,
            )
            for one in result.verifications
        ],
    )
