"""Building the grid: started, watched while it works, stopped with the best so far."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from scheduler.services import agenda
from scheduler.services.build_grid import begin_build, discard_draft, stop_build
from scheduler.web.person import this_person
from scheduler.web.site import site

build = Blueprint("build", __name__, url_prefix="/fairs/<key>/build")


@build.get("/")
def index(key: str) -> Response | str:
    view = agenda.build_page(site().database, key)
    if view.draft is not None and view.draft.state == "building":
        return redirect(url_for("build.watch", key=key, draft_id=view.draft.id))
    return render_template("coordinator/build.html", fair=view.fair, view=view)


@build.post("/")
def start(key: str) -> Response:
    draft = begin_build(site().database, key, now=site().clock(), actor=this_person().actor)
    return redirect(url_for("build.watch", key=key, draft_id=draft.id), code=303)


@build.get("/<draft_id>/")
def watch(key: str, draft_id: str) -> str:
    fair, draft = agenda.get_draft(site().database, key, draft_id)
    part = "parts/progress.html" if "HX-Request" in request.headers else "coordinator/watch.html"
    seconds = (site().clock() - draft.created_at).total_seconds()
    return render_template(
        part, fair=fair, draft=draft, plan=agenda.plan_in(draft), seconds=max(0, int(seconds))
    )


@build.post("/<draft_id>/stop")
def stop(key: str, draft_id: str) -> Response:
    agenda.get_draft(site().database, key, draft_id)
    stop_build(site().database, draft_id)
    return redirect(url_for("build.watch", key=key, draft_id=draft_id), code=303)


@build.post("/<draft_id>/discard")
def discard(key: str, draft_id: str) -> Response:
    agenda.get_draft(site().database, key, draft_id)
    discard_draft(site().database, draft_id, now=site().clock(), actor=this_person().actor)
    return redirect(url_for("build.index", key=key), code=303)
