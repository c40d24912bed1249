"""What the tools found, and which of it has been explained: narrowly, with a reason, in explained.toml."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

EXPLAINED = Path(__file__).parent / "explained.toml"
_NAMES = frozenset({"tool", "kind", "where", "what", "most", "reason"})
_SHORTEST_REASON = 20


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding. `kind` is the tool's own name for it; `where` a file, a release, an operation or a path;
    `what` the line of code or the sentence that says what it is.
    """

    tool: str
    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.tool} {self.kind} at {self.where}: {self.what}"


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one tool looked at, and what it found. `not_done` says why it could not look: that is never clean."""

    tool: str
    version: str
    at: str
    findings: tuple[Finding, ...] = ()
    not_done: str = ""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why one kind of finding at one place is none. It holds for at most so many, so that a new one shows."""

    tool: str
    kind: str
    where: str
    reason: str
    what: str = ""
    most: int = 1

    def fits(self, finding: Finding) -> bool:
        same = (self.tool, self.kind, self.where) == (finding.tool, finding.kind, finding.where)
        return same and self.what in finding.what


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The findings of one look, sorted."""

    look: Look
    explained: tuple[Finding, ...]
    unexplained: tuple[Finding, ...]


def explanations(path: Path = EXPLAINED) -> tuple[Explanation, ...]:
    """Raises ValueError for an explanation that explains too much or nothing."""
    return tuple(_explanation(one) for one in tomllib.loads(path.read_text()).get("explained", []))


def judge(look: Look, known: Iterable[Explanation]) -> Judged:
    """Each explanation is used up by the findings it fits."""
    left = {place: one.most for place, one in enumerate(known)}
    listed = tuple(known)
    explained, unexplained = [], []
    for finding in look.findings:
        fitting = [place for place, one in enumerate(listed) if left[place] and one.fits(finding)]
        if fitting:
            left[fitting[0]] -= 1
        (explained if fitting else unexplained).append(finding)
    return Judged(look=look, explained=tuple(explained), unexplained=tuple(unexplained))


def unused(known: Iterable[Explanation], looks: Iterable[Look]) -> tuple[Explanation, ...]:
    """Explanations of what a tool that has looked does not find any more."""
    findings = [finding for look in looks for finding in look.findings]
    looked = {look.tool for look in looks if not look.not_done}
    return tuple(one for one in known if one.tool in looked and not any(map(one.fits, findings)))


def _explanation(given: dict[str, object]) -> Explanation:
    unknown = set(given) - _NAMES
    if unknown:
        raise ValueError(f"an explanation knows no {', '.join(sorted(unknown))}")
    one = Explanation(**given)  # type: ignore[arg-type]
    if not all((one.tool, one.kind, one.where)) or "*" in one.where:
        raise ValueError(f"an explanation names its tool, kind and place, and no other: {one}")
    if len(one.reason) < _SHORTEST_REASON:
        raise ValueError(f"an explanation gives its reason: {one}")
    return one
