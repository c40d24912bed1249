"""A buyer's pages behind their link. No account, no cookie of ours needed; looking changes nothing."""

from scheduler.web.buyer import answers, choices, equipment, free, page, reminders, requests, result
from scheduler.web.buyer.part import buyer

__all__ = ["answers", "buyer", "choices", "equipment", "free", "page", "reminders", "requests", "result"]
