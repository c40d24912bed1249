"""JSON text: nothing in it is lost without a word, and what was read can be written again."""

import json

import pytest

from scheduler.booking.errors import BadInput
from scheduler.grid.json_text import loads
from scheduler.grid.reading import MOST_FAULTS


def faults_in(text: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as refusal:
        loads(text)
    return [(fault.place, fault.wrong.text("en")) for fault in refusal.value.faults]


TWICE, HALF = "this field is given twice", "there is half of a character in this text"


def test_a_field_given_twice_is_told_at_its_place_and_nothing_else_with_the_same_name() -> None:
    text = (
        '{"rooms": [{"id": "r1"}, {"id": "r2", "id": "r3", "name": ""}], "pins": [], "rooms2": {"pins": []}}'
    )

    assert faults_in(text) == [("$.rooms[1].id", TWICE)]
    assert faults_in('{"rooms": [], "pins": [], "rooms": [{"a": 1, "a": 2}], "pins": []}') == [
        ("$.rooms", TWICE),
        ("$.pins", TWICE),
        ("$.rooms[0].a", TWICE),
    ]


def test_what_a_second_field_of_the_same_name_has_pushed_out_is_not_told() -> None:
    text = '{"fair": {"id": 1, "id": 2}, "fair": {"id": 3}, "rooms": [{"id": 4}, {"id": 5}]}'

    assert faults_in(text) == [("$.fair", TWICE)]


@pytest.mark.parametrize("half", [r"\ud83d", r"\uDE00", r"a\ud83d\u0041"])
def test_half_of_a_character_is_told_at_its_place(half: str) -> None:
    assert faults_in(f'{{"fair": {{"name": "{half}"}}}}') == [("$.fair.name", HALF)]


def test_half_of_a_character_in_the_name_of_a_field_can_be_told() -> None:
    assert faults_in(r'{"a\ud83d": ["b\ud83d"]}') == [("$", HALF), ("$.a?[0]", HALF)]


def test_whole_characters_are_taken_however_they_are_written() -> None:
    wanted = ["한국 😀", {"이름": "힣"}]

    for text in (json.dumps(wanted), json.dumps(wanted, ensure_ascii=False)):
        read = [loads(text), *(loads(text.encode(encoding)) for encoding in ("utf-8", "utf-8-sig", "utf-16"))]
        assert read == [wanted] * 4


@pytest.mark.parametrize("text", [b'"\xed\xa0\xbd"', b'"\xff"'])
def test_bytes_that_are_no_text_are_no_json(text: bytes) -> None:
    assert faults_in(text) == [("$", "this is not JSON")]


def test_a_text_full_of_faults_is_given_up_after_many() -> None:
    assert len(faults_in("[" + ", ".join([r'"\ud83d"'] * 500) + "]")) == MOST_FAULTS
