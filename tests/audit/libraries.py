"""pip-audit over every pinned library, asking PyPI for what is known of each release."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.audit.findings import Finding, Look
from tests.audit.tools import CODE, ROOT, ToolFailed, run_tool, version_of

TOOL = "pip-audit"
FILES = ("run.txt", "build.txt", "dev.txt")
KNOWN_BAD = "jinja2==2.11.2"
"""A release of which a vulnerability is known: where nothing is said of it, silence means nothing."""
_SECONDS = 240.0


def look_at_libraries() -> Look:
    """A library that could not be asked about is a finding: silence is not the same as no vulnerability."""
    version = version_of(TOOL, "audit.txt")
    wanted = [ROOT / "requirements" / name for name in FILES]
    at = f"requirements/{', '.join(FILES)}"
    try:
        if not any(one.get("vulns") for one in _asked_known_bad()):
            wrong = f"the database was not reached: pypi.org says nothing of {KNOWN_BAD}, which is known to be bad"
            return Look(tool=TOOL, version=version, at=at, not_done=wrong)
        asked = _asked(wanted)
    except (ToolFailed, ValueError) as error:
        return Look(tool=TOOL, version=version, at=at, not_done=f"the database was not reached: {error}")
    found = tuple(finding for one in asked for finding in _findings(one))
    return Look(tool=TOOL, version=version, at=f"{len(asked)} releases of {at}", findings=found)


def _asked_known_bad() -> list[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "bad.txt")
        path.write_text(f"{KNOWN_BAD}\n")
        return _asked([path])


def _asked(files: list[Path]) -> list[dict[str, Any]]:
    # No installing and no resolving: the versions are exact already.
    command = [CODE / TOOL, "--no-deps", "--disable-pip", "--vulnerability-service", "pypi"]
    rest = ["--format", "json", "--progress-spinner", "off", "--timeout", "20"]
    wanted = [arg for path in files for arg in ("--requirement", path)]
    report = json.loads(run_tool([*command, *rest, *wanted], codes=(0, 1), seconds=_SECONDS))
    found: list[dict[str, Any]] = report["dependencies"]
    return found


def _findings(one: dict[str, Any]) -> list[Finding]:
    where = f"{one['name']} {one.get('version', '')}".strip()
    if "skip_reason" in one:
        return [Finding(tool=TOOL, kind="not asked", where=where, what=str(one["skip_reason"]))]
    return [
        Finding(tool=TOOL, kind=each["id"], where=where, what=" ".join(each["description"].split())[:200])
        for each in one["vulns"]
    ]
