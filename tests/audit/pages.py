"""Wapiti over the pages of the running program: without a login, as a company, and as a coordinator."""

import json
import re
from pathlib import Path

from tests.audit.findings import Finding, Look
from tests.audit.stage import Stage, Visitor
from tests.audit.tools import PAGES, ToolFailed, run_tool, version_of

TOOL = "wapiti"
MODULES = (
    *("sql", "xss", "permanentxss", "file", "exec", "crlf", "redirect", "upload", "backup", "htaccess"),
    *("csp", "http_headers", "cookieflags"),
)
"""Not those that need a server of Wapiti's own elsewhere (ssrf, xxe), nor csrf: it sends the content type twice, so
that even the right token is refused and it cannot tell the two apart; `web/test_access.py` tries every form.
"""
CRAWL_SECONDS, ATTACK_SECONDS = 25, 10
"""For one visitor: how long it looks for pages, and how long each module may take."""
_ENDING = ("/logout", "/sessions", "/password", "/people/*/*", "/my/team/*", "/privacy/*", "/keys/*/end")
"""What ends the visitor's own session, or takes away everything there is to try."""
_LEAST_PAGES = 3
_TOKENS = re.compile(r"[A-Za-z0-9_-]{20,}|\b[a-z]+_[A-Za-z0-9]{8,}")


def look_at_pages(stage: Stage, visitor: Visitor, folder: Path) -> Look:
    """A visitor who was logged out on the way has not looked at their pages."""
    version, at = version_of("wapiti3", "audit-pages.txt"), f"as {visitor.role}"
    report = folder / f"wapiti-{visitor.role}.json"
    try:
        run_tool(_command(stage, visitor, folder, report), codes=(0,), seconds=_longest())
        read = json.loads(report.read_text())
    except (ToolFailed, OSError, ValueError) as error:
        return Look(tool=TOOL, version=version, at=at, not_done=str(error))
    count = int(read["infos"]["crawled_pages_nbr"])
    findings = tuple(_findings(read, stage))
    if count < _LEAST_PAGES:
        return Look(tool=TOOL, version=version, at=at, not_done=f"it found no more than {count} pages")
    if visitor.cookie and visitor.role != "nobody" and not visitor.is_logged_in:
        return Look(tool=TOOL, version=version, at=at, findings=findings, not_done="it was logged out")
    return Look(tool=TOOL, version=version, at=f"{count} pages and forms {at}", findings=findings)


def _command(stage: Stage, visitor: Visitor, folder: Path, report: Path) -> list[str | Path]:
    given: list[str | Path] = [PAGES / "wapiti", "--url", f"{stage.address}/", "--scope", "folder"]
    for ending in _ENDING:
        given += ["--exclude", f"{stage.address}{ending}"]
    if visitor.cookie:
        given += ["--header", f"Cookie: {visitor.cookie}"]
    given += ["--module", ",".join(MODULES), "--flush-session", "--store-session", folder / visitor.role]
    given += ["--max-scan-time", str(CRAWL_SECONDS), "--max-attack-time", str(ATTACK_SECONDS)]
    given += ["--depth", "6", "--max-links-per-page", "40", "--max-files-per-dir", "12"]
    return [*given, "--format", "json", "--output", report, "--verbose", "0", "--no-bugreport"]


def _longest() -> float:
    return CRAWL_SECONDS + ATTACK_SECONDS * (len(MODULES) + 2) + 60.0


def _findings(read: dict[str, dict[str, list[dict[str, object]]]], stage: Stage) -> list[Finding]:
    found = {
        (kind, _place(str(one["path"])), _sentence(one, stage))
        for part in ("vulnerabilities", "anomalies")
        for kind, several in read[part].items()
        for one in several
    }
    return [Finding(tool=TOOL, kind=kind, where=where, what=what) for kind, where, what in sorted(found)]


def _place(path: str) -> str:
    """An address without what is different each time."""
    return _TOKENS.sub("…", path.partition("?")[0])


def _sentence(one: dict[str, object], stage: Stage) -> str:
    about = f"{one['method']} {one['parameter'] or ''}".strip()
    return f"{about}: {' '.join(str(one['info']).split())}".replace(stage.address, "")[:300]
