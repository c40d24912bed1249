"""The browser that the browser tests drive is a real one, and it reaches nobody but us."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error

from tests.chromium import find_chromium


def test_the_browser_shows_korean_text(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>화상상담회</h1>")

    assert page.inner_text("h1") == "화상상담회"
    page.context.close()


def test_the_browser_reaches_no_other_host(browser: Browser) -> None:
    page = browser.new_page()

    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://example.org/")
    page.context.close()


def test_the_browser_named_by_the_environment_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = tmp_path / "chrome"
    named.touch()
    monkeypatch.setenv("CHROMIUM", str(named))

    assert find_chromium() == named


def test_a_named_browser_that_is_not_there_is_not_replaced_by_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "chrome"))

    assert find_chromium() is None
