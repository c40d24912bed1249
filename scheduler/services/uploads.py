"""A workbook between its upload and its import: kept with the answers given to its questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.booking.errors import BadInput, Fault
from scheduler.services.actor import Actor
from scheduler.services.import_fair import Imported, ImportPreview, import_fair, preview_import
from scheduler.storage import uploads
from scheduler.storage.db import Database, new_id
from scheduler.storage.uploads import Upload
from scheduler.wording import Phrase

KEPT = timedelta(days=7)
"""Uploads hold contact data; one that nobody imports is forgotten after this."""
LONGEST_ANSWER = 500


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An upload as it reads with the answers given so far."""

    upload: Upload
    preview: ImportPreview


def keep_upload(
    db: Database, data: bytes, filename: str, *, fair_key: str | None, now: datetime, actor: Actor
) -> Pending:
    """Reads a file and keeps it. One that cannot be opened at all is refused with its faults, and not kept."""
    if not data:
        raise BadInput([Fault(place="file", wrong=Phrase("No file was chosen, or it is empty."))])
    preview = preview_import(db, data, filename, answers={}, key=fair_key)
    if preview.reading.draft is None and preview.reading.faults and not preview.reading.questions:
        raise BadInput(preview.reading.faults)
    upload = Upload(
        id=new_id("up"),
        filename=filename,
        data=data,
        created_at=now,
        fair_key=fair_key,
        created_by=actor.label,
    )
    with db.write() as work:
        uploads.remove_uploads_before(work, now - KEPT)
        uploads.add_upload(work, upload)
    return Pending(upload=upload, preview=preview)


def pending_upload(db: Database, upload_id: str) -> Pending:
    """Raises NotFound."""
    with db.read() as work:
        upload = uploads.get_upload(work, upload_id)
    preview = preview_import(db, upload.data, upload.filename, answers=upload.answers, key=upload.fair_key)
    return Pending(upload=upload, preview=preview)


def answer_upload(db: Database, upload_id: str, answers: Mapping[str, str]) -> None:
    """Keeps answers beside those given before; an empty one takes an earlier one back."""
    too_long = [key for key, answer in answers.items() if len(answer) > LONGEST_ANSWER]
    if too_long:
        wrong = Phrase("An answer has at most %(count)s characters.", count=LONGEST_ANSWER)
        raise BadInput([Fault(place=key, wrong=wrong) for key in too_long])
    with db.write() as work:
        upload = uploads.get_upload(work, upload_id)
        merged = {**upload.answers, **answers}
        uploads.save_answers(
            work, upload_id, {key: answer for key, answer in merged.items() if answer.strip()}
        )


def import_upload(db: Database, upload_id: str, *, now: datetime, actor: Actor) -> Imported:
    """Takes the workbook over. Asked for twice, the second time changes nothing. Raises as `import_fair`."""
    with db.read() as work:
        upload = uploads.get_upload(work, upload_id)
    done = import_fair(
        db,
        upload.data,
        upload.filename,
        answers=upload.answers,
        key=upload.fair_key,
        now=now,
        actor=actor,
    )
    with db.write() as work:
        uploads.set_upload_state(work, upload_id, "imported", done.fair.key)
    return done
