"""What a server that starts has to wait for, and what it has not."""

import subprocess
import sys

# Each takes as long to load as many pages together, and the first page needs none of them.
HEAVY = (
    "openpyxl",
    "numpy",
    "holidays",
    "ortools",
    "numba",
    "flask_openapi3",
    "pydantic",
    "alembic",
    "phonenumbers",
)

PROGRAM = f"""
import sys
import scheduler.web, scheduler.worker
from scheduler.services import heartbeat
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def test_pages_and_worker_start_without_what_only_single_tasks_need():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
