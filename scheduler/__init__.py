"""Sangdam: the scheduler for video export consultations between Korean companies and buyers abroad."""
