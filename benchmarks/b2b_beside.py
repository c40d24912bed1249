"""Several proofs of one instance beside each other, each in a process of its own; what they find is put together."""

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection, wait
from time import monotonic

from benchmarks.b2b_instance import Instance, least_alone
from benchmarks.b2b_sat import Proof, Way, prove


def prove_beside(instance: Instance, ways: Sequence[Way], *, seconds: float) -> Proof:
    """The best board and the highest bound of all ways, until they meet, all are done or time is up."""
    began, known = monotonic(), Proof(bound=least_alone(instance))
    with ExitStack() as stack:
        told = [stack.enter_context(_at_work(instance, way)) for way in ways]
        while told and not known.is_closed and (left := began + seconds - monotonic()) > 0:
            for one in wait(told, timeout=left):
                try:
                    known = known.joined(one.recv(), after=monotonic() - began)
                except EOFError:
                    told.remove(one)
    return known


@contextmanager
def _at_work(instance: Instance, way: Way) -> Iterator[Connection]:
    """A process that proves in one way; on what is yielded it tells whatever it finds."""
    # A copy of this process has everything loaded already.
    apart = multiprocessing.get_context("fork")
    ours, theirs = apart.Pipe(duplex=False)
    child = apart.Process(target=_prove, args=(theirs, instance, way), daemon=True)
    child.start()
    theirs.close()
    try:
        yield ours
    finally:
        child.terminate()
        child.join()
        ours.close()


def _prove(told: Connection, instance: Instance, way: Way) -> None:
    prove(instance, way, hear=told.send)
