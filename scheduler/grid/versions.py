"""What made a plan, to be kept with it."""

import platform
from importlib.metadata import version

from scheduler import __version__


def versions_of(*libraries: str) -> dict[str, str]:
    """This program, its Python and the libraries that solved."""
    mine = {"python": platform.python_version(), "sangdam": __version__}
    return dict(sorted((mine | {name: version(name) for name in libraries}).items()))
