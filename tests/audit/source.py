"""Bandit over the source."""

import json

from tests.audit.findings import Finding, Look
from tests.audit.tools import CODE, ROOT, ToolFailed, run_tool, version_of

TOOL = "bandit"
_SECONDS = 180.0


def look_at_source(folder: str = "scheduler") -> Look:
    version, files = version_of(TOOL, "audit.txt"), len(list((ROOT / folder).rglob("*.py")))
    at = f"{files} files of {folder}/, all severities"
    command = [CODE / TOOL, "--quiet", "--recursive", folder, "--format", "json"]
    try:
        report = json.loads(run_tool([*command], codes=(0, 1), seconds=_SECONDS))
    except (ToolFailed, ValueError) as error:
        return Look(tool=TOOL, version=version, at=at, not_done=str(error))
    unread = tuple(
        Finding(tool=TOOL, kind="unread", where=one["filename"], what=one["reason"])
        for one in report["errors"]
    )
    found = tuple(_finding(one) for one in report["results"])
    return Look(tool=TOOL, version=version, at=at, findings=unread + found)


def _finding(one: dict[str, object]) -> Finding:
    """`what` is the line, so that an explanation holds for this line and not for the next like it."""
    number = str(one["line_number"])
    lines = [line.partition(" ") for line in str(one["code"]).splitlines()]
    line = next((text.strip() for at, _, text in lines if at == number), "")
    return Finding(
        tool=TOOL, kind=str(one["test_id"]), where=str(one["filename"]), what=f"{line} ({one['issue_text']})"
    )
