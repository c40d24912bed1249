"""Publishing a grid, and what has to be told afterwards."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from scheduler.services import postbox
from scheduler.services.notices import send_changes
from scheduler.services.publish import preview_publication, publish
from scheduler.web.language import language
from scheduler.web.once import ticket_of
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

publication = Blueprint("publication", __name__, url_prefix="/fairs/<key>")

STATES = ("collected", "due", "sent", "failed", "suppressed")


@publication.get("/publish")
def preview(key: str) -> str:
    view = preview_publication(site().database, site().settings, key, now=site().clock())
    return render_template("coordinator/publish.html", fair=view.fair, view=view)


@publication.post("/publish")
def confirm(key: str) -> Response:
    actor = this_person().actor
    done = publish(
        site().database, site().settings, key, now=site().clock(), actor=actor, ticket=ticket_of(actor)
    )
    said = Phrase.counted(
        "The grid is published; %(num)s notice is on its way.",
        "The grid is published; %(num)s notices are on their way.",
        done.notices,
    )
    flash(said.text(language()), "good")
    return redirect(url_for("board.index", key=key), code=303)


@publication.get("/changes")
def changes(key: str) -> str:
    wanted = request.args.get("state", "")
    state = wanted if wanted in STATES else None
    page = max(0, min(int(number), 10_000)) if (number := request.args.get("page", "")).isdecimal() else 0
    now = site().clock()
    view = postbox.outbox_of(site().database, key, state=state, page=page, now=now)
    waiting = (
        postbox.preview_changes(site().database, site().settings, key, language=language(), now=now)
        if view.counts.get("collected")
        else ()
    )
    return render_template(
        "coordinator/changes.html", fair=view.fair, view=view, state=state, states=STATES, waiting=waiting
    )


@publication.post("/changes/again")
def again(key: str) -> Response:
    """One notice that failed, or all of them."""
    now, actor, row_id = site().clock(), this_person().actor, request.form.get("row", "")
    if row_id:
        postbox.send_again(site().database, key, row_id, now=now, actor=actor)
    count = 1 if row_id else postbox.send_all_again(site().database, key, now=now, actor=actor)
    said = Phrase.counted("%(num)s notice is on its way.", "%(num)s notices are on their way.", count)
    flash(said.text(language()), "good")
    return redirect(url_for("publication.changes", key=key), code=303)


@publication.post("/changes")
def send(key: str) -> Response:
    count = send_changes(site().database, key, now=site().clock(), actor=this_person().actor)
    said = Phrase.counted("%(num)s notice is on its way.", "%(num)s notices are on their way.", count)
    flash(said.text(language()), "good")
    return redirect(url_for("publication.changes", key=key), code=303)
