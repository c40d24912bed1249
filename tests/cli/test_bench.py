"""Measuring from the command line."""

from pathlib import Path

import pytest

from scheduler.cli import bench
from tests.command_line import CommandLine


def test_a_program_without_its_sources_says_that_it_cannot_measure(
    sangdam: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "SOURCE", tmp_path)
    answer = sangdam("bench", "grid")

    assert (answer.code, answer.out) == (1, "")
    assert "part of the source tree" in answer.err


def test_what_is_asked_for_goes_to_the_measurement_with_its_exit_code(
    sangdam: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "benchmarks" / "grid.py"
    stand_in.parent.mkdir()
    stand_in.write_text(
        "import pathlib, sys\npathlib.Path('asked').write_text(repr(sys.argv[1:]))\nsys.exit(3)\n"
    )
    monkeypatch.setattr(bench, "SOURCE", tmp_path)
    words = ["--only", "a", "--only", "b", "--part", "grids", "--seconds", "2", "--b2b", str(tmp_path)]

    assert sangdam("bench", "grid", *words).code == 3
    asked = ["--only", "a", "--only", "b", "--part", "grids", "--seconds", "2.0", "--b2b", str(tmp_path)]
    assert (tmp_path / "asked").read_text() == repr(asked)
