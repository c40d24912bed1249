"""The tools, each in its own environment below .venv, with the versions of requirements/audit*.txt."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE, PAGES = ROOT / ".venv/audit/bin", ROOT / ".venv/audit-pages/bin"


class ToolFailed(Exception):
    """A tool ended otherwise than by reporting."""


def version_of(name: str, requirements: str) -> str:
    """The version that is pinned, and so installed."""
    for line in (ROOT / "requirements" / requirements).read_text().splitlines():
        package, _, version = line.partition("==")
        if package.replace("_", "-").lower() == name:
            return version
    raise ToolFailed(f"{name} is not in requirements/{requirements}")


def run_tool(
    command: list[str | Path], *, codes: tuple[int, ...], seconds: float, folder: Path = ROOT
) -> str:
    """What the tool writes to standard output. Raises ToolFailed for any exit code that is not among `codes`."""
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"}
    try:
        done = subprocess.run(
            [str(one) for one in command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolFailed(f"{command[0]}: {type(error).__name__}") from error
    if done.returncode not in codes:
        last = " ".join((done.stderr or done.stdout).split())[-300:]
        raise ToolFailed(f"exit code {done.returncode}: {last}")
    return done.stdout
