"""What goes over the wire about what coordinators manage: accounts, rules, absences, proposals, webhooks."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from scheduler.web.api.shapes import Day, Id, Moment, Strict

Line = Annotated[str, StringConstraints(max_length=200)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-4]):[0-5][0-9]$")]
ReminderRule = Annotated[str, StringConstraints(pattern=r"^(day|[1-9][0-9]{0,4})$")]
Level = Literal["less", "normal", "more"]
EventName = Literal[
    "session.booked", "session.moved", "session.cancelled", "session.answered", "plan.published"
]


class AccountPath(BaseModel):
    account_id: Id


class Account(BaseModel):
    """`is_invited`: no password has been chosen yet. `resource_id` is the company or interpreter it stands for."""

    id: str
    email: str
    name: str
    role: str
    resource_id: str | None
    language: str
    is_active: bool
    is_invited: bool


class AccountList(BaseModel):
    accounts: list[Account]


class Invitation(Strict):
    """A company or an interpreter needs `resource_id`."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    role: Literal["coordinator", "company", "interpreter", "cohost"]
    name: Line = ""
    resource_id: Id | None = None
    language: Literal["ko", "en"] = "ko"


class AccountChange(Strict):
    is_active: bool


class Picking(BaseModel):
    """How companies pick slots of their own. Hours count back from the start of a session; null is no limit."""

    is_on: bool
    takes_requests: bool
    reach: str
    hold_minutes: int | None
    holds_at_once: int
    pick_hours: int
    move_hours: int
    cancel_hours: int
    closes_at: datetime | None
    wishes_close_at: datetime | None
    request_hours: int
    offer_minutes: int


class PickingChange(Strict):
    """What is left out stays as it is."""

    is_on: bool = False
    takes_requests: bool = False
    reach: Literal["matched", "everybody"] = "matched"
    hold_minutes: int | None = Field(None, ge=2, le=240)
    holds_at_once: int = Field(2, ge=1, le=20)
    pick_hours: int = Field(2, ge=0, le=720)
    move_hours: int = Field(24, ge=0, le=720)
    cancel_hours: int = Field(24, ge=0, le=720)
    closes_at: Moment | None = None
    wishes_close_at: Moment | None = None
    request_hours: int = Field(72, ge=1, le=1440)
    offer_minutes: int = Field(120, ge=5, le=10080)


class Reminders(BaseModel):
    """Kind of recipient -> rules: `day`, or minutes before the start."""

    company: list[str]
    buyer: list[str]
    interpreter: list[str]


class RemindersChange(Strict):
    company: list[ReminderRule] | None = Field(None, max_length=10)
    buyer: list[ReminderRule] | None = Field(None, max_length=10)
    interpreter: list[ReminderRule] | None = Field(None, max_length=10)


class GridWishes(BaseModel):
    """How much each wish counts when a grid is built."""

    waiting: str
    early_or_late_hours: str
    same_interpreter: str
    room_changes: str
    sharing_out: str


class GridWishesChange(Strict):
    waiting: Level | None = None
    early_or_late_hours: Level | None = None
    same_interpreter: Level | None = None
    room_changes: Level | None = None
    sharing_out: Level | None = None


class Absence(Strict):
    """Who is away: for the whole fair, or on one day of their own zone, or from `since` to `until` of it."""

    resource_id: Id
    on: Day | None = None
    since: Clock = "00:00"
    until: Clock = "24:00"


class ReplanPath(BaseModel):
    key: Id
    replan_id: Id


class Place(BaseModel):
    start_at: datetime
    end_at: datetime
    interpreter_ids: list[str]
    room_id: str | None


class ReplanMove(BaseModel):
    session_id: str | None
    before: Place
    after: Place


class ReplanDropped(BaseModel):
    session_id: str | None
    reasons: list[str]


class Replan(BaseModel):
    """What applying would do. `told`: person -> how many invites, changes and cancellations they would get."""

    id: str
    resource_id: str
    moves: list[ReplanMove]
    dropped: list[ReplanDropped]
    told: dict[str, int]
    is_fewest_proved: bool


class ProposalPath(BaseModel):
    proposal_id: Id


class ProposedSlot(BaseModel):
    start_at: datetime
    end_at: datetime


class Proposal(BaseModel):
    id: str
    fair: str
    resource_id: str
    created_at: datetime
    slots: list[ProposedSlot]


class ProposalList(BaseModel):
    proposals: list[Proposal]


class Settled(BaseModel):
    id: str
    state: str


class WebhookPath(BaseModel):
    webhook_id: Id


class DeliveryPath(BaseModel):
    webhook_id: Id
    delivery_id: Id


class WebhookWish(Strict):
    address: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[^@\s]+$")]
    events: list[EventName] = Field(min_length=1, max_length=5)


class Webhook(BaseModel):
    """`failures` are tries in a row; one that has ended is told nothing any more."""

    id: str
    address: str
    events: list[str]
    created_at: datetime
    failures: int
    ended_at: datetime | None
    ended_because: str


class NewWebhook(Webhook):
    secret: str


class WebhookList(BaseModel):
    webhooks: list[Webhook]


class Delivery(BaseModel):
    """`state` is due, leased, sent, failed or suppressed; `id` is also the header `Webhook-Id`."""

    id: str
    event: str
    state: str
    created_at: datetime
    attempts: int
    reason: str


class DeliveryList(BaseModel):
    deliveries: list[Delivery]
