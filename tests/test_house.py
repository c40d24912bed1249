"""The rules of the house that no other tool holds us to."""

import ast
import configparser
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scheduler.settings import read_settings

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "scheduler" / "static" / "vendor"
LOCKS = ("run.txt", "build.txt", "dev.txt")
UTC_NAMES = {"None", "UTC", "timezone.utc", "datetime.UTC", "datetime.timezone.utc"}
# Written so that this file does not find itself.
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(?:home|Users|root|work)/[\w.]" + r"|\b[A-Z]:\\Users\\" + r"|/tmp/[x]\b"
)


def tracked_files(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def locked(*names: str) -> dict[str, str]:
    lines = [line for name in names for line in (ROOT / "requirements" / name).read_text().splitlines()]
    pairs = (line.split("==") for line in lines if "==" in line)
    return {canonicalize_name(name): version for name, version in pairs}


def asked_for(section: str, *options: str) -> list[Requirement]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lines = [line for option in options for line in config[section][option].splitlines() if line]
    return [Requirement(line) for line in lines]


def zones_given_as_tzinfo(source: str) -> Iterator[str]:
    """Yield each value but UTC that the source passes as tzinfo=; with pytz it would be wrong by minutes."""
    for node in ast.walk(ast.parse(source)):
        for keyword in getattr(node, "keywords", []):
            if keyword.arg == "tzinfo" and ast.unparse(keyword.value) not in UTC_NAMES:
                yield ast.unparse(keyword.value)


def test_imports_go_one_way_only() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_no_file_names_a_path_of_somebody_s_machine() -> None:
    found = {}
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", "ignore")
        if match := MACHINE_PATH.search(text):
            found[str(path.relative_to(ROOT))] = match[0]

    assert found == {}


@pytest.mark.parametrize("path", ["/ho" + "me/kim/app", "/Us" + "ers/kim/app", "C:\\Us" + "ers\\kim"])
def test_a_machine_path_would_be_found(path: str) -> None:
    assert MACHINE_PATH.search(f'open("{path}")')


@pytest.mark.parametrize("path", ["https://example.kr/home/kim", "homework/day", "./work/one", "/tmp/pg-1"])
def test_other_paths_are_no_machine_paths(path: str) -> None:
    assert not MACHINE_PATH.search(path)


def test_no_moment_gets_its_zone_through_tzinfo() -> None:
    found = {}
    for path in tracked_files("scheduler/*.py", "benchmarks/*.py"):
        if values := list(zones_given_as_tzinfo(path.read_text(encoding="utf-8"))):
            found[str(path.relative_to(ROOT))] = values

    assert found == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("at.replace(tzinfo=pytz.timezone('Asia/Seoul'))", ["pytz.timezone('Asia/Seoul')"]),
        ("datetime(2026, 9, 15, tzinfo=zone)", ["zone"]),
        ("datetime(2026, 9, 15, tzinfo=timezone.utc)", []),
        ("at.replace(tzinfo=None)", []),
    ],
)
def test_only_utc_may_be_given_as_tzinfo(source: str, found: list[str]) -> None:
    assert list(zones_given_as_tzinfo(source)) == found


def test_the_lock_fulfils_what_the_package_asks_for() -> None:
    run, everything = locked("run.txt"), locked(*LOCKS)
    wanted = [(each, run) for each in asked_for("options", "install_requires")]
    extras = asked_for("options.extras_require", "postgres", "server", "test", "dev")
    wanted += [(each, everything) for each in extras]

    unmet = [
        str(each)
        for each, lock in wanted
        if not each.specifier.contains(lock.get(canonicalize_name(each.name), "0"))
    ]

    assert unmet == []


def test_the_versions_installed_are_those_locked() -> None:
    installed = {name: metadata.version(name) for name in locked(*LOCKS)}

    assert installed == locked(*LOCKS)


def test_the_locked_versions_agree_with_each_other() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout


def test_the_example_configuration_is_read_as_it_stands(tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "instance" / "config.example.py", tmp_path / "config.py")

    settings = read_settings({}, instance=tmp_path)

    assert (settings.city, settings.smtp_host) == ("예시시 수출지원과", "smtp.example.go.kr")


def test_every_file_that_the_stylesheet_names_is_there() -> None:
    stylesheet = (VENDOR / "krds.css").read_text(encoding="utf-8")
    urls = set(re.findall(r"""url\(\s*["']?([^"')]+)""", stylesheet))

    assert urls
    assert [url for url in sorted(urls) if not (VENDOR / url).is_file()] == []


def test_front_end_files_ask_no_other_host() -> None:
    stylesheet = (VENDOR / "krds.css").read_text(encoding="utf-8")

    assert re.findall(r"@import|https?:|url\(\s*[\"']?//", stylesheet) == []
