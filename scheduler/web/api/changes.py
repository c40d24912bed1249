"""What changes because of people: somebody is away, somebody proposes other hours."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from scheduler.services import proposals
from scheduler.services.absence import Absence
from scheduler.services.api_keys import Scope
from scheduler.services.replan import apply_replan, get_replan, preview_replan
from scheduler.timezones.span import WallSpan
from scheduler.web.api import managed, shapes, shaping
from scheduler.web.api.access import SECURITY, actor, needs, operation_id
from scheduler.web.api.answering import answered
from scheduler.web.api.reader import reader_language
from scheduler.web.once import ticket_of
from scheduler.web.site import site

changes = APIBlueprint(
    "api_changes",
    __name__,
    abp_tags=[Tag(name="changes")],
    abp_security=SECURITY,
    operation_id_callback=operation_id,
)


@changes.post(
    "/fairs/<string:key>/replans",
    summary="Plan around somebody's absence",
    responses={201: managed.Replan},
)
@needs(Scope.MANAGE)
def preview_absence(path: shapes.FairPath, body: managed.Absence) -> Response:
    """Nothing is changed and nobody is told: the answer says what applying it would do."""
    preview = preview_replan(
        site().database,
        site().settings,
        path.key,
        Absence(resource_id=body.resource_id, on=body.on, span=WallSpan.parse(f"{body.since}-{body.until}")),
        now=site().clock(),
        actor=actor(),
        standby=site().standby,
    )
    return answered(shaping.replan(preview, reader_language()), 201)


@changes.get(
    "/fairs/<string:key>/replans/<string:replan_id>",
    summary="What applying would do now",
    responses={200: managed.Replan},
)
@needs(Scope.READ)
def one_replan(path: managed.ReplanPath) -> Response:
    view = get_replan(site().database, site().settings, path.key, path.replan_id, now=site().clock())
    return answered(shaping.replan(view, reader_language()))


@changes.post(
    "/fairs/<string:key>/replans/<string:replan_id>/apply",
    summary="Apply it, and tell those concerned",
    responses={200: shapes.Publication},
)
@needs(Scope.MANAGE)
def apply_absence(path: managed.ReplanPath) -> Response:
    """Once: applied before, it is a 404, or with an `Idempotency-Key` the same answer again. A 409 when anything it
    stands on has changed meanwhile.
    """
    done = apply_replan(
        site().database,
        site().settings,
        path.key,
        path.replan_id,
        now=site().clock(),
        actor=actor(),
        ticket=ticket_of(actor()),
    )
    return answered(
        shapes.Publication(
            added=done.added, moved=done.moved, cancelled=done.cancelled, unchanged=done.unchanged
        )
    )


@changes.get("/proposals", summary="Free times that wait for a word", responses={200: managed.ProposalList})
@needs(Scope.READ)
def open_proposals() -> Response:
    found = proposals.open_proposals(site().database)
    return answered(managed.ProposalList(proposals=[shaping.proposal(one) for one in found]))


@changes.post(
    "/proposals/<string:proposal_id>/accept",
    summary="Take them over as hours",
    responses={200: managed.Settled},
)
@needs(Scope.MANAGE)
def accept_proposal(path: managed.ProposalPath) -> Response:
    proposals.accept(site().database, path.proposal_id, now=site().clock(), actor=actor())
    return answered(managed.Settled(id=path.proposal_id, state="accepted"))


@changes.post(
    "/proposals/<string:proposal_id>/decline",
    summary="Leave the hours as they are",
    responses={200: managed.Settled},
)
@needs(Scope.MANAGE)
def decline_proposal(path: managed.ProposalPath) -> Response:
    proposals.decline(site().database, path.proposal_id, now=site().clock(), actor=actor())
    return answered(managed.Settled(id=path.proposal_id, state="declined"))
