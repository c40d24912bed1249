"""Requests that were answered, by who asked and the key they gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scheduler.storage.prepared import Prepared, insert_of
from scheduler.storage.tables import IdempotencyTable, table_of

ANSWERED = table_of(IdempotencyTable)
_SAME = (ANSWERED.c.actor == bindparam("of"), ANSWERED.c.key == bindparam("by"))
_FIND = Prepared(select(ANSWERED.c.request_sha256, ANSWERED.c.answer).where(*_SAME))
_BEGIN = insert_of(ANSWERED, insert(ANSWERED).on_conflict_do_nothing().returning(ANSWERED.c.key))
_KEEP = Prepared(update(ANSWERED).where(*_SAME).values(answer=bindparam("said")))


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What was asked, as its SHA-256, and what the answer was; empty while it is being given."""

    request_sha256: str
    answer: Mapping[str, Any]


def find_answered(work: Session, actor: str, key: str) -> Answered | None:
    row = _FIND.ask(work, of=actor, by=key).first()
    return None if row is None else Answered(request_sha256=row.request_sha256, answer=row.answer)


def begin_answer(
    work: Session,
    actor: str,
    key: str,
    request_sha256: str,
    now: datetime,
    answer: Mapping[str, Any] = MappingProxyType({}),
) -> bool:
    """Take the key; False when it is taken. Whoever wants one that another transaction has just taken waits for it.

    `answer` where it is known already: nobody sees it before the transaction has done what it says.
    """
    row = {
        "actor": actor,
        "key": key,
        "request_sha256": request_sha256,
        "answer": dict(answer),
        "created_at": now,
    }
    return _BEGIN.ask(work, **row).first() is not None


def keep_answer(work: Session, actor: str, key: str, answer: Mapping[str, Any]) -> None:
    """What was answered, in the transaction that did what was asked."""
    _KEEP.send(work, {"of": actor, "by": key, "said": dict(answer)})


def forget_answers(work: Session, before: datetime) -> None:
    """Older ones go: nobody repeats a request days later."""
    work.execute(delete(ANSWERED).where(ANSWERED.c.created_at < before))
