"""Schemathesis against the running interface, with a key that may do everything."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.audit.findings import Finding, Look
from tests.audit.stage import Stage
from tests.audit.tools import CODE, ToolFailed, run_tool, version_of

TOOL = "schemathesis"
SECONDS = 120
_LEAST_CASES = 300


def look_at_interface(stage: Stage, folder: Path) -> Look:
    """Every operation of the description, by examples, at the edges of its types, by chance, and one after another."""
    version, report = version_of(TOOL, "audit.txt"), folder / "schemathesis.json"
    at = "the operations of /api/v1/openapi.json"
    try:
        run_tool(_command(stage, report), codes=(0, 1), seconds=SECONDS + 60, folder=folder)
        read = json.loads(report.read_text())
    except (ToolFailed, OSError, ValueError) as error:
        return Look(tool=TOOL, version=version, at=at, not_done=str(error))
    tested, all_of_them = read["operations"]["tested"], read["operations"]["total"]
    cases = read["test_cases"]["generated"]
    findings = tuple(_findings(read))
    at = f"{tested} of {all_of_them} operations, {cases} requests"
    missing = f"{cases} requests are too few" if cases < _LEAST_CASES or tested < all_of_them else ""
    return Look(tool=TOOL, version=version, at=at, findings=findings, not_done=missing)


def _command(stage: Stage, report: Path) -> list[str | Path]:
    given: list[str | Path] = [CODE / TOOL, "--no-color", "run", f"{stage.address}/api/v1/openapi.json"]
    given += ["--header", f"Authorization: Bearer {stage.key}", "--checks", "all", "--seed", "1"]
    given += ["--phases", "examples,coverage,fuzzing,stateful", "--max-time", str(SECONDS)]
    given += ["--continue-on-failure", "--request-timeout", "60"]
    # How long something takes is measured elsewhere, on a machine that does nothing else.
    given += ["--max-response-time", "60"]
    return [*given, "--report", "json", "--report-json-path", report]


def _findings(read: dict[str, Any]) -> Iterator[Finding]:
    for kind in read["failures"]:
        for one in kind["operations"]:
            where = one if isinstance(one, str) else one["label"]
            yield Finding(tool=TOOL, kind=kind["code"], where=where, what=kind["title"])
    for error in read["errors"]:
        yield Finding(tool=TOOL, kind="error", where=str(error.get("label", "run")), what=str(error)[:300])
