"""Sangdam: the scheduler for video export consultations between Korean companies and buyers abroad."""

__version__ = "0.1.0"
