"""Workbooks in and out. Pure: bytes in, a reading out; nothing here stores anything or knows a page."""
