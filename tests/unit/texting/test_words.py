"""What fits into a text message, octet by octet."""

import pytest

from scheduler.texting.words import Kind, Text, cut, octets, phone_number, text_for, writable

TO = "+821012345678"


def test_the_first_wording_that_fits_ninety_octets_is_taken() -> None:
    assert text_for(TO, ["가" * 46, "가" * 45, "가"]) == Text(to=TO, words="가" * 45, kind=Kind.SMS)


def test_where_none_fits_the_fullest_goes_as_an_lms() -> None:
    assert text_for(TO, ["가" * 50, "가" * 46]) == Text(to=TO, words="가" * 50, kind=Kind.LMS)


def test_an_lms_ends_at_two_thousand_octets_without_half_a_letter() -> None:
    text = text_for(TO, ["a" + "가" * 1200])
    assert (text.kind, octets(text.words), text.words[-1]) == (Kind.LMS, 1999, "가")
    assert cut("가나", 3) == "가"


@pytest.mark.parametrize(
    ("written", "carried"),
    [
        ("09:00–09:30 KST", "09:00-09:30 KST"),
        ("Café São Paulo", "Cafe Sao Paulo"),
        ("남동 × PT 🎉", "남동 × PT ?"),
        ("똠방 펲시", "똠방 펲시"),
        ("a\r\nb\u00a0c", "a b c"),
        ("محمد", "????"),
    ],
)
def test_what_no_text_message_can_carry_is_written_otherwise(written: str, carried: str) -> None:
    assert writable(written) == carried
    assert octets(carried) >= len(carried)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("010-1234-5678", "+821012345678"),
        ("+62 812-3456-7890", "+6281234567890"),
        ("02-2110-1234", "+82221101234"),
        ("", None),
        ("010-12", None),
        ("none", None),
        ("010-1234-5678; DROP", None),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, number: str | None) -> None:
    assert phone_number(written) == number
