"""The description in OpenAPI, with what the library does not say by itself: headers, refusals, other media types."""

from copy import deepcopy
from typing import Any

from scheduler.web.api.access import headers_of
from scheduler.web.api.problems import MEDIA_TYPE, Problem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADERS: dict[str, dict[str, Any]] = {
    "If-Match": {
        "description": "The entity tag of what is to be changed, as it was read.",
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{1,16}"$'},
    },
    "Idempotency-Key": {
        "description": "Sent again with the same request, it books once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9._-]+$"},
    },
}
_REFUSAL = {
    "description": "A refusal, as problem details (RFC 9457).",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_FILE = {"schema": {"type": "string", "format": "binary"}}
_WORKBOOK = {"content": {XLSX: _FILE}}


def completed(written: dict[str, Any]) -> dict[str, Any]:
    """A copy in which each operation names the headers it needs, its refusals, and a workbook where it has one."""
    api = deepcopy(written)
    schemas = api["components"]["schemas"]
    schemas.pop("ValidationErrorModel", None)
    schemas["Problem"] = Problem.model_json_schema()
    for path in api["paths"].values():
        for operation in path.values():
            _complete(operation)
    api["paths"]["/fairs"]["post"] |= {
        "requestBody": {"required": True, "content": {XLSX: _FILE, "application/octet-stream": _FILE}},
        "parameters": [_WORKBOOK_NAME, _NEW_KEY, _ANSWERS],
    }
    api["paths"]["/fairs/{key}/workbook"]["get"]["responses"]["200"] = {"description": "OK", **_WORKBOOK}
    return api


def _complete(operation: dict[str, Any]) -> None:
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = _REFUSAL
    for name in headers_of(operation["operationId"]):
        parameter = {"in": "header", "name": name, "required": True, **_HEADERS[name]}
        operation.setdefault("parameters", []).append(parameter)


def _parameter(name: str, said: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"in": "query", "name": name, "required": False, "description": said, "schema": schema}


_WORKBOOK_NAME = _parameter("filename", "What the file is called.", {"type": "string"})
_NEW_KEY = _parameter("key", "The key of the fair; left out, it is made of the workbook.", {"type": "string"})
_ANSWERS = _parameter(
    "answer", "KEY=VALUE for each open question.", {"type": "array", "items": {"type": "string"}}
)
