"""Workbooks in and out. Pure: bytes in, a reading out; nothing here stores anything or knows a page."""

from scheduler.sheets.draft import (
    FairDraft,
    buyer_key,
    company_key,
    interpreter_key,
    match_key,
    room_key,
)
from scheduler.sheets.reading import Expected, Question, Reading, Suggestion, Understood

__all__ = [
    "Expected",
    "FairDraft",
    "Question",
    "Reading",
    "Suggestion",
    "Understood",
    "buyer_key",
    "company_key",
    "interpreter_key",
    "match_key",
    "room_key",
]
