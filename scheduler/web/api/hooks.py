"""Webhooks by program: registered, read with what they were told, ended."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from scheduler.services import webhooks
from scheduler.services.api_keys import Scope
from scheduler.web.api import managed, shaping
from scheduler.web.api.access import SECURITY, actor, needs, operation_id
from scheduler.web.api.answering import answered
from scheduler.web.site import site

hooks = APIBlueprint(
    "api_webhooks",
    __name__,
    url_prefix="/webhooks",
    abp_tags=[Tag(name="webhooks")],
    abp_security=SECURITY,
    operation_id_callback=operation_id,
)


@hooks.get("", summary="All webhooks", responses={200: managed.WebhookList})
@needs(Scope.MANAGE)
def all_webhooks() -> Response:
    found = webhooks.all_webhooks(site().database)
    return answered(managed.WebhookList(webhooks=[shaping.webhook(one) for one in found]))


@hooks.post("", summary="Register an address", responses={201: managed.NewWebhook})
@needs(Scope.MANAGE)
def make_webhook(body: managed.WebhookWish) -> Response:
    """The answer has the secret that deliveries are signed with; it is shown this once."""
    made, secret = webhooks.make_webhook(
        site().database,
        site().settings,
        address=body.address,
        events=body.events,
        now=site().clock(),
        actor=actor(),
    )
    return answered(managed.NewWebhook(**shaping.webhook(made).model_dump(), secret=secret), 201)


@hooks.delete("/<string:webhook_id>", summary="End a webhook", responses={200: managed.Webhook})
@needs(Scope.MANAGE)
def end_webhook(path: managed.WebhookPath) -> Response:
    """Nothing goes there from this moment, not even what waits."""
    webhooks.end_webhook(site().database, path.webhook_id, now=site().clock(), actor=actor())
    ended = webhooks.deliveries_of(site().database, path.webhook_id).webhook
    return answered(shaping.webhook(ended))


@hooks.get(
    "/<string:webhook_id>/deliveries",
    summary="What it was told last",
    responses={200: managed.DeliveryList},
)
@needs(Scope.MANAGE)
def deliveries(path: managed.WebhookPath) -> Response:
    view = webhooks.deliveries_of(site().database, path.webhook_id)
    return answered(managed.DeliveryList(deliveries=[shaping.delivery(row) for row in view.rows]))


@hooks.post(
    "/<string:webhook_id>/deliveries/<string:delivery_id>/again",
    summary="Send again what failed for good",
    responses={202: managed.DeliveryList},
)
@needs(Scope.MANAGE)
def deliver_again(path: managed.DeliveryPath) -> Response:
    webhooks.deliver_again(
        site().database, path.webhook_id, path.delivery_id, now=site().clock(), actor=actor()
    )
    view = webhooks.deliveries_of(site().database, path.webhook_id)
    return answered(managed.DeliveryList(deliveries=[shaping.delivery(row) for row in view.rows]), 202)
