import pytest

from scheduler.sheets.languages import chains, language_name, language_of, without_no_need


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("인니어", (("id",),)),
        ("인도네시아어", (("id",),)),
        ("Indonesian", (("id",),)),
        ("한-인니", (("ko", "id"),)),
        ("한-인니, 한-영", (("ko", "id"), ("ko", "en"))),
        ("한국어/인도네시아어", (("ko", "id"),)),
        ("영어/인니어", (("en",), ("id",))),
        ("한-영-태", (("ko", "en", "th"),)),
        ("Korean-English-Thai", (("ko", "en", "th"),)),
        ("영어 가능", (("en",),)),
        ("베트남어 및 영어", (("vi",), ("en",))),
        ("ko-id", (("ko", "id"),)),
        ("", ()),
        ("외계어", None),
        ("영어, ???", None),
        ("한-한", None),
    ],
)
def test_languages_are_understood(text, found):
    assert chains(text) == found


@pytest.mark.parametrize("text", ["통역 불요", "통역불필요", "No interpreter needed", "통역 없음"])
def test_no_interpreter_needed(text):
    rest, said_so = without_no_need(text)

    assert (rest.strip(), said_so) == ("", True)


def test_names_are_read_back_as_the_same_language():
    codes = (
        "ko",
        "en",
        "id",
        "vi",
        "th",
        "zh",
        "ja",
        "ru",
        "es",
        "ar",
        "tr",
        "el",
        "uz",
        "mn",
        "my",
        "km",
        "lo",
        "tl",
    )

    assert [language_of(language_name(code, language)) for code in codes for language in ("ko", "en")] == [
        code for code in codes for _ in range(2)
    ]
