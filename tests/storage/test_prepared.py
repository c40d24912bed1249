"""Statements that are made into text once give what SQLAlchemy gives, and refuse as it does."""

from typing import Any

import pytest
from sqlalchemy import bindparam, event, insert, select, text

from scheduler.storage import fairs, meetings
from scheduler.storage.db import Database
from scheduler.storage.errors import AlreadyThere, ConnectionLost
from scheduler.storage.meetings import MEETING
from scheduler.storage.prepared import Listed, Prepared, among, insert_of
from scheduler.storage.tables import ProgrammeTable, table_of
from tests.builders import a_meeting
from tests.postgres import PostgresServer
from tests.storage.stage import NOW

PROGRAMME = table_of(ProgrammeTable)
THESE = select(MEETING).where(among(MEETING.c.id, bindparam("ids", type_=Listed()))).order_by(MEETING.c.id)
ADD = insert_of(PROGRAMME, insert(PROGRAMME).inline())
NAMED = Prepared(select(PROGRAMME.c.name).where(PROGRAMME.c.key == bindparam("key")))


def a_row(key: str, **other: str) -> dict[str, str]:
    return {"id": f"p-{key}", "key": key, "name": "사업", "name_en": "", **other}


def test_every_kind_of_value_is_read_as_sqlalchemy_reads_it(staged: Database) -> None:
    with staged.write() as work:
        meetings.add_meetings(work, (a_meeting("m1"), a_meeting("m2", match_id=None)), NOW)
        plain = work.execute(select(MEETING).order_by(MEETING.c.id)).all()
        found = Prepared(THESE).rows(work, ids=["m2", "m1", "m3"])
        assert [tuple(one) for one in found] == [tuple(one) for one in plain]
        assert [one.start_at for one in found] == [one.start_at for one in plain]


def test_nothing_is_among_none(staged: Database) -> None:
    with staged.read() as work:
        assert Prepared(THESE).rows(work, ids=[]) == []


def test_many_rows_go_in_at_once_and_none_is_no_statement(staged: Database) -> None:
    with staged.write() as work:
        ADD.send_all(work, [a_row("one"), a_row("two", name="둘")])
        ADD.send_all(work, [])
        assert [NAMED.ask(work, key=key).first() for key in ("one", "two", "three")] == [
            ("사업",),
            ("둘",),
            None,
        ]


def test_whoever_listens_to_the_database_hears_it(staged: Database) -> None:
    heard: list[Any] = []
    event.listen(staged.reader, "before_cursor_execute", lambda *given: heard.append(given[2]))
    with staged.read() as work:
        fairs.find_fair(work, "sample")
    assert [one.partition("\n")[0].partition(" ")[0] for one in heard] == ["SELECT"]


def test_a_broken_key_is_named_as_ever(staged: Database) -> None:
    with pytest.raises(AlreadyThere) as refused, staged.write() as work:
        ADD.send(work, a_row("one"))
        ADD.send(work, a_row("one", id="other"))
    assert (refused.value.table, refused.value.columns) == ("programme", ("key",))


@pytest.mark.postgres
def test_a_connection_lost_in_one_is_made_up_for(server_database: Database, postgres: PostgresServer) -> None:
    tries = []

    def deed(work: Any) -> None:
        tries.append(1)
        ADD.send(work, a_row("one"))
        if len(tries) == 1:
            with postgres.connect() as other:
                other.execute(
                    "SELECT pg_terminate_backend(%s)", [work.scalar(text("SELECT pg_backend_pid()"))]
                )
            NAMED.rows(work, key="one")

    server_database.carry_out(deed)
    with server_database.read() as work:
        assert (len(tries), NAMED.rows(work, key="one")) == (2, [("사업",)])


@pytest.mark.postgres
def test_a_connection_that_hangs_up_in_the_middle_is_told_of_when_nobody_tries_again(
    server_database: Database, postgres: PostgresServer
) -> None:
    with pytest.raises(ConnectionLost), server_database.read() as work:
        number = work.scalar(text("SELECT pg_backend_pid()"))
        with postgres.connect() as other:
            other.execute("SELECT pg_terminate_backend(%s)", [number])
        NAMED.rows(work, key="one")
