"""Answers in JSON, with an entity tag where a thing has a revision."""

from flask import Response, make_response, request
from pydantic import BaseModel

from scheduler.booking.errors import ChangedMeanwhile, Refusal
from scheduler.wording import Phrase


class TagMissing(Refusal):
    """A change without the revision it was decided on: it could undo somebody else's."""

    phrase = Phrase("Say which revision this is about: If-Match with the entity tag of the session.")


class TagOutdated(ChangedMeanwhile):
    """The entity tag of If-Match is of something older, or of nothing that ever was."""


def answered(body: BaseModel, status: int = 200, *, revision: int | None = None) -> Response:
    """With `revision`, a program that has it already gets a 304."""
    answer = make_response(body.model_dump_json(), status, {"Content-Type": "application/json"})
    if revision is not None:
        answer.set_etag(str(revision))
        answer.make_conditional(request)
    return answer


def seen_revision() -> int:
    """The revision named by If-Match. Raises TagMissing, or TagOutdated for a tag that no session has ever had."""
    tags = list(request.if_match.as_set())
    if len(tags) != 1:
        raise TagMissing
    # An empty tag is read as None.
    if not (tags[0] and tags[0].isascii() and tags[0].isdecimal() and len(tags[0]) < 10):
        raise TagOutdated
    return int(tags[0])
