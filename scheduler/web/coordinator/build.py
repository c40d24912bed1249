"""Building the grid: started, watched while it works, stopped with the best so far."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.booking.errors import BadInput
from scheduler.services import agenda
from scheduler.services.build_grid import begin_build, discard_draft, stop_build, why_failed
from scheduler.services.build_view import build_view
from scheduler.services.grid_wishes import LEVELS, MEANINGS, NAMES, Level, said, save_grid_wishes
from scheduler.web.errors import status_of
from scheduler.web.person import this_person
from scheduler.web.site import site

build = Blueprint("build", __name__, url_prefix="/fairs/<key>/build")


@build.get("/")
def index(key: str) -> AnyResponse | str:
    return _page(key)


@build.post("/")
def start(key: str) -> AnyResponse:
    """What was chosen is kept with the fair before the build begins."""
    chosen = {name: request.form[name] for name in NAMES if name in request.form}
    now, actor = site().clock(), this_person().actor
    try:
        save_grid_wishes(site().database, site().settings, key, chosen, now=now, actor=actor)
    except BadInput as refusal:
        page = _page(key, refusal)
        return Response(page, status_of(refusal)) if isinstance(page, str) else page
    draft = begin_build(site().database, key, now=now, actor=actor)
    return redirect(url_for("build.watch", key=key, draft_id=draft.id), code=303)


@build.get("/<draft_id>/")
def watch(key: str, draft_id: str) -> str:
    fair, draft = agenda.get_draft(site().database, key, draft_id)
    part = "parts/progress.html" if "HX-Request" in request.headers else "coordinator/watch.html"
    seconds = (site().clock() - draft.created_at).total_seconds()
    plan = agenda.plan_in(draft)
    return render_template(
        part,
        fair=fair,
        draft=draft,
        plan=plan,
        weighed=said(site().settings, plan.weights) if plan is not None else (),
        failure=why_failed(draft) if draft.state == "failed" else (),
        seconds=max(0, int(seconds)),
    )


@build.post("/<draft_id>/stop")
def stop(key: str, draft_id: str) -> AnyResponse:
    agenda.get_draft(site().database, key, draft_id)
    stop_build(site().database, draft_id)
    return redirect(url_for("build.watch", key=key, draft_id=draft_id), code=303)


@build.post("/<draft_id>/discard")
def discard(key: str, draft_id: str) -> AnyResponse:
    agenda.get_draft(site().database, key, draft_id)
    discard_draft(site().database, draft_id, now=site().clock(), actor=this_person().actor)
    return redirect(url_for("build.index", key=key), code=303)


def _page(key: str, refusal: BadInput | None = None) -> AnyResponse | str:
    view = build_view(site().database, key)
    if view.draft is not None and view.draft.state == "building":
        return redirect(url_for("build.watch", key=key, draft_id=view.draft.id))
    return render_template(
        "coordinator/build.html",
        fair=view.fair,
        view=view,
        outlook=view.outlook,
        left_out=view.left_out,
        failure=view.failure,
        weighed=said(site().settings, view.plan.weights) if view.plan is not None else (),
        wishes=view.wishes,
        wish_names=NAMES,
        wish_meanings=MEANINGS,
        wish_levels=LEVELS,
        is_chosen=any(level is not Level.NORMAL for level in view.wishes.values()),
        faults=refusal.faults if refusal is not None else (),
    )
