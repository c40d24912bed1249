"""The gateway that takes text messages: one HTTP request with JSON for each. docs/text-messages.md is the contract.

The address comes from the settings. All the same it is checked as every outgoing address is.
"""

import json
from dataclasses import dataclass, field

from scheduler.outgoing import LookUp, Patience, PrivateAddress, Unreachable, post
from scheduler.texting.words import Text

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
_LONGEST_REASON = 200
_LATER = frozenset({408, 409, 425, 429})
_NOBODY = frozenset({401, 402, 403})


@dataclass(frozen=True, kw_only=True)
class GatewaySettings:
    """`address` is the whole address that messages are posted to; `is_private_allowed` for a gateway next door."""

    address: str
    key: str = field(repr=False)
    sender: str
    is_private_allowed: bool = False


class TextFailure(Exception):
    """A message was not taken. Says nothing of the key, and of the number only its end."""

    def __init__(self, *, to: str, reason: str, code: int | None = None) -> None:
        self.to, self.reason, self.code = to, reason, code
        super().__init__(to, reason, code)

    def __str__(self) -> str:
        shown = f"…{self.to[-4:]}"
        return f"{shown}: {self.reason}" if self.code is None else f"{shown}: {self.code} {self.reason}"


class TextDelayed(TextFailure):
    """Worth trying again later."""


class GatewayAway(TextDelayed):
    """The gateway cannot be reached or lets nobody in: no other message would fare better now."""


class TextRefused(TextFailure):
    """Trying again would give the same answer."""


class Gateway:
    """One request for each message, over a connection of its own."""

    def __init__(self, settings: GatewaySettings, *, look_up: LookUp | None = None) -> None:
        self._settings = settings
        self._look_up = look_up

    def send(self, text: Text, *, key: str) -> str:
        """The gateway's own id of the message, empty where it names none. `key` is the same for a repeat, which the
        gateway then sends once. Raises TextDelayed, GatewayAway, TextRefused.
        """
        body = {"from": self._settings.sender, "to": text.to, "type": str(text.kind), "text": text.words}
        try:
            answer = post(
                self._settings.address,
                json.dumps(body, ensure_ascii=False).encode(),
                self._headers(key),
                is_private_allowed=self._settings.is_private_allowed,
                patience=Patience(connect=CONNECT_SECONDS, read=READ_SECONDS),
                look_up=self._look_up,
            )
        except PrivateAddress:
            reason = "the address of the gateway is in a private network"
            raise GatewayAway(to=text.to, reason=reason) from None
        except Unreachable as error:
            raise GatewayAway(to=text.to, reason=error.reason) from error
        return _read(text.to, answer.status, answer.content)

    def _headers(self, key: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._settings.key}",
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Idempotency-Key": key,
        }


def _read(to: str, status: int, content: bytes) -> str:
    found = _json(content)
    if 200 <= status < 300:
        # It is taken, whatever the answer looks like: sent once more, it would come twice.
        return str(found.get("id") or "")[:200]
    reason = _reason(found)
    if status in _NOBODY or 300 <= status < 400:
        raise GatewayAway(to=to, reason=reason, code=status)
    if status in _LATER or status >= 500:
        raise TextDelayed(to=to, reason=reason, code=status)
    raise TextRefused(to=to, reason=reason, code=status)


def _reason(found: dict[str, object]) -> str:
    error = found.get("error")
    said = error.get("message") or error.get("code") if isinstance(error, dict) else error
    return " ".join(str(said or "no reason given").split())[:_LONGEST_REASON]


def _json(content: bytes) -> dict[str, object]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
