"""Whether the program lives, whether it can be asked for pages, and its figures for Prometheus."""

from importlib import import_module
from ipaddress import ip_address, ip_network

from flask import Blueprint, Response, abort, request

from scheduler.storage.db import NEWEST
from scheduler.storage.errors import StorageUnavailable
from scheduler.web.site import site

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """The process answers. It asks nothing of the database: a process is not mended by ending it for that."""
    return _plain("ok", 200)


@health.get("/readyz")
def ready() -> Response:
    """Whether a load balancer may send people here: the database answers, and has the tables this program knows."""
    try:
        revision = site().database.revision()
    except StorageUnavailable:
        return _plain("the database does not answer", 503)
    if revision is None or revision < NEWEST:
        return _plain("the tables are not up to date", 503)
    return _plain(f"ready{_of_the_replica()}", 200)


def _of_the_replica() -> str:
    """Pages come without it, too, so a machine is ready all the same."""
    replica = site().primary.replica
    if replica is None:
        return ""
    return "\nreplica: in use" if replica.is_fresh() else "\nreplica: away or behind, the primary answers"


@health.get("/metrics")
def metrics() -> Response:
    """For the networks of the setting METRICS_FROM; to everybody else it does not exist."""
    if not _may_look():
        abort(404)
    # The library takes a while to load, and is needed where somebody collects figures.
    page = import_module("scheduler.web.metrics").page_of(site(), now=site().clock())
    response = Response(page.content, content_type=page.content_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def _may_look() -> bool:
    try:
        caller = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    allowed = site().settings.metrics_from
    return any(caller in ip_network(one.strip(), strict=False) for one in allowed.split(",") if one.strip())


def _plain(text: str, status: int) -> Response:
    response = Response(text + "\n", status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
