"""The table of docs/security.md names tests that are there."""

import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parent / "docs" / "security.md"
_TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
_ROW = re.compile(r"^\| ([\d, –]+) \|", re.MULTILINE)


def test_every_row_names_a_test_that_exists():
    named = _TEST.findall(TABLE.read_text(encoding="utf-8"))
    missing = [
        f"{file}::{test}"
        for file, test in named
        if f"def {test}(" not in ((HERE / file).read_text(encoding="utf-8") if (HERE / file).exists() else "")
    ]

    assert missing == []


def test_no_row_is_left_out():
    numbers: set[int] = set()
    for written in _ROW.findall(TABLE.read_text(encoding="utf-8")):
        for part in written.split(","):
            first, _, last = part.strip().partition("–")
            numbers |= set(range(int(first), int(last or first) + 1))

    assert numbers == set(range(1, 52))
