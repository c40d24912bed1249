"""What grids are aimed to reach, beside what was measured: met, or by how much not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.grid_measured import Measured
from benchmarks.tables import Table


@dataclass(frozen=True, kw_only=True)
class Target:
    """`value` of what was measured is to be at most `most`."""

    fair: str
    words: str
    most: float
    value: Callable[[Measured], float]


def _until_full(one: Measured) -> float:
    return float("inf") if one.full_after is None else one.full_after


def _not_placed(one: Measured) -> float:
    return one.wanted - one.placed


def _not_proved(one: Measured) -> float:
    return float(one.status != "optimal")


def _whole_within(fair: str, seconds: float) -> tuple[Target, ...]:
    return (
        Target(fair=fair, words="seconds until all are placed", most=seconds, value=_until_full),
        Target(fair=fair, words="sessions not placed", most=0, value=_not_placed),
    )


TARGETS = (
    *_whole_within("15 x 20", 0.5),
    Target(fair="15 x 20", words="idle slots", most=0, value=lambda one: one.idle),
    Target(fair="15 x 20", words="seconds in all", most=0.5, value=lambda one: one.seconds),
    Target(fair="15 x 20", words="not proved", most=0, value=_not_proved),
    Target(fair="15 x 20", words="seconds from a cold start", most=3, value=lambda one: one.cold),
    *_whole_within("17 x 12, 4 rooms", 2),
    *_whole_within("namdong-indonesia", 2),
    *_whole_within("boomup-2019", 2),
    *_whole_within("870 x 223", 2),
    *_whole_within("870 x 223, tight", 2),
    Target(fair="870 x 223, tight", words="gap in percent", most=5, value=lambda one: 100 * one.gap),
    *_whole_within("boomup-2023", 5),
    Target(fair="boomup-2023", words="gap in percent", most=2, value=lambda one: 100 * one.gap),
    *_whole_within("1,500 x 400, tight", 5),
    Target(fair="1,500 x 400, tight", words="gap in percent", most=2, value=lambda one: 100 * one.gap),
    *_whole_within("3,000 x 1,000", 10),
    *_whole_within("3,000 x 1,000, tight", 10),
    *_whole_within("synthetic-10000", 10),
    Target(
        fair="3,000 x 1,000, tight",
        words="megabytes at most",
        most=500,
        value=lambda one: one.peak_megabytes,
    ),
    Target(fair="synthetic-10000", words="megabytes at most", most=500, value=lambda one: one.peak_megabytes),
)


def table_of(found: Mapping[str, Measured]) -> Table:
    """All targets about fairs that were measured."""
    rows = tuple(_row(one, found[one.fair]) for one in TARGETS if one.fair in found)
    missed = sum(row[-1] != "met" for row in rows)
    return Table(
        title="What is aimed at",
        head=("fair", "what", "at most", "measured", ""),
        rows=rows,
        note=f"{len(rows) - missed} of {len(rows)} met.",
    )


def _row(target: Target, one: Measured) -> tuple[str, ...]:
    value = target.value(one)
    verdict = "met" if value <= target.most else f"missed by {value - target.most:.1f}"
    return target.fair, target.words, f"{target.most:g}", f"{value:.1f}", verdict
