"""What a solver may spend, and what it tells while it works."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long to search: `seconds` of the clock, or `work` in the solver's own units, the same on every
    machine.

    With `work` given, or when the proof comes before `seconds` are over, the same seed gives the same plan.
    """

    seconds: float = 20.0
    work: float | None = None
    seed: int = 1
    workers: int = 2


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where the search stands. `idle` and `idle_bound` are None until they are known."""

    stage: str
    seconds: float
    wanted: int
    placed: int
    bound: int
    idle: int | None = None
    idle_bound: int | None = None
