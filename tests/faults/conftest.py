"""A stage for each test that asks for one."""

from pathlib import Path

import pytest

from tests.services.stage import Stage, a_stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return a_stage(tmp_path)
