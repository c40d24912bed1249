"""Calling the command line in this process, as a terminal or a program would."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scheduler import cli
from scheduler.app import Program

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one call answered: its exit code and both of its outputs."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """The command line of one installation; English unless told otherwise."""

    instance: Path
    clock: Callable[[], datetime] = lambda: NOW

    def __call__(self, *words: str, **environ: str) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        given = {"SANGDAM_INSTANCE": str(self.instance), "LANG": "en_US.UTF-8", **environ}
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.run(words, edges=Program(), environ=given, clock=self.clock)
        return Answer(code=code, out=out.getvalue(), err=err.getvalue())
