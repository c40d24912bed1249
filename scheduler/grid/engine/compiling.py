"""Turning functions into machine code, and keeping that where the next process finds it.

The code lies beside this file, in a folder of its own for each Python, numba, processor and state of the sources, and
is made by `python -m scheduler.grid.engine.prepare`. What is complete there is used even where nothing may be written.
"""

import hashlib
import platform
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite import binding
from numba.core import caching, config

Function = TypeVar("Function", bound=Callable[..., Any])
COMPLETE = "complete"


def compiled(function: Function) -> Function:
    """Machine code that is called from Python; it runs without holding up other threads."""
    machine_code: Any = numba.njit(cache=True, nogil=True)
    return cast(Function, machine_code(function))


def inner(function: Function) -> Function:
    """Machine code that only machine code calls; it is part of what calls it, and not kept by itself."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    machine_code: Any = numba.njit(**options)
    return cast(Function, machine_code(function))


@cache
def folder() -> Path:
    """Where machine code is kept: beside this file, else in the user's own cache, else for this process alone."""
    here, key = Path(__file__).parent, _key()
    for base in (here / ".compiled", Path.home() / ".cache" / "sangdam"):
        if (base / key / COMPLETE).exists() or _is_writable(base / key):
            return base / key
    return Path(tempfile.mkdtemp(prefix="sangdam-"))


class Prepared(caching.InTreeCacheLocator):
    """Tells numba about that folder. A change in any source makes another folder, so no code is ever out of date."""

    def get_cache_path(self) -> str:
        return str(folder())

    def ensure_cache_path(self) -> None:
        folder().mkdir(parents=True, exist_ok=True)


def _key() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    processor = (binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten())
    versions = (platform.python_version(), numba.__version__, platform.machine())
    digest.update(repr((processor, versions)).encode())
    return digest.hexdigest()[:16]


def _is_writable(path: Path) -> bool:
    try:
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError:
        return False
    return True


config.CACHE_LOCATOR_CLASSES = f"{__name__}.Prepared"  # type: ignore[attr-defined]
