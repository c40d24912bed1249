"""The whole program's sentences: each can be found, has its Korean, and keeps its facts in every language."""

import ast
import re
import string

import pytest

from scheduler.wording import LANGUAGES
from scheduler.wording.catalogue import read_part
from scheduler.wording.extract import PACKAGE, as_po, main, missing, part_files, sentences, translated

BUYER_PAGES = (
    "buyer/",
    "offer.html",
    *(f"parts/{one}.html" for one in ("consents", "free_times", "offers", "reminder_choice", "times")),
)
FACT = re.compile(r"%\((\w+)\)")


def messages(language):
    return [
        (file.stem, message)
        for file in part_files(language)
        for message in read_part(file, language)
        if message.id
    ]


def strings_of(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_every_sentence_has_a_korean_translation():
    lacking = {part: [found.msgid for found in all_found] for part, all_found in missing("ko").items()}

    assert lacking == {}


def test_what_a_buyer_reads_of_times_is_complete_in_indonesian():
    assert "timezones" not in missing("id")


@pytest.mark.parametrize("language", ["id", "vi", "ar"])
def test_every_page_that_a_buyer_opens_is_complete_in_their_language(language):
    finished = translated(language)
    lacking = [
        (one.file, one.msgid)
        for one in sentences()
        if one.file.as_posix().removeprefix("templates/").startswith(BUYER_PAGES)
        and one.msgid not in finished
    ]

    assert lacking == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_the_facts_of_its_sentence_and_no_others(language):
    wrong = [
        (part, message.id, text)
        for part, message in messages(language)
        for text in strings_of(message)
        if text and not set(FACT.findall(text)) <= set(FACT.findall("".join(message.id)))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_can_be_filled_in(language):
    broken = []
    for part, message in messages(language):
        known = dict.fromkeys(FACT.findall("".join(message.id)), 1)
        try:
            filled = [text % known for text in strings_of(message)]
        except (ValueError, TypeError, KeyError) as error:
            broken.append((part, message.id, str(error)))
        else:
            assert all(isinstance(text, str) for text in filled)

    assert broken == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_parts_of_a_language_count_alike(language):
    assert len({read_part(file, language).plural_forms for file in part_files(language)}) <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_translated_in_two_ways(language):
    said = {}
    differing = [
        (message.id, part, said[message.id])
        for part, message in messages(language)
        if said.setdefault(message.id, (part, message.string))[1] != message.string
    ]

    assert differing == []


def test_no_sentence_is_put_together_where_it_is_said():
    built = [
        f"{file.relative_to(PACKAGE)}:{call.lineno}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and _speaks(call) and isinstance(call.args[0], PUT_TOGETHER)
    ]

    assert built == []


# An f-string, a sum and the result of a call are not found by those who translate.
PUT_TOGETHER = (ast.JoinedStr, ast.BinOp, ast.Call)


def _speaks(call):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in {"Phrase", "msgid", "say", "say_plural", "counted"} and bool(call.args)


def a_small_program(folder):
    folder.joinpath("booking").mkdir()
    folder.joinpath("templates").mkdir()
    folder.joinpath("booking", "rules.py").write_text(
        'a = Phrase("Room %(room)s "\n    "is closed", room=1)\n'
        'b = Phrase.counted("one buyer", "%(num)s buyers", n)\n'
        'c = catalogue("ko").say("every day")\n'
        'd = Phrase("· %(a)s ·", a=1)\n',
        encoding="utf-8",
    )
    folder.joinpath("cli.py").write_text('say_plural("one file", "%(num)s files", 2)\n', encoding="utf-8")
    folder.joinpath("templates", "board.html").write_text(
        "<h1>{{ _('Board') }}</h1>{% trans %}\n  Two\n  lines\n{% endtrans %}", encoding="utf-8"
    )
    return folder


def test_sentences_are_found_in_code_and_templates(tmp_path):
    found = sentences(a_small_program(tmp_path))

    assert [(one.part, one.msgid, one.plural, one.line) for one in found] == [
        ("booking", "Room %(room)s is closed", None, 1),
        ("booking", "one buyer", "%(num)s buyers", 3),
        ("booking", "every day", None, 4),
        ("booking", "· %(a)s ·", None, 5),
        ("cli", "one file", "%(num)s files", 1),
        ("web", "Board", None, 1),
        ("web", "Two lines", None, 1),
    ]


def test_what_is_missing_is_listed_by_part_ready_to_be_filled_in(tmp_path):
    lacking = missing("ko", a_small_program(tmp_path))

    # The third is translated already; a fact is no sentence.
    assert {part: [one.msgid for one in found] for part, found in lacking.items()}["booking"] == [
        "Room %(room)s is closed",
        "one buyer",
    ]
    assert as_po(lacking["booking"], "ko") == (
        "#: booking/rules.py:1\n"
        "#, python-format\n"
        'msgid "Room %(room)s is closed"\n'
        'msgstr ""\n'
        "\n"
        "#: booking/rules.py:3\n"
        "#, python-format\n"
        'msgid "one buyer"\n'
        'msgid_plural "%(num)s buyers"\n'
        'msgstr[0] ""\n'
        "\n"
    )


def test_the_list_is_printed_for_translators(capsys):
    assert main(["vi", "timezones"]) == 1
    printed = capsys.readouterr().out

    assert "# timezones:" in printed
    assert 'msgid "There is no time zone called “%(zone)s”."' in printed
    assert "# booking:" not in printed
    assert not set(printed) & set(string.whitespace) - {" ", "\n"}
