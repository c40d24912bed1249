"""10,000 due mails, four workers as processes of their own, one of them killed: `python -m benchmarks.mails [rows]`.

The mail server is on loopback and runs in a process of its own, so it takes its share of the cores: a small
server that speaks just enough SMTP. Ends with 1 when a mail is lost, or one is sent twice for another reason
than the kill.
"""

import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

from scheduler.services.deliver import LEASE
from scheduler.services.notices import Change, RowState, rows_for
from scheduler.storage import meetings, outbox
from tests.builders import a_meeting
from tests.faults.workers import AFTER_DATA, a_worker
from tests.services.stage import NOW, Stage, a_stage

WORKERS, WANTED_PER_SECOND = 4, 300


def serve(reports: Connection) -> None:
    """Takes every mail and remembers Message-IDs and when the last came; tells them when asked."""
    asyncio.run(_serve(reports))


async def _serve(reports: Connection) -> None:
    taken: list[tuple[float, str]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 loopback\r\n")
        while line := await reader.readline():
            command = line[:4].upper()
            if command == b"DATA":
                writer.write(b"354 go on\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                head = content[content.lower().index(b"message-id:") :]
                taken.append((time.time(), head[: head.index(b"\r\n")].decode()))
            writer.write(b"221 bye\r\n" if command == b"QUIT" else b"250 OK\r\n")
            if command == b"QUIT":
                break
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=2**20)
    reports.send(server.sockets[0].getsockname()[1])
    while await asyncio.to_thread(reports.recv):
        reports.send(taken)


def many_due(stage: Stage, rows: int) -> int:
    made = [
        a_meeting(
            f"m{number}", uid=f"m{number}@sangdam", match_id=None, link=f"https://video.example/{number}"
        )
        for number in range((rows + 2) // 3)
    ]
    due = rows_for([Change(before=None, after=one) for one in made], state=RowState.DUE, now=NOW)
    with stage.db.write() as work:
        meetings.add_meetings(work, made, NOW)
        outbox.add_rows(work, due)
    return len(due)


def main(rows: int = 10_000) -> int:
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there,), daemon=True)
    server.start()
    port = here.recv()
    with tempfile.TemporaryDirectory() as folder:
        stage = a_stage(Path(folder))
        due = many_due(stage, rows)
        victim = a_worker(Path(folder), port, NOW, dies=AFTER_DATA, at_mail=50)
        crew = [a_worker(Path(folder), port, NOW) for _ in range(WORKERS - 1)]
        ends = [one.wait() for one in (victim, *crew)]
        here.send(True)
        first = here.recv()
        a_worker(Path(folder), port, NOW + LEASE).wait()
        here.send(True)
        taken = Counter(message_id for _at, message_id in here.recv())
        sent = _sent(stage)
        stage.db.dispose()
    here.send(False)
    server.join()
    seconds = first[-1][0] - first[0][0]
    rate = len(first) / seconds
    print(f"{due:,} due mails, {WORKERS} workers, one killed after DATA (exit codes {ends})")
    print(
        f"  {rate:6.0f} mails a second (wanted {WANTED_PER_SECOND}), {seconds:.1f} s from the first to the last"
    )
    twice = sum(1 for one in taken.values() if one > 1)
    print(f"  keys sent {len(taken):,} of {due:,}; sent twice {twice}; rows marked {sent:,}")
    is_right = len(taken) == due == sent and sum(taken.values()) <= due + 1
    return 0 if is_right else 1


def _sent(stage: Stage) -> int:
    with stage.db.read() as work:
        return outbox.counts(work).get("sent", 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
