"""Which company is to meet which buyer, so that the sessions are shared evenly on both sides."""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from random import Random


def even_pairs(companies: int, buyers: int, count: int, seed: str) -> tuple[tuple[int, int], ...]:
    """So many different pairs (company, buyer), numbered from 0, in the order of the companies.

    Nobody has more than one session more than another of the same side, but where chance has no other
    partner left. The same seed gives the same pairs.
    """
    if count > companies * buyers:
        raise ValueError(f"{companies} companies and {buyers} buyers make no {count} pairs")
    rng = Random(seed)  # noqa: S311 - sample data, no secret
    # The buyers with the fewest sessions come first, in an order drawn anew each time.
    waiting = [(0, rng.random(), buyer) for buyer in range(buyers)]
    heapify(waiting)
    pairs: list[tuple[int, int]] = []
    for company, share in enumerate(_shares(companies, count)):
        chosen = [heappop(waiting) for _ in range(share)]
        pairs += sorted((company, buyer) for _, _, buyer in chosen)
        for sessions, _, buyer in chosen:
            heappush(waiting, (sessions + 1, rng.random(), buyer))
    return tuple(pairs)


def _shares(companies: int, count: int) -> Iterator[int]:
    """How many sessions each company has: differing by one at most, the larger ones spread out."""
    for place in range(companies):
        yield (place + 1) * count // companies - place * count // companies


def evenly_marked(total: int, marked: int) -> frozenset[int]:
    """So many of the places 0 .. total-1, spread out."""
    return frozenset(place * total // marked for place in range(marked)) if marked else frozenset()
