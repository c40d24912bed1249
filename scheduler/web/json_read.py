"""JSON that is sent to us. What is nested without end is no JSON of ours, and no failure of ours either."""

from typing import Any

from flask.json.provider import DefaultJSONProvider


class Json(DefaultJSONProvider):
    """As Flask's own; brackets in brackets in brackets are refused like any other text that is not JSON."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None
