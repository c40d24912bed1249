"""Keeps everything. The database itself refuses what must not be; rows never leave this package.

Every function takes the `Session` of the running transaction first and deals in frozen dataclasses.
"""
