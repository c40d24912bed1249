"""Every row of every table as lines of text, and back: the same for both databases."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session

from scheduler.storage.statements import pieces
from scheduler.storage.tables import Base

_ROWS_AT_ONCE = 2000
# Beside the tables: what a program of this moment knows about itself, and no part of what is kept.
LEFT_OUT = frozenset({"heartbeat", "throttle"})


def tables() -> tuple[Table, ...]:
    """All that are kept, each after those it refers to."""
    return tuple(one for one in Base.metadata.sorted_tables if one.name not in LEFT_OUT)


def lines_of(work: Session, table: Table) -> Iterator[str]:
    """Each row as one line of JSON, in the order of the primary key."""
    rows = work.connection().execution_options(yield_per=_ROWS_AT_ONCE)
    for row in rows.execute(select(table).order_by(*table.primary_key.columns)):
        yield json.dumps([_written(value) for value in row], ensure_ascii=False, separators=(",", ":"))


def insert_lines(work: Session, table: Table, lines: Iterable[str]) -> int:
    """Insert what `lines_of` wrote; how many."""
    names, count = [column.name for column in table.columns], 0
    for piece in pieces(lines, _ROWS_AT_ONCE):
        rows = [dict(zip(names, map(_read, json.loads(line)), strict=True)) for line in piece]
        work.execute(insert(table), rows)
        count += len(rows)
    return count


def count_rows(work: Session) -> Mapping[str, int]:
    """How many rows each table has."""
    return {one.name: work.scalar(select(func.count()).select_from(one)) or 0 for one in tables()}


def number_on(work: Session) -> None:
    """After rows came with numbers of their own, the database goes on counting behind them."""
    if work.get_bind().dialect.name != "postgresql":
        return
    for table in tables():
        for column in table.primary_key.columns:
            found = work.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": table.name, "column": column.name},
            )
            if found is not None:
                highest = work.scalar(select(func.max(column)))
                work.execute(
                    text("SELECT setval(:name, :highest, :used)"),
                    {"name": found, "highest": highest or 1, "used": highest is not None},
                )


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    # A fact of the program is told from one of ours by standing in a list of its own.
    return [value] if isinstance(value, dict | list) else value


def _read(written: Any) -> Any:
    if isinstance(written, list):
        return written[0]
    if not isinstance(written, dict):
        return written
    if "at" in written:
        return datetime.fromisoformat(written["at"])
    return base64.b64decode(written["bytes"])
