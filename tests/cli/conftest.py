from pathlib import Path

import pytest

from tests.command_line import CommandLine


@pytest.fixture
def sangdam(tmp_path: Path) -> CommandLine:
    """The command line of a new installation."""
    return CommandLine(instance=tmp_path / "instance")
