"""How the command line is used: help, languages, exit codes."""

from pathlib import Path

import pytest

from scheduler.cli.commands import COMMANDS
from scheduler.wording import Phrase
from tests.command_line import CommandLine

ALL = [command.words for command in COMMANDS]


@pytest.mark.parametrize("words", ALL)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_command_has_help_with_an_example(sangdam: CommandLine, words: str, language: str) -> None:
    command = next(one for one in COMMANDS if one.words == words)

    answer = sangdam(*words.split(), "--help", "--language", language)

    assert answer.code == 0
    assert command.summary.text(language) in answer.out
    assert Phrase("Example:").text(language) in answer.out
    assert answer.out.rstrip().endswith(command.example)
    assert answer.err == ""


def test_without_a_command_all_are_listed_and_the_use_was_wrong(sangdam: CommandLine) -> None:
    answer = sangdam()

    assert answer.code == 2
    assert all(f"sangdam {words}" in answer.out for words in ALL)


def test_help_lists_all_commands(sangdam: CommandLine) -> None:
    assert sangdam("--help").code == 0
    assert sangdam("--help").out == sangdam().out


def test_a_group_lists_its_own_commands(sangdam: CommandLine) -> None:
    answer = sangdam("grid", "--help")

    assert answer.code == 0
    assert [words for words in ALL if f"sangdam {words} " in answer.out] == ["grid solve", "grid check"]


def test_the_version_is_said(sangdam: CommandLine) -> None:
    assert sangdam("--version").out == "sangdam 0.1.0\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tme"], "There is no command “tme”. Did you mean: time?"),
        (["grid", "slove"], "There is no command “grid slove”. Did you mean: grid solve, grid check?"),
        (["fly"], "There is no command “fly”. “sangdam --help” lists them."),
    ],
)
def test_a_mistyped_command_is_wrong_use_with_a_hint(
    sangdam: CommandLine, words: list[str], said: str
) -> None:
    answer = sangdam(*words)

    assert (answer.code, answer.out, answer.err) == (2, "", f"{said}\n")


@pytest.mark.parametrize("words", [["time"], ["time", "--nonsense"], ["build"], ["demo", "--start", "June"]])
def test_wrong_use_shows_how_it_is_used(sangdam: CommandLine, words: list[str]) -> None:
    answer = sangdam(*words)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"usage: sangdam {words[0]}")


@pytest.mark.parametrize(
    ("environ", "summary"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "견본 사업 목록을 보여 줍니다."),
        ({"LANG": "en_GB"}, "Lists the sample programmes."),
        ({"LANG": "en_GB", "LC_ALL": "ko_KR"}, "견본 사업 목록을 보여 줍니다."),
        ({"LANG": "C"}, "견본 사업 목록을 보여 줍니다."),
    ],
)
def test_the_locale_decides_the_language(sangdam: CommandLine, environ: dict[str, str], summary: str) -> None:
    assert summary in sangdam("scenarios", "--help", **environ).out


@pytest.mark.parametrize(
    "words", [["--language", "ko", "scenarios", "-h"], ["scenarios", "-h", "--language=ko"]]
)
def test_a_language_asked_for_wins_over_the_locale(sangdam: CommandLine, words: list[str]) -> None:
    assert "견본 사업 목록을 보여 줍니다." in sangdam(*words).out


def test_a_setting_that_cannot_be_is_wrong_use(sangdam: CommandLine) -> None:
    answer = sangdam("check", "autumn", SANGDAM_PORT="many")

    assert (answer.code, answer.err) == (2, "SANGDAM_PORT must be a whole number, not 'many'\n")


@pytest.mark.parametrize("url", ["oracle://somewhere/x", "nonsense"])
def test_a_database_that_is_not_known_is_wrong_use(sangdam: CommandLine, url: str) -> None:
    answer = sangdam("check", "autumn", SANGDAM_DATABASE_URL=url)

    assert answer.code == 2
    assert answer.err.startswith("DATABASE_URL: ")


def test_the_database_can_be_somewhere_else(sangdam: CommandLine) -> None:
    elsewhere = sangdam.instance.parent / "elsewhere.sqlite"

    answer = sangdam("init", "--json", SANGDAM_DATABASE_URL=f"sqlite:///{elsewhere}")

    assert answer.json["database"] == "sqlite"
    assert elsewhere.exists()
    assert not (sangdam.instance / "scheduler.sqlite").exists()


@pytest.mark.parametrize(
    ("language", "missing", "folder"),
    [
        ("en", "{0}/none.json: there is no such file or folder.\n", "{0} is a folder; a file is needed.\n"),
        ("ko", "{0}/none.json: 그런 파일이나 폴더가 없습니다.\n", "{0}: 폴더입니다. 파일이 필요합니다.\n"),
    ],
)
def test_a_file_that_cannot_be_opened_is_said_in_the_readers_language(
    sangdam: CommandLine, tmp_path: Path, language: str, missing: str, folder: str
) -> None:
    none = sangdam("grid", "solve", str(tmp_path / "none.json"), "--language", language)
    whole = sangdam("grid", "solve", str(tmp_path), "--language", language)

    assert (none.code, none.out, none.err) == (2, "", missing.format(tmp_path))
    assert (whole.code, whole.out, whole.err) == (2, "", folder.format(tmp_path))
