"""The command line: it parses, calls the use cases and shows. No rule lives here."""

from scheduler.cli.call import Call, Edges
from scheduler.cli.run import run

__all__ = ["Call", "Edges", "run"]
