"""Make the machine code of the search now: `python -m scheduler.grid.engine.prepare`.

Part of setting up, so that the first grid does not wait for a compiler. Where it is done already, it takes no time.
"""

import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from numba import types

from scheduler.grid.engine.annealing import anneal
from scheduler.grid.engine.assigning import assign
from scheduler.grid.engine.compiling import COMPLETE, folder
from scheduler.grid.engine.placing import fill, make_room
from scheduler.grid.engine.seats import put_all
from scheduler.grid.engine.waiting_bound import least_waiting

_WHOLE, _REAL = types.int64, types.float64
_LIST, _TABLE = _WHOLE[::1], _WHOLE[:, ::1]
ENTRIES: dict[str, tuple[Any, tuple[object, ...]]] = {
    "make_room": (make_room, (*[_LIST] * 5, _WHOLE, _WHOLE)),
    "anneal": (anneal, (*[_LIST] * 4, *[_WHOLE] * 3, *[_REAL] * 4)),
    "fill": (fill, (_LIST, _LIST)),
    "least_waiting": (least_waiting, (_LIST,) * 7),
    "assign": (assign, (_TABLE, _LIST, _TABLE, _LIST)),
    "put_all": (put_all, (_LIST, _LIST)),
}
"""What Python calls, the longest to make first, with the types it is called with."""


def prepare() -> None:
    """Make all machine code that is not there yet, on all processors; remove that of older sources."""
    if (folder() / COMPLETE).exists():
        return
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        list(pool.map(make, ENTRIES))
    (folder() / COMPLETE).touch()
    for other in folder().parent.iterdir():
        if other != folder():
            shutil.rmtree(other, ignore_errors=True)


def make(name: str) -> None:
    """Make the machine code of one entry."""
    entry, signature = ENTRIES[name]
    entry.compile(signature)


if __name__ == "__main__":
    prepare()
