"""Statements of every booking: written with SQLAlchemy, made into text once, and sent by the driver itself.

To run a statement, SQLAlchemy spends a quarter of a millisecond on looking it up, on its parameters and on its result;
a booking sends some twenty. Here all that can be known beforehand is: the text for each database, what is done to
every value on its way in and out, and the names of the columns. It is sent by the connection of the session's own
transaction, and whoever listens to what the database is sent hears it as well.
"""

import re
import threading
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Boolean, Connection, Dialect, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from scheduler.storage.json_text import dumps
from scheduler.storage.statements import pieces

_Change = Callable[[Any], Any]
_KNOWN = "connection"
_PARAMETER = re.compile(r"%\(\w+\)s::[A-Z ]+")


class Listed(TypeDecorator[Sequence[str]]):
    """Many words as one value: an array where there are arrays, else JSON."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(Text()))

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> Any:
        words = list(value or ())
        return dumps(words) if dialect.name == "sqlite" else words


class among(FunctionElement[bool]):  # noqa: N801  (reads as a function does)
    """`among(column, bindparam("ids", type_=Listed()))`: one text however many ids there are."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> "among":
        """As it stands: SQLite would else be asked whether it equals 1, and look through the whole table."""
        return self


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: SQLCompiler, **given: Any) -> str:
    column, listed = (compiler.process(one, **given) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({listed}))"  # noqa: S608


@compiles(among, "postgresql")
def _among_postgresql(element: among, compiler: SQLCompiler, **given: Any) -> str:
    column, listed = (compiler.process(one, **given) for one in element.clauses)
    return f"{column} = ANY({listed})"


@dataclass(frozen=True, kw_only=True)
class _Words:
    """A statement as one of the databases is sent it."""

    text: str
    for_many: str
    """The same for many rows at once, each parameter a list; empty where the driver is quick at one by one."""
    places: tuple[tuple[str, _Change | None], ...]
    """In the order of the text, each parameter's name and what is done to its value."""
    fixed: Mapping[str, Any]
    is_named: bool
    row: Callable[[Iterable[Any]], Any]
    read: tuple[tuple[int, _Change], ...]

    def bound(self, values: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **values} if self.fixed else values
        if self.is_named:
            return {name: given[name] if to is None else to(given[name]) for name, to in self.places}
        return tuple([given[name] if to is None else to(given[name]) for name, to in self.places])

    def read_from(self, row: Sequence[Any]) -> Any:
        if not self.read:
            return self.row(row)
        values = list(row)
        for place, change in self.read:
            values[place] = change(values[place])
        return self.row(values)


class Answer:
    """What the database said to a statement."""

    def __init__(self, cursor: Any, words: _Words) -> None:
        self._cursor, self._words = cursor, words

    def rows(self) -> list[Any]:
        """Every row, its values by name and in the order of the columns."""
        return [self._words.read_from(row) for row in self._cursor.fetchall()]

    def first(self) -> Any | None:
        """The first row; None where there is none."""
        return next(iter(self.rows()), None)


class Prepared:
    """A statement whose every parameter has a name. `columns` are those that an insert is given values for; `row`
    makes a row of the answer, where it is to be no tuple named after its columns.
    """

    def __init__(
        self,
        statement: Executable,
        columns: Iterable[str] = (),
        *,
        row: Callable[[Iterable[Any]], Any] | None = None,
    ) -> None:
        self._statement, self._columns, self._row = statement, tuple(columns), row
        self._known: dict[str, _Words] = {}
        self._making = threading.Lock()

    def ask(self, work: Session, **values: Any) -> Answer:
        """Sends a question, or a change that answers with rows."""
        connection = _connection_of(work)
        words = self._words(connection.dialect)
        return Answer(send(connection, words.text, words.bound(values)), words)

    def rows(self, work: Session, **values: Any) -> list[Any]:
        return self.ask(work, **values).rows()

    def send(self, work: Session, values: Mapping[str, Any]) -> None:
        """Sends a change."""
        connection = _connection_of(work)
        words = self._words(connection.dialect)
        send(connection, words.text, words.bound(values))

    def send_all(self, work: Session, several: Iterable[Mapping[str, Any]]) -> None:
        """The same change for many rows."""
        connection = _connection_of(work)
        words = self._words(connection.dialect)
        for piece in pieces(map(words.bound, several)):
            if len(piece) == 1:
                send(connection, words.text, piece[0])
            elif words.for_many:
                send(connection, words.for_many, {name: [one[name] for one in piece] for name in piece[0]})
            else:
                send(connection, words.text, piece, many=True)

    def _words(self, dialect: Dialect) -> _Words:
        known = self._known.get(dialect.name)
        if known is None:
            with self._making:
                known = self._known[dialect.name] = _made(self._statement, self._columns, self._row, dialect)
        return known


def insert_of(table: Table, statement: Executable) -> Prepared:
    """An insert of whole rows into a table, without those of its columns that the database numbers itself."""
    own = table.autoincrement_column
    return Prepared(statement, [one.name for one in table.columns if one is not own])


def _connection_of(work: Session) -> Connection:
    """That of the transaction, asked for once in each: asking every time is a tenth of what a booking costs."""
    current = work.get_nested_transaction() or work.get_transaction()
    asked_in, known = work.info.get(_KNOWN, (None, None))
    if current is None or asked_in is not current:
        # A savepoint is set when it is first asked within it.
        known = work.connection()
        work.info[_KNOWN] = (work.get_nested_transaction() or work.get_transaction(), known)
    return cast(Connection, known)


def _made(
    statement: Executable,
    columns: Sequence[str],
    own_row: Callable[[Iterable[Any]], Any] | None,
    dialect: Dialect,
) -> _Words:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)  # type: ignore[attr-defined]
    binds = {name: compiled.binds[name] for name in compiled.bind_names.values()}
    names = compiled.positiontup if compiled.positional else list(binds)
    columns_out = compiled._result_columns
    read = [(place, _reader(one.type, dialect)) for place, one in enumerate(columns_out)]
    row = namedtuple("Found", [one.keyname for one in columns_out], rename=True)  # type: ignore[misc]
    return _Words(
        text=str(compiled),
        for_many="" if compiled.positional else _for_many(str(compiled)),
        places=tuple((name, _writer(binds[name].type, dialect)) for name in names),
        fixed={name: one.effective_value for name, one in binds.items() if not one.required},
        is_named=not compiled.positional,
        row=own_row or row._make,
        read=tuple((place, change) for place, change in read if change is not None),
    )


def _for_many(text: str) -> str:
    """An insert of one row, of as many as its parameters are long."""
    head, _, tail = text.partition(" VALUES (")
    lists = _PARAMETER.sub(r"\g<0>[]", tail)
    return f"{head} SELECT * FROM unnest({lists}"  # noqa: S608


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> _Change | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> _Change | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def send(connection: Connection, text: str, given: Any, *, many: bool = False) -> Any:
    """Sends a text as the driver takes it; the driver's cursor."""
    cursor = connection.connection.cursor()
    for heard in connection.dispatch.before_cursor_execute:
        heard(connection, cursor, text, given, None, many)
    if many:
        cursor.executemany(text, given)
    else:
        cursor.execute(text, given)
    return cursor
