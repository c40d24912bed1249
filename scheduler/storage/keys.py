"""What a unique key of the database is about, by its name."""

from collections.abc import Iterator

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from scheduler.storage.tables import Base


def key_named(name: str) -> tuple[str, tuple[str, ...]]:
    """Table and columns of a unique key. PostgreSQL cuts names at 63 characters; ours are shorter."""
    found = {known: (table, columns) for known, table, columns in _keys()}
    return found.get(name, (name, ()))


def _keys() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for table in Base.metadata.tables.values():
        for key in _unique(table):
            yield str(key.name), table.name, tuple(c.name for c in key.columns if isinstance(c, Column))


def _unique(table: Table) -> Iterator[UniqueConstraint | PrimaryKeyConstraint | Index]:
    yield from (one for one in table.constraints if isinstance(one, UniqueConstraint | PrimaryKeyConstraint))
    yield from (index for index in table.indexes if index.unique)
