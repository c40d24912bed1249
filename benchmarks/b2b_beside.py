"""A second process beside the first proof: the compiled search of the grid, then a proof that counts otherwise."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from threading import Event, Thread

from benchmarks.b2b_clauses import Counting
from benchmarks.b2b_instance import Instance, least_alone
from benchmarks.b2b_sat import Proof, prove
from benchmarks.b2b_search import search

_WAIT_SECONDS = 1.0
"""Some proofs are done by then, and nothing has to be started."""
_POLL_SECONDS = 0.1
_SEARCH_SECONDS = 4.0
Hear = Callable[[Proof], None]


@contextmanager
def looking(instance: Instance, *, seconds: float, hear: Hear) -> Iterator[None]:
    """While this is entered, `hear` is told from another thread what the second process finds."""
    done = Event()
    listener = Thread(target=_listen, args=(instance, seconds, hear, done), daemon=True)
    listener.start()
    try:
        yield
    finally:
        done.set()
        listener.join()


def _listen(instance: Instance, seconds: float, hear: Hear, done: Event) -> None:
    if done.wait(_WAIT_SECONDS):
        return
    apart = multiprocessing.get_context("spawn")
    ours, theirs = apart.Pipe(duplex=False)
    child = apart.Process(target=_look, args=(theirs, instance, seconds), daemon=True)
    child.start()
    theirs.close()
    while not done.is_set():
        try:
            if ours.poll(_POLL_SECONDS):
                hear(ours.recv())
        except EOFError:
            break
    child.terminate()
    child.join()


def _look(told: Connection, instance: Instance, seconds: float) -> None:
    bound = least_alone(instance)
    at, found_after = search(instance, seconds=_SEARCH_SECONDS, enough=bound)
    known = Proof(at=at, bound=bound, found_after=found_after, by="search")
    told.send(known)
    told.send(prove(instance, Counting.MEETINGS, seconds=seconds, known=known))
