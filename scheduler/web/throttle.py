"""How often somebody may try: counted by address and by account, failures only, and never locked for good."""

import hashlib

from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(
    key_func=get_remote_address,
    strategy="fixed-window",
    headers_enabled=False,
)


def _failed(response: Response) -> bool:
    return response.status_code >= 400


def _account() -> str:
    written = request.form.get("email", "").strip().lower()
    return "account:" + hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()


login_by_address = limiter.limit("40 per 5 minutes", methods=["POST"], deduct_when=_failed)
login_by_account = limiter.limit(
    "10 per 10 minutes", key_func=_account, methods=["POST"], deduct_when=_failed
)
asked_by_address = limiter.limit("10 per 10 minutes", methods=["POST"])
"""For what sends a mail to whoever is named: all count, since none fails."""
guesses_by_address = limiter.shared_limit("60 per minute", scope="guesses", deduct_when=_failed)
"""For addresses that open something by themselves: whoever misses too often has to wait."""
