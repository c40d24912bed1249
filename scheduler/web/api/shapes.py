"""What goes over the wire: instants in ISO 8601 with UTC, ids as they are, and zones named beside."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from scheduler.web.intake_guard import is_odd

Id = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]


def _as_text(given: Any) -> Any:
    """A number is no moment here, though it could be read as one."""
    if isinstance(given, int | float) or (isinstance(given, str) and given.lstrip("-").isdigit()):
        raise ValueError("write it as text, as in ISO 8601")
    return given


Day = Annotated[date, BeforeValidator(_as_text)]
Moment = Annotated[AwareDatetime, BeforeValidator(_as_text)]


class Strict(BaseModel):
    """What is sent to us: a field we do not know is a mistake, and said to be one. So is a NUL or half a character."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def only_what_is_typed(cls, given: Any) -> Any:
        if _holds_odd(given):
            raise ValueError("there are characters in it that nobody types")
        return given


def _holds_odd(given: Any) -> bool:
    if isinstance(given, Mapping):
        return any(_holds_odd(key) or _holds_odd(one) for key, one in given.items())
    if isinstance(given, list):
        return any(map(_holds_odd, given))
    return isinstance(given, str) and is_odd(given)


class FairPath(BaseModel):
    key: Id


class SessionPath(BaseModel):
    session_id: Id


class BuildPath(BaseModel):
    key: Id
    build_id: Id


class SessionQuery(BaseModel):
    limit: int = Field(100, ge=1, le=500, description="How many at most.")
    after: str | None = Field(None, max_length=200, description="The `next` of the page before.")
    day: Day | None = Field(None, description="A day of the fair's own zone.")
    state: str | None = Field(None, pattern="^(held|confirmed|completed|no_show|cancelled)$")


class Fair(BaseModel):
    key: str
    name: str
    name_en: str
    zone: str
    days: list[date]
    state: str
    slot_minutes: int


class FairList(BaseModel):
    fairs: list[Fair]


class Person(BaseModel):
    """A company, a buyer, an interpreter or a room. `zone` is where their hours are."""

    id: str
    kind: str
    name: str
    name_en: str = ""
    zone: str
    country: str = ""
    languages: list[str] = []


class PersonList(BaseModel):
    people: list[Person]


class Match(BaseModel):
    id: str
    company_id: str
    buyer_id: str
    priority: int
    needs_room: bool
    languages: list[str]


class MatchList(BaseModel):
    matches: list[Match]


class Session(BaseModel):
    """`revision` is also the entity tag; `answers` are person -> accepted, declined or tentative."""

    id: str
    uid: str
    match_id: str | None
    company_id: str | None
    buyer_id: str | None
    interpreter_ids: list[str]
    room_id: str | None
    start_at: datetime
    end_at: datetime
    state: str
    revision: int
    link: str
    is_pinned: bool
    answers: dict[str, str] = {}


class SessionList(BaseModel):
    sessions: list[Session]
    next: str | None = None


class Booking(Strict):
    """Interpreters and room are found by the system where they are left out."""

    match_id: Id
    start_at: Moment
    end_at: Moment | None = Field(None, description="Left out: the fair's own length of a slot.")
    interpreter_ids: list[Id] | None = Field(None, max_length=10)
    room_id: Id | None = None


class Move(Strict):
    """What is left out stays where it can, and is found anew where it cannot."""

    start_at: Moment
    end_at: Moment | None = None
    interpreter_ids: list[Id] | None = Field(None, max_length=10)
    room_id: Id | None = None


class Option(BaseModel):
    start_at: datetime
    end_at: datetime
    is_possible: bool
    room_ids: list[str]
    reasons: list[str]


class OptionList(BaseModel):
    options: list[Option]


class Build(BaseModel):
    """`state` is building, ready, stopped, failed, published or discarded; the rest is known when it is done."""

    id: str
    state: str
    error: str = ""
    placed: int | None = None
    wanted: int | None = None
    bound: int | None = None
    status: str | None = None


class Publication(BaseModel):
    added: int
    moved: int
    cancelled: int
    unchanged: int


class Imported(BaseModel):
    fair: Fair
    changes: dict[str, int]


class Sent(BaseModel):
    notices: int
