"""`sangdam time`: what a local time is elsewhere, or that it does not exist or exists twice."""

import pytest

from tests.command_line import CommandLine


@pytest.mark.parametrize(
    ("wall", "zone", "outcome", "utc", "code"),
    [
        ("2026-09-15 08:00", "Asia/Seoul", "utc", ["2026-09-14T23:00:00Z"], 0),
        ("2026-09-15T08:00", "Asia/Seoul", "utc", ["2026-09-14T23:00:00Z"], 0),
        (
            "2026-11-01 01:30",
            "America/Toronto",
            "ambiguous",
            ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"],
            1,
        ),
        ("2026-03-08 02:30", "America/Denver", "nonexistent", [], 1),
    ],
)
def test_a_program_is_told_the_instants(
    sangdam: CommandLine, wall: str, zone: str, outcome: str, utc: list[str], code: int
) -> None:
    answer = sangdam("time", wall, zone, "--json")

    assert answer.code == code
    assert (answer.json["outcome"], answer.json["utc"]) == (outcome, utc)


def test_other_zones_are_shown_with_the_shift_of_the_day(sangdam: CommandLine) -> None:
    words = ("time", "2026-09-15 08:00", "Asia/Seoul", "--in", "America/Chicago", "--in", "Asia/Jakarta")

    assert sangdam(*words, LANG="ko_KR").out.splitlines() == [
        "2026-09-14 23:00 UTC",
        "9.15(화) 08:00 KST · 전날 18:00 CDT",
        "9.15(화) 08:00 KST · 06:00 WIB",
    ]
    assert sangdam(*words, "--json").json["in"] == {
        "America/Chicago": ["2026-09-14T18:00"],
        "Asia/Jakarta": ["2026-09-15T06:00"],
    }


def test_a_skipped_time_says_which_times_are_missing(sangdam: CommandLine) -> None:
    answer = sangdam("time", "2026-03-08 02:30", "America/New_York")

    assert answer.code == 1
    assert answer.out == (
        "2026-03-08 02:30 does not exist in America/New_York: the clocks go from 02:00 straight to 03:00.\n"
    )


def test_a_repeated_time_is_shown_both_times(sangdam: CommandLine) -> None:
    answer = sangdam("time", "2026-11-01 01:30", "America/New_York")

    assert answer.code == 1
    assert [line for line in answer.out.splitlines() if line.endswith("UTC")] == [
        "2026-11-01 05:30 UTC",
        "2026-11-01 06:30 UTC",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tomorrow", "Asia/Seoul"), "“tomorrow” is not a time. Write it like this: 2026-09-15 08:00"),
        (("2026-09-15 08:00", "Asia/Soul"), "There is no time zone called “Asia/Soul”."),
        (
            ("2026-09-15 08:00", "Asia/Seoul", "--in", "Dallas"),
            "There is no time zone called “Dallas”.",
        ),
    ],
)
def test_what_is_no_time_or_zone_is_wrong_use(
    sangdam: CommandLine, words: tuple[str, ...], said: str
) -> None:
    answer = sangdam("time", *words)

    assert (answer.code, answer.out, answer.err) == (2, "", f"{said}\n")
