"""Content lines, read back by the rules of RFC 5545 and 6868 as written here a second time."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.invites.lines import parameter, serialised, text, utc
from tests.builders import at

ANYTHING = st.text(st.characters(codec="utf-8"), max_size=400)


def unfolded(octets: bytes) -> list[str]:
    return octets.decode("utf-8").replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def untexted(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)


def unparametered(value: str) -> str:
    return re.sub(r"\^([n^'])", lambda found: {"n": "\n", "^": "^", "'": '"'}[found[1]], value.strip('"'))


def cleaned(value: str) -> str:
    lines = re.sub("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", value)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", lines)


@settings(deadline=None)
@given(ANYTHING)
def test_a_line_is_folded_at_75_octets_and_never_inside_a_character(words: str) -> None:
    octets = serialised([f"SUMMARY:{text(words)}"])
    lines = octets.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode("utf-8") is not None for line in lines)
    assert b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines)


@settings(deadline=None)
@given(ANYTHING)
def test_a_text_comes_back_as_it_was_but_for_control_characters(words: str) -> None:
    [line] = unfolded(serialised([f"SUMMARY:{text(words)}"]))
    assert untexted(line.removeprefix("SUMMARY:")) == cleaned(words)


@settings(deadline=None)
@given(ANYTHING.filter(lambda name: not name.startswith('"')))
def test_a_name_comes_back_from_a_parameter(name: str) -> None:
    written = parameter(name)
    assert unparametered(written) == cleaned(name)
    assert not re.search('["\n\r]', written.removeprefix('"').removesuffix('"'))


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("a;b,c\\d", "a\\;b\\,c\\\\d"),
        ("one\r\ntwo\nthree\rfour\u2028five", "one\\ntwo\\nthree\\nfour\\nfive"),
        ("\nEND:VEVENT\n", "\\nEND:VEVENT\\n"),
        ("a\x00b\x07c\td", "abc\td"),
    ],
)
def test_text_is_escaped(words: str, written: str) -> None:
    assert text(words) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("김대표", "김대표"),
        ('김 "대표"', "김 ^'대표^'"),
        ("Kim, Sales; Export: A", '"Kim, Sales; Export: A"'),
        ("line\r\nbreak^", "line^nbreak^^"),
    ],
)
def test_a_parameter_is_quoted_and_circumflexed(name: str, written: str) -> None:
    assert parameter(name) == written


def test_75_octets_stand_on_one_line_and_76_do_not() -> None:
    assert serialised(["X:" + "a" * 73, "X:" + "a" * 74]) == (
        b"X:" + b"a" * 73 + b"\r\n" + b"X:" + b"a" * 73 + b"\r\n a\r\n"
    )


def test_korean_is_folded_between_syllables() -> None:
    # 2 octets and 24 syllables of 3 make 74; one more syllable would make 77.
    assert serialised(["X:" + "가" * 25]) == "X:{}\r\n 가\r\n".format("가" * 24).encode()


def test_a_lone_surrogate_does_not_stop_the_feed() -> None:
    assert serialised([f"SUMMARY:{text('a' + chr(0xD800))}"]) == b"SUMMARY:a?\r\n"


def test_an_instant_is_written_in_utc() -> None:
    assert utc(at("09:00")) == "20260624T000000Z"
