"""What a sound database has, on both kinds."""

from scheduler.storage import soundness
from scheduler.storage.db import Database


def test_a_database_that_has_just_been_made_lacks_nothing(database: Database) -> None:
    with database.read() as work:
        assert (list(soundness.missing_in(work)), list(soundness.faults_of(work))) == ([], [])
