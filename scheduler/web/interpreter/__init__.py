"""The pages of interpreters: their day, their working hours, and the hours they have worked."""

from scheduler.web.interpreter import day, hours, worked
from scheduler.web.interpreter.part import interpreter

__all__ = ["day", "hours", "interpreter", "worked"]
