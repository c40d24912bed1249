"""The embedded mailbox: every mail as its reader gets it."""

from flask import Blueprint, Response, make_response, render_template, request

from scheduler.invites.read import Glance, UnreadableCalendar, glance
from scheduler.mail.mailbox import FolderPost
from scheduler.web.coordinator.fairs import download
from scheduler.web.headers import frame_mail
from scheduler.web.site import site

mailbox = Blueprint("mailbox", __name__, url_prefix="/mailbox")

_AT_ONCE = 50
# Mail programs show mail in a plain font of their own; so does the frame.
_FRAME = """<!doctype html><html lang="und"><head><meta charset="utf-8"><title>-</title>
<style>body{{margin:2rem;font:1rem/1.6 "Noto Sans KR","Apple SD Gothic Neo","Malgun Gothic",sans-serif}}</style>
</head><body>{body}</body></html>"""


@mailbox.get("/")
def index() -> str:
    page = _post().list_messages(limit=_AT_ONCE, before=request.args.get("before") or None)
    return render_template("coordinator/mailbox.html", page=page, before=request.args.get("before"))


@mailbox.get("/<name>")
def message(name: str) -> str:
    found = _post().get_message(name)
    return render_template("coordinator/mail.html", mail=found, calendar=_calendar(found.calendar))


@mailbox.get("/<name>/body")
def body(name: str) -> Response:
    html = _FRAME.format(body=_post().get_message(name).html)
    return frame_mail(make_response(html), html)


@mailbox.get("/<name>/invite.ics")
def invite(name: str) -> Response:
    return download(_post().get_message(name).calendar or b"", "invite.ics", "text/calendar; charset=utf-8")


@mailbox.get("/<name>/message.eml")
def raw(name: str) -> Response:
    return download(_post().get_message(name).raw, "message.eml", "message/rfc822")


def _post() -> FolderPost:
    return FolderPost(site().settings.mailbox)


def _calendar(content: bytes | None) -> Glance | None:
    try:
        return glance(content) if content else None
    except UnreadableCalendar:
        return None
