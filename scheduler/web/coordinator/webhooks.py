"""Addresses of programs that are told what happens: registered, looked over, ended."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services.webhook_calls import REASONS
from scheduler.services.webhook_events import EVENT_WORDS
from scheduler.services.webhooks import all_webhooks, deliver_again, deliveries_of, end_webhook, make_webhook
from scheduler.web.auth import faults_by_place
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

webhooks = Blueprint("webhooks", __name__, url_prefix="/webhooks")

STATE_WORDS: dict[str, Phrase] = {
    "due": Phrase("waits"),
    "leased": Phrase("on its way"),
    "sent": Phrase("taken"),
    "failed": Phrase("failed for good"),
    "suppressed": Phrase("not sent"),
}


@webhooks.get("/")
def index() -> str:
    return _page("", [])


@webhooks.post("/")
def make() -> AnyResponse:
    address, events = request.form.get("address", ""), request.form.getlist("events")
    try:
        _, secret = make_webhook(
            site().database,
            site().settings,
            address=address,
            events=events,
            now=site().clock(),
            actor=this_person().actor,
        )
    except BadInput as refusal:
        return Response(_page(address, events, faults_by_place(refusal.faults)), 400)
    # Not after a redirect: the secret is shown in this answer alone.
    return Response(_page("", [], secret=secret), 201)


@webhooks.get("/<webhook_id>")
def one(webhook_id: str) -> str:
    return render_template(
        "coordinator/webhook.html",
        view=deliveries_of(site().database, webhook_id),
        events=EVENT_WORDS,
        states=STATE_WORDS,
        reasons=REASONS,
        home_zone=site().settings.home_zone,
    )


@webhooks.post("/<webhook_id>/end")
def end(webhook_id: str) -> AnyResponse:
    end_webhook(site().database, webhook_id, now=site().clock(), actor=this_person().actor)
    flash(Phrase("It is told nothing any more.").text(language()), "good")
    return redirect(url_for("webhooks.index"), code=303)


@webhooks.post("/<webhook_id>/<delivery_id>/again")
def again(webhook_id: str, delivery_id: str) -> AnyResponse:
    deliver_again(site().database, webhook_id, delivery_id, now=site().clock(), actor=this_person().actor)
    flash(Phrase("It is sent again within seconds.").text(language()), "good")
    return redirect(url_for("webhooks.one", webhook_id=webhook_id), code=303)


def _page(
    address: str, chosen: list[str], faults: dict[str, tuple[Phrase, ...]] | None = None, secret: str = ""
) -> str:
    return render_template(
        "coordinator/webhooks.html",
        webhooks=all_webhooks(site().database),
        events=EVENT_WORDS,
        address=address,
        chosen=chosen,
        faults=faults or {},
        secret=secret,
        home_zone=site().settings.home_zone,
    )
