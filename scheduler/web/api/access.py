"""Who calls: the key in the request, and the scope that each operation needs."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import g, request
from flask_openapi3.models.security_scheme import SecurityScheme

from scheduler.services.actor import Actor
from scheduler.services.api_keys import Caller, KeyRefused, Scope, ScopeMissing, caller_of
from scheduler.web.site import site

Operation = TypeVar("Operation", bound=Callable[..., Any])
_SCOPE_OF: dict[str, Scope] = {}
_HEADERS_OF: dict[str, tuple[str, ...]] = {}
SCHEME: dict[str, SecurityScheme | dict[str, Any]] = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key of a coordinator."}
}
SECURITY: list[dict[str, list[str]]] = [{"key": []}]


def needs(scope: Scope, *headers: str) -> Callable[[Operation], Operation]:
    """Names the scope that an operation's key must have, and the headers it cannot do without."""

    def mark(operation: Operation) -> Operation:
        if operation.__name__ in _SCOPE_OF:
            raise ValueError(f"there are two operations called {operation.__name__}")
        _SCOPE_OF[operation.__name__] = scope
        _HEADERS_OF[operation.__name__] = headers
        return operation

    return mark


def operation_id(*, bp_name: str = "", name: str, path: str, method: str) -> str:
    """What an operation is called in the description: as its function, of which there are no two of a name."""
    return name


def headers_of(operation: str) -> tuple[str, ...]:
    return _HEADERS_OF.get(operation, ())


def find_caller() -> None:
    """Before an operation, and before its request is looked at: no key, no answer, whatever else is wrong.

    An operation that names no scope is refused to everybody.
    """
    operation = (request.endpoint or "").rpartition(".")[2]
    if operation == "description":
        return
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise KeyRefused
    g.caller = caller_of(site().database, token.strip(), now=site().clock())
    if request.endpoint is not None and _SCOPE_OF.get(operation) not in g.caller.scopes:
        raise ScopeMissing(_SCOPE_OF.get(operation))


def caller() -> Caller:
    found: Caller = g.caller
    return found


def actor() -> Actor:
    return caller().actor
