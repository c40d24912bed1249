"""Workbooks in and out. Pure: bytes in, a reading out; nothing here stores anything or knows a page."""

from scheduler.sheets.draft import (
    FairDraft,
    buyer_key,
    company_key,
    interpreter_key,
    match_key,
    room_key,
)
from scheduler.sheets.guard import MAX_FILE_BYTES, MAX_ROWS
from scheduler.sheets.read import key_from, read
from scheduler.sheets.reading import Expected, Question, Reading, Suggestion, Understood
from scheduler.sheets.write import write_workbook

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_ROWS",
    "Expected",
    "FairDraft",
    "Question",
    "Reading",
    "Suggestion",
    "Understood",
    "buyer_key",
    "company_key",
    "interpreter_key",
    "key_from",
    "match_key",
    "read",
    "room_key",
    "write_workbook",
]
