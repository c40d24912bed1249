"""The interface for programs, `/api/v1`: what a coordinator does by page, described in OpenAPI 3.1."""

from flask import Response, jsonify
from flask_openapi3.models.info import Info
from flask_openapi3.models.server import Server
from flask_openapi3.openapi import OpenAPI

from scheduler import __version__
from scheduler.web.api import access, problems
from scheduler.web.api.changes import changes
from scheduler.web.api.description import completed
from scheduler.web.api.fairs import fairs
from scheduler.web.api.hooks import hooks
from scheduler.web.api.people import people
from scheduler.web.api.results import results
from scheduler.web.api.rules import rules
from scheduler.web.api.sessions import sessions
from scheduler.web.headers import add_headers
from scheduler.web.intake_guard import refuse_odd_address
from scheduler.web.json_read import Json
from scheduler.web.request_log import add_request_log
from scheduler.web.site import EXTENSION, INTERFACE, Site


def create_api(around: Site) -> OpenAPI:
    """The application to be mounted at `/api/v1`, in the surroundings of the pages' own."""
    api = OpenAPI(
        "sangdam_api",
        info=Info(title="Sangdam", version=__version__),
        security_schemes=access.SCHEME,
        responses={"default": problems.Problem},
        servers=[Server(url=INTERFACE)],
        doc_ui=False,
        validation_error_status=422,
        validation_error_callback=problems.not_understood,
    )
    api.extensions[EXTENSION] = around
    api.config["MAX_CONTENT_LENGTH"] = around.started_with.upload_megabytes * 1024 * 1024
    api.json = Json(api)
    add_request_log(api)
    api.before_request(access.find_caller)
    api.before_request(refuse_odd_address)
    api.after_request(add_headers)
    problems.add_problems(api)
    for part in (fairs, sessions, results, rules, changes, people, hooks):
        api.register_api(part)

    @api.get("/openapi.json", doc_ui=False)
    def description() -> Response:
        return jsonify(completed(api.api_doc))

    return api
