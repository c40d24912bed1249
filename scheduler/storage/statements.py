"""Inserts that both databases understand, and long lists of ids in pieces."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scheduler.storage import postgresql as own_postgresql
from scheduler.storage import sqlite as own_sqlite

_T = TypeVar("_T")
# Well below what either database takes as parameters of one statement.
IDS_AT_ONCE = 500


def insert_into(work: Session, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An insert that can say ON CONFLICT."""
    if work.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_claims(work: Session, claims: Sequence[tuple[str, int, str]]) -> int:
    """Insert (resource, tick, meeting) where the key is free; how many went in."""
    connection = work.connection()
    if connection.dialect.name == "sqlite":
        return own_sqlite.insert_claims(connection, claims)
    return own_postgresql.insert_claims(connection, claims)


def wait_in_turn(work: Session, match_id: str, resource_ids: Sequence[str], tick: int) -> None:
    """Wait for others who are after the same people from the same tick on, until their transactions end."""
    connection = work.connection()
    own = own_sqlite if connection.dialect.name == "sqlite" else own_postgresql
    own.wait_in_turn(connection, match_id, resource_ids, tick)


def upsert(work: Session, table: Table, row: Mapping[str, Any], *, keep: Iterable[str] = ()) -> None:
    """Insert a row or update the one with its primary key; columns in `keep` stay as they were first written."""
    keys = [column.name for column in table.primary_key]
    changed = {name: value for name, value in row.items() if name not in {*keys, *keep}}
    statement = insert_into(work, table).values(row)
    work.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def pieces(items: Iterable[_T], size: int = IDS_AT_ONCE) -> Iterator[Sequence[_T]]:
    """The items, some at a time."""
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece
