"""JSON as it is kept: Korean stays readable, and equal facts have one spelling."""

import json
from typing import Any


def dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
