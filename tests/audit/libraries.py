"""What is known of every pinned library: by pip-audit, or where that gets no answer, of each newest release.

A mirror of PyPI may say nothing of a single release, which is all that pip-audit asks for, and yet pass on what PyPI
says of a project, where the vulnerabilities of its newest release stand. What is pinned is mostly that one.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

from tests.audit.findings import Finding, Look
from tests.audit.tools import CODE, ROOT, ToolFailed, run_tool, version_of

TOOL = "pip-audit"
FILES = ("run.txt", "build.txt", "dev.txt")
KNOWN_BAD = "jinja2==2.11.2"
"""A release of which a vulnerability is known: where nothing is said of it, silence means nothing."""
NEWEST_TOOL = "pypi.org"
INSTALLED = ("run.txt", "build.txt")
GIVEN_UP = "pycrypto"
"""A project without a new release since what is wrong with its last one became known."""
_SECONDS = 240.0


@dataclass(frozen=True, kw_only=True)
class Project:
    """Its newest release, and the names of what is known to be wrong with that one."""

    newest: str
    vulnerabilities: tuple[str, ...] = ()


def look_at_libraries() -> Look:
    """A library that could not be asked about is a finding: silence is not the same as no vulnerability."""
    version = version_of(TOOL, "audit.txt")
    wanted = [ROOT / "requirements" / name for name in FILES]
    at = f"requirements/{', '.join(FILES)}"
    try:
        if not any(one.get("vulns") for one in _asked_known_bad()):
            return look_at_newest_releases()
        asked = _asked(wanted)
    except (ToolFailed, ValueError) as error:
        return Look(tool=TOOL, version=version, at=at, not_done=f"the database was not reached: {error}")
    found = tuple(finding for one in asked for finding in _findings(one))
    return Look(tool=TOOL, version=version, at=f"{len(asked)} releases of {at}", findings=found)


def look_at_newest_releases(asked: Callable[[str], Project] | None = None) -> Look:
    """Of what an installation has. What is pinned and older cannot be told about, and is named."""
    asked = asked or project_at_pypi
    at = f"requirements/{', '.join(INSTALLED)}, by what pypi.org says of each newest release"
    nothing = Look(tool=NEWEST_TOOL, version="-", at=at)
    try:
        if not asked(GIVEN_UP).vulnerabilities:
            wrong = f"pypi.org says nothing of {KNOWN_BAD} nor of {GIVEN_UP}, which are known to be bad"
            return replace(nothing, not_done=f"the database was not reached: {wrong}")
        known = {pin: asked(pin[0]) for name in INSTALLED for pin in _pinned(name)}
    except (OSError, ValueError, KeyError) as error:
        return replace(nothing, not_done=f"the database was not reached: {error!r}")
    findings = tuple(
        Finding(
            tool=NEWEST_TOOL, kind=each, where=" ".join(pin), what=f"known of {project.newest}, the newest"
        )
        for pin, project in known.items()
        for each in project.vulnerabilities
    )
    older = [f"{' '.join(pin)} (newest: {one.newest})" for pin, one in known.items() if pin[1] != one.newest]
    at = f"{len(known) - len(older)} of {len(known)} releases of {at}"
    untold = f"nothing is told of releases that are not the newest: {', '.join(older)}" if older else ""
    return Look(tool=NEWEST_TOOL, version="-", at=at, findings=findings, not_done=untold)


def project_at_pypi(name: str) -> Project:
    """Raises OSError, ValueError, KeyError."""
    with urlopen(f"https://pypi.org/pypi/{name}/json", timeout=20) as answer:
        told = json.load(answer)
    bad = tuple(one["id"] for one in told["vulnerabilities"] if not one.get("withdrawn"))
    return Project(newest=told["info"]["version"], vulnerabilities=bad)


def _pinned(name: str) -> list[tuple[str, str]]:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    pins = (line.partition("==") for line in lines if "==" in line)
    return [(package, version) for package, _, version in pins]


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
