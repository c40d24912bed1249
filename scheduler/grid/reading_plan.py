"""A plan read from JSON, with every fault in it. Whether it is any good is the checker's business."""

from dataclasses import dataclass

from scheduler.grid.plan import LeftOut, Plan, Status
from scheduler.grid.reading import LONGEST_TEXT, Faults, Node
from scheduler.grid.reading_problem import MOST_MATCHES, head, placement_from
from scheduler.wording import Phrase

_STATUSES = {one.value: one for one in Status}
_MANY = 10**9
_PROOF = (
    "status",
    "wanted",
    "placed",
    "bound",
    "idle",
    "idle_bound",
    "seconds",
    "seed",
    "solver",
    "versions",
    "weights",
)
_FIELDS = ("format", "kind", *_PROOF, "placements", "left_out")


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence kept in the languages it was written in."""

    ko: str
    en: str

    def text(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


def plan_from_json(written: object) -> Plan:
    """The plan, or BadInput with all faults."""
    faults = Faults()
    top = Node(written, "$", faults)
    head(top, "plan")
    top.only(_FIELDS)
    plan = Plan(
        placements=top.entries("placements", placement_from, MOST_MATCHES),
        left_out=top.entries("left_out", _left_out, MOST_MATCHES),
        status=top.choice("status", _STATUSES, Status.FEASIBLE.value),
        wanted=top.whole("wanted", 0, _MANY, 0),
        bound=top.whole("bound", 0, _MANY, 0),
        idle=top.whole("idle", 0, _MANY, 0),
        idle_bound=top.whole("idle_bound", 0, _MANY, 0),
        seconds=top.seconds("seconds"),
        seed=top.whole("seed", 0, _MANY, 0),
        solver=top.text("solver", ""),
        versions=_versions(top),
        weights=_weights(top),
    )
    if top.whole("placed", 0, _MANY, plan.placed) != plan.placed:
        top.wrong("placed", Phrase("there are %(count)s placements", count=plan.placed))
    faults.refuse()
    return plan


def _left_out(node: Node) -> LeftOut:
    node.only(("match_id", "reasons", "changes"))
    return LeftOut(
        match_id=node.text("match_id"),
        reasons=node.entries("reasons", _reason, 100),
        changes=node.entries("changes", _reason, 100),
    )


def _reason(node: Node) -> Phrase:
    return Phrase("%(reason)s", reason=Said(ko=node.text("ko"), en=node.text("en")))


def _versions(top: Node) -> dict[str, str]:
    fields = top.node("versions").fields if top.has("versions") else {}
    return {
        name: value for name, value in fields.items() if isinstance(value, str) and len(value) <= LONGEST_TEXT
    }


def _weights(top: Node) -> dict[str, int]:
    node = top.node("weights") if top.has("weights") else None
    return {name: node.whole(name, 0, _MANY) for name in node.fields} if node is not None else {}
