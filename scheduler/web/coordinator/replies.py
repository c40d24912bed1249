"""What came back by mail: who cannot come, and the answers that wait for a person's word."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from scheduler.services.proposals import count_open
from scheduler.services.receive_reply import accept_for, settle
from scheduler.services.replies import mail_page, replies_page
from scheduler.services.zone_rules import shifted_sessions
from scheduler.web.language import language
from scheduler.web.person import this_person
from scheduler.web.site import site
from scheduler.wording import Phrase

replies = Blueprint("replies", __name__, url_prefix="/replies")

PARTSTATS = {
    "accepted": Phrase("accepts"),
    "declined": Phrase("declines"),
    "tentative": Phrase("is not sure"),
}


@replies.get("/")
def index() -> str:
    page = int(number) if (number := request.args.get("page", "")).isdecimal() and len(number) < 5 else 0
    view = replies_page(site().database, now=site().clock(), page=page)
    shifted = shifted_sessions(site().database, now=site().clock())
    return render_template(
        "coordinator/replies.html",
        view=view,
        shifted=shifted,
        proposed=count_open(site().database),
        partstats=PARTSTATS,
    )


@replies.get("/<mail_id>")
def mail(mail_id: str) -> str:
    view = mail_page(site().database, mail_id, now=site().clock())
    return render_template("coordinator/reply.html", view=view, partstats=PARTSTATS)


@replies.get("/<mail_id>.eml")
def raw(mail_id: str) -> Response:
    """What was kept of the mail, to be opened in a mail program."""
    kept = mail_page(site().database, mail_id, now=site().clock()).mail.mail
    response = Response(kept.raw, mimetype="message/rfc822")
    response.headers["Content-Disposition"] = 'attachment; filename="mail.eml"'
    return response


@replies.post("/<mail_id>/settle")
def done(mail_id: str) -> AnyResponse:
    settle(site().database, mail_id, now=site().clock(), actor=this_person().actor)
    flash(Phrase("The mail has been put away.").text(language()), "good")
    return redirect(url_for("replies.index"), code=303)


@replies.post("/<mail_id>/accept")
def accept(mail_id: str) -> AnyResponse:
    recipient_id = request.form.get("recipient", "")
    accept_for(site().database, mail_id, recipient_id, now=site().clock(), actor=this_person().actor)
    flash(Phrase("The answer has been taken over.").text(language()), "good")
    return redirect(url_for("replies.index"), code=303)
