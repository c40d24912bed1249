"""Free times that buyers have sent: to be taken over as their hours, or not."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.services.proposals import accept, decline, open_proposals, proposal_page
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

proposals = Blueprint("proposals", __name__, url_prefix="/proposals")


@proposals.get("/")
def index() -> str:
    return render_template("coordinator/proposals.html", waiting=open_proposals(site().database))


@proposals.get("/<proposal_id>")
def one(proposal_id: str) -> str:
    view = proposal_page(site().database, proposal_id, now=site().clock())
    return render_template("coordinator/proposal.html", view=view, home_zone=site().settings.home_zone)


@proposals.post("/<proposal_id>/accept")
def take_over(proposal_id: str) -> AnyResponse:
    accept(site().database, proposal_id, now=site().clock(), actor=this_person().actor)
    flash(Phrase("The times are now this person's hours at the fair.").text(language()), "good")
    return redirect(url_for("proposals.one", proposal_id=proposal_id), code=303)


@proposals.post("/<proposal_id>/decline")
def put_away(proposal_id: str) -> AnyResponse:
    decline(site().database, proposal_id, now=site().clock(), actor=this_person().actor)
    flash(Phrase("The hours stay as they are.").text(language()), "good")
    return redirect(url_for("proposals.index"), code=303)
