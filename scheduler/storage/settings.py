"""Settings that people change while the program runs, one JSON value under each key."""

from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from scheduler.storage.prepared import Prepared
from scheduler.storage.statements import upsert
from scheduler.storage.tables import SettingTable, table_of

SETTING = table_of(SettingTable)
_BY_KEY = Prepared(select(SETTING.c.value).where(SETTING.c.key == bindparam("key")))


def read_setting(work: Session, key: str, default: Any = None) -> Any:
    """The value, or `default` when there is none."""
    row = _BY_KEY.ask(work, key=key).first()
    return default if row is None else row.value


def save_setting(work: Session, key: str, value: Any) -> None:
    """Keep a value; None forgets it."""
    if value is None:
        work.execute(delete(SETTING).where(SETTING.c.key == key))
        return
    upsert(work, SETTING, {"key": key, "value": value})
