"""Language pairs that have to be looked at together, because the same interpreters work in several of them."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from scheduler.booking.people import Interpreter, LanguagePair

MOST_LEGS = 6
"""Up to so many language pairs that share interpreters every combination of them is counted."""


def pools_of(
    wanted: AbstractSet[LanguagePair], interpreters: Iterable[Interpreter]
) -> list[list[LanguagePair]]:
    """The wanted pairs in groups that share interpreters, directly or through others."""
    pools: list[set[LanguagePair]] = [{leg} for leg in sorted(wanted)]
    for one in interpreters:
        joined = [pool for pool in pools if not pool.isdisjoint(one.pairs)]
        if len(joined) > 1:
            pools = [pool for pool in pools if pool not in joined] + [set().union(*joined)]
    return [sorted(pool) for pool in pools]
