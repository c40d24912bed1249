"""What storage refuses, each with its facts."""

from collections.abc import Sequence

from scheduler.booking.errors import Refusal
from scheduler.wording import Phrase


class StorageUnavailable(Refusal):
    """The database cannot be reached or written: nothing of the transaction was kept."""

    phrase = Phrase("The database does not answer. Nothing was changed; please try again in a moment.")


class StorageBusy(StorageUnavailable):
    """The write lock was not to be had in time, or a deadlock was lost: trying again is likely to help."""

    phrase = Phrase("Many people are booking at this moment. Nothing was changed; please try again.")


class TakenBack(StorageBusy):
    """The database gave the whole transaction up, after a deadlock or to keep others apart: it may be begun anew."""


class ConnectionLost(StorageUnavailable):
    """The server went away, or has become a standby. What was not committed is gone, and another may answer soon."""


class AlreadyThere(Refusal):
    """A unique key says that such an entry exists: `table` and `columns` name the key."""

    phrase = Phrase("Such an entry exists already")

    def __init__(self, *, table: str, columns: Sequence[str]) -> None:
        self.table, self.columns = table, tuple(columns)
        super().__init__(table, self.columns)


class ClaimsTaken(Exception):
    """Ticks that others have: `taken` lists (resource id, tick, id of the meeting that has it), sorted.

    By then some of the loser's claims stand: the transaction must be rolled back, wholly or to a savepoint.
    """

    def __init__(self, taken: Sequence[tuple[str, int, str]]) -> None:
        self.taken = tuple(taken)
        super().__init__(self.taken)
