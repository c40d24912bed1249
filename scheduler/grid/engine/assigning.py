"""The cheapest assignment of rows to columns."""

import numpy as np
from numpy.typing import NDArray

from scheduler.grid.engine.compiling import compiled, inner

IMPOSSIBLE = 1 << 40
"""The cost of what cannot be."""
_FAR = 1 << 60
Costs = NDArray[np.int64]


def cheapest(costs: Costs) -> list[int] | None:
    """For each row of a matrix a column of its own so that the costs are least in sum; None when there is no way."""
    rows, columns = costs.shape
    if rows > columns:
        return None
    chosen = np.zeros(columns + 1, np.int64)
    work, above = np.zeros((4, columns + 1), np.int64), np.zeros(rows + 1, np.int64)
    assign(np.ascontiguousarray(costs), chosen, work, above)
    column_of = {int(row): column for column, row in enumerate(chosen[1:]) if row}
    found = [column_of[row + 1] for row in range(rows)]
    return None if any(costs[row, column] >= IMPOSSIBLE for row, column in enumerate(found)) else found


@inner
def reach_on(costs: Costs, chosen: Costs, work: Costs, above: Costs, column: int) -> int:
    """From a column that was reached, the next that is cheapest to reach; prices change so that it costs nothing."""
    here, delta, nearest = chosen[column], _FAR, 0
    work[3, column] = 1
    for other in range(1, len(chosen)):
        if work[3, other] == 0:
            reduced = costs[here - 1, other - 1] - above[here] - work[0, other]
            if reduced < work[1, other]:
                work[1, other], work[2, other] = reduced, column
            if work[1, other] < delta:
                delta, nearest = work[1, other], other
    for other in range(len(chosen)):
        if work[3, other] != 0:
            above[chosen[other]] += delta
            work[0, other] -= delta
        else:
            work[1, other] -= delta
    return nearest


@compiled
def assign(costs: Costs, chosen: Costs, work: Costs, above: Costs) -> None:
    """`chosen[column]` becomes the row, both counted from 1 (Kuhn and Munkres, one shortest path for each row).

    Rows of `work`: the price of a column, the least cost to reach it, where from, whether it was reached.
    """
    for row in range(1, len(above)):
        chosen[0], column = row, 0
        for other in range(len(chosen)):
            work[1, other], work[3, other] = _FAR, 0
        while chosen[column] != 0:
            column = reach_on(costs, chosen, work, above, column)
        while column != 0:
            before = work[2, column]
            chosen[column] = chosen[before]
            column = before
