"""What was measured of one fair, as a row of the table and as what the aims look at."""

from dataclasses import dataclass

HEAD = (
    "fair",
    "companies x buyers",
    "wanted",
    "load",
    "cold s",
    "full s",
    "all s",
    "CPU s",
    "placed",
    "bound",
    "idle",
    "bound",
    "gap",
    "status",
    "peak MB",
    "greedy placed",
    "idle",
    "s",
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One fair. Seconds from the start of the process (`cold`), of the search (`seconds`), and of the processor."""

    name: str
    size: str
    wanted: int
    load: float
    cold: float
    full_after: float | None
    seconds: float
    cpu: float
    placed: int
    bound: int
    idle: int
    idle_bound: int
    status: str
    peak_megabytes: int
    greedy_placed: int
    greedy_idle: int
    greedy_seconds: float

    @property
    def gap(self) -> float:
        return (self.idle - self.idle_bound) / max(1, self.placed)

    def row(self) -> tuple[str, ...]:
        return (
            self.name,
            self.size,
            str(self.wanted),
            f"{self.load:.2f}",
            f"{self.cold:.1f}",
            "-" if self.full_after is None else f"{self.full_after:.1f}",
            f"{self.seconds:.1f}",
            f"{self.cpu:.1f}",
            str(self.placed),
            str(self.bound),
            str(self.idle),
            str(self.idle_bound),
            f"{self.gap:.1%}",
            self.status,
            str(self.peak_megabytes),
            str(self.greedy_placed),
            str(self.greedy_idle),
            f"{self.greedy_seconds:.1f}",
        )
