"""Who can log in: listed, invited, and their access ended or opened again."""

from collections.abc import Callable

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from scheduler.services import accounts, invitations
from scheduler.services.api_keys import Scope
from scheduler.services.people_list import people_list
from scheduler.web.api import managed, shaping
from scheduler.web.api.access import SECURITY, actor, needs, operation_id
from scheduler.web.api.answering import answered
from scheduler.web.site import site

people = APIBlueprint(
    "api_accounts",
    __name__,
    url_prefix="/accounts",
    abp_tags=[Tag(name="accounts")],
    abp_security=SECURITY,
    operation_id_callback=operation_id,
)


@people.get("", summary="Who can log in", responses={200: managed.AccountList})
@needs(Scope.PEOPLE)
def all_accounts() -> Response:
    found = people_list(site().database).accounts
    return answered(managed.AccountList(accounts=[shaping.account(one.account) for one in found]))


@people.post("", summary="Invite somebody by mail", responses={201: managed.Account})
@needs(Scope.PEOPLE)
def invite(body: managed.Invitation) -> Response:
    made = invitations.invite(
        site().database,
        email=body.email,
        role=body.role,
        name=body.name,
        resource_id=body.resource_id,
        language=body.language,
        now=site().clock(),
        actor=actor(),
    )
    return answered(shaping.account(made), 201)


@people.post(
    "/<string:account_id>/invitation",
    summary="The link to choose a password, once more",
    responses={202: managed.Account},
)
@needs(Scope.PEOPLE)
def invite_again(path: managed.AccountPath) -> Response:
    made = invitations.invite_again(site().database, path.account_id, now=site().clock(), actor=actor())
    return answered(shaping.account(made), 202)


@people.patch("/<string:account_id>", summary="Close or open an account", responses={200: managed.Account})
@needs(Scope.PEOPLE)
def change_account(path: managed.AccountPath, body: managed.AccountChange) -> Response:
    """A closed account is logged out everywhere, and its keys open nothing."""
    return _changed(accounts.enable_account if body.is_active else accounts.disable_account, path.account_id)


@people.delete(
    "/<string:account_id>/sessions", summary="Log out everywhere", responses={200: managed.Account}
)
@needs(Scope.PEOPLE)
def log_out(path: managed.AccountPath) -> Response:
    return _changed(accounts.end_sessions, path.account_id)


def _changed(deed: Callable[..., accounts.Account], account_id: str) -> Response:
    changed = deed(site().database, account_id, now=site().clock(), actor=actor())
    return answered(shaping.account(changed))
