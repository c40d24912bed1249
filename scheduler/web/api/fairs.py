"""Fairs, who takes part, the workbook in and out, the grid and its publication."""

from collections import Counter

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from scheduler.booking.errors import BadInput, Fault
from scheduler.services import agenda, build_grid
from scheduler.services.api_keys import Scope
from scheduler.services.export import export_fair
from scheduler.services.import_fair import import_fair
from scheduler.services.notices import send_changes
from scheduler.services.publish import preview_publication, publish
from scheduler.web.api import shapes, shaping
from scheduler.web.api.access import SECURITY, actor, needs, operation_id
from scheduler.web.api.answering import answered
from scheduler.web.api.description import XLSX
from scheduler.web.api.reader import reader_language
from scheduler.web.once import ticket_of
from scheduler.web.site import site
from scheduler.wording import Phrase

fairs = APIBlueprint(
    "api_fairs",
    __name__,
    url_prefix="/fairs",
    abp_tags=[Tag(name="fairs")],
    abp_security=SECURITY,
    operation_id_callback=operation_id,
)


@fairs.get("", summary="All fairs", responses={200: shapes.FairList})
@needs(Scope.READ)
def all_fairs() -> Response:
    cards = agenda.list_fairs(site().database)
    return answered(shapes.FairList(fairs=[shaping.fair(card.fair) for card in cards]))


@fairs.post("", summary="Import a workbook (.xlsx as the body)", responses={201: shapes.Imported})
@needs(Scope.MANAGE)
def import_workbook() -> Response:
    """The answers to open questions come as parameters `answer=KEY=VALUE`; without them a 409 lists the questions."""
    data = request.get_data(cache=False)
    if not data:
        raise BadInput([Fault(place="body", wrong=Phrase("No file was chosen, or it is empty."))])
    answers = dict(one.partition("=")[::2] for one in request.args.getlist("answer"))
    done = import_fair(
        site().database,
        data,
        request.args.get("filename", "workbook.xlsx"),
        answers=answers,
        key=request.args.get("key") or None,
        now=site().clock(),
        actor=actor(),
    )
    changes = Counter(str(one.effect) for one in done.changes)
    return answered(shapes.Imported(fair=shaping.fair(done.fair), changes=dict(changes)), 201)


@fairs.get("/<string:key>", summary="One fair", responses={200: shapes.Fair})
@needs(Scope.READ)
def one_fair(path: shapes.FairPath) -> Response:
    return answered(shaping.fair(agenda.get_fair(site().database, path.key)))


@fairs.get("/<string:key>/people", summary="Who takes part", responses={200: shapes.PersonList})
@needs(Scope.READ)
def people(path: shapes.FairPath) -> Response:
    view = agenda.participants_of(site().database, path.key, language=reader_language())
    everyone = (*view.companies, *view.buyers, *view.interpreters, *view.rooms)
    return answered(shapes.PersonList(people=[shaping.person(one.resource) for one in everyone]))


@fairs.get("/<string:key>/matches", summary="Who is to meet whom", responses={200: shapes.MatchList})
@needs(Scope.READ)
def matches(path: shapes.FairPath) -> Response:
    view = agenda.participants_of(site().database, path.key, language=reader_language())
    return answered(shapes.MatchList(matches=[shaping.match(one) for one in view.matches]))


@fairs.get("/<string:key>/workbook", summary="The fair as a workbook that imports to the same state")
@needs(Scope.MANAGE)
def workbook(path: shapes.FairPath) -> Response:
    """It has everybody's address and telephone number, so reading sessions is not enough."""
    return Response(export_fair(site().database, path.key, language=reader_language()), mimetype=XLSX)


@fairs.post("/<string:key>/builds", summary="Begin to build a grid", responses={202: shapes.Build})
@needs(Scope.MANAGE)
def begin_build(path: shapes.FairPath) -> Response:
    """A worker carries it out; ask for it again to see how it goes."""
    draft = build_grid.begin_build(site().database, path.key, now=site().clock(), actor=actor())
    return answered(shaping.build(draft), 202)


@fairs.get(
    "/<string:key>/builds/<string:build_id>", summary="How a build goes", responses={200: shapes.Build}
)
@needs(Scope.READ)
def build(path: shapes.BuildPath) -> Response:
    _, draft = agenda.get_draft(site().database, path.key, path.build_id)
    return answered(shaping.build(draft))


@fairs.post(
    "/<string:key>/builds/<string:build_id>/stop",
    summary="Stop with the best so far",
    responses={202: shapes.Build},
)
@needs(Scope.MANAGE)
def stop_build(path: shapes.BuildPath) -> Response:
    _, draft = agenda.get_draft(site().database, path.key, path.build_id)
    build_grid.stop_build(site().database, draft.id)
    return answered(shaping.build(draft), 202)


@fairs.get(
    "/<string:key>/publication", summary="What publishing would do", responses={200: shapes.Publication}
)
@needs(Scope.READ)
def publication(path: shapes.FairPath) -> Response:
    view = preview_publication(site().database, site().settings, path.key, now=site().clock())
    counts = shapes.Publication(
        added=view.added, moved=view.moved, cancelled=view.cancelled, unchanged=view.unchanged
    )
    return answered(counts)


@fairs.post(
    "/<string:key>/publication", summary="Publish the newest grid", responses={200: shapes.Publication}
)
@needs(Scope.MANAGE)
def publish_grid(path: shapes.FairPath) -> Response:
    """With an `Idempotency-Key`, a repeat gets the same answer."""
    done = publish(
        site().database,
        site().settings,
        path.key,
        now=site().clock(),
        actor=actor(),
        ticket=ticket_of(actor()),
    )
    counts = shapes.Publication(
        added=done.added, moved=done.moved, cancelled=done.cancelled, unchanged=done.unchanged
    )
    return answered(counts)


@fairs.post(
    "/<string:key>/changes", summary="Send the changes collected so far", responses={200: shapes.Sent}
)
@needs(Scope.MANAGE)
def send(path: shapes.FairPath) -> Response:
    count = send_changes(site().database, path.key, now=site().clock(), actor=actor())
    return answered(shapes.Sent(notices=count))
