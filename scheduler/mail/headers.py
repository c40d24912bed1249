"""Header lines: checked against injection, encoded by RFC 2047, folded.

The standard library's own folding loses a space where it splits some names (measured on 3.11), and it decodes
encoded words that somebody wrote into a name; so the lines are made here, and its policy only passes them on.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any

from scheduler.booking.errors import Refusal
from scheduler.wording import Phrase


class BadHeader(Refusal):
    """A line break, control character or broken address where a header would be made of it."""

    def __init__(self, *, header: str, value: str) -> None:
        self.header, self.value = header, value
        shown = ascii(value) if len(value) <= _SHOWN else ascii(value[:_SHOWN]) + " …"
        self.phrase = Phrase(
            "This cannot stand in the %(header)s line of a mail: %(value)s", header=header, value=shown
        )
        super().__init__(header, value)


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """Somebody's name and address."""

    email: str
    name: str = ""


class Written(str):
    """What follows the colon of a header line: ASCII, encoded and folded already."""

    __slots__ = ()


class Policy(EmailPolicy):
    """The standard policy for SMTP that leaves a Written header as it is."""

    def header_max_count(self, name: str) -> int | None:
        # The standard library makes a new class at each call to find this out.
        return _max_count(name.lower())

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        return (name, value) if isinstance(value, Written) else super().header_store_parse(name, value)

    def header_fetch_parse(self, name: str, value: str) -> Any:
        # Asked for several times for each part while a message is written out, and parsed anew each time.
        is_ours = isinstance(value, Written) and name.lower().startswith(("content-", "message-id"))
        return str(value) if is_ours else super().header_fetch_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}" if isinstance(value, Written) else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        if isinstance(value, Written):
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


@lru_cache(maxsize=256)
def _max_count(name: str) -> int | None:
    return EmailPolicy().header_max_count(name)


# The default policy would write bare line feeds inside a calendar part; not all servers take 8-bit bodies.
POLICY = Policy(linesep="\r\n", cte_type="7bit")


def words(header: str, value: str) -> Written:
    """A text, such as a subject. Raises BadHeader."""
    if _CONTROL.search(value):
        raise BadHeader(header=header, value=value)
    if _PLAIN.fullmatch(value) and "=?" not in value:
        return Written(value)
    return Written(_encoded(header, value))


# The sender is the same in a hundred mails, and a person gets several.
@lru_cache(maxsize=4096)
def address(header: str, mailbox: Mailbox) -> Written:
    """One mailbox. Raises BadHeader."""
    local, _, domain = mailbox.email.rpartition("@")
    if not _LOCAL_PART.fullmatch(local) or len(local) > _LONGEST_LOCAL_PART:
        raise BadHeader(header=header, value=mailbox.email)
    written = f"{local}@{ascii_domain(header, domain)}"
    if not mailbox.name:
        return Written(written)
    if _PLAIN_NAME.fullmatch(mailbox.name):
        return Written(f"{mailbox.name} <{written}>")
    if _CONTROL.search(mailbox.name):
        raise BadHeader(header=header, value=mailbox.name)
    return Written(f"{_quoted(header, mailbox.name) or _encoded(header, mailbox.name)}\r\n <{written}>")


def ascii_domain(header: str, domain: str) -> str:
    """The domain as it is written in mail, a Korean one in Punycode. Raises BadHeader."""
    written = _in_ascii(domain)
    if written is None:
        raise BadHeader(header=header, value=domain)
    return written


@lru_cache(maxsize=1024)
def _in_ascii(domain: str) -> str | None:
    try:
        written = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return written if _DOMAIN.fullmatch(written) else None


def only_address(message: EmailMessage, header: str) -> str:
    """The one address a header names. Raises BadHeader for none or more: each reader has a mail of their own."""
    ours = [value for name, value in message.raw_items() if name.lower() == header.lower()]
    if len(ours) == 1 and isinstance(ours[0], Written):
        # Written by `address` here, so it is one; the standard library takes a millisecond to find that out.
        return ours[0].rpartition("<")[2].rstrip(">")
    addresses = [address for value in message.get_all(header, []) for address in value.addresses]
    if len(addresses) != 1:
        raise BadHeader(header=header, value=", ".join(str(address) for address in addresses))
    return str(addresses[0].addr_spec)


def _quoted(header: str, name: str) -> str:
    """A name in ASCII between quotation marks, folded at its spaces; empty for one that has to be encoded.

    Readers that are not careful put spaces between the pieces of a name that was cut and encoded.
    """
    if "=?" in name or not _QUOTABLE.fullmatch(name):
        return ""
    first, *words = _ESCAPED.sub(r"\\\g<0>", name).split(" ")
    lines, used = [f'"{first}'], len(f"{header}: ")
    for word in words:
        if used + len(lines[-1]) + len(f' {word}"') > _LINE:
            # The space that begins a folded line is the one between the words.
            lines.append(f" {word}")
            used = 0
        else:
            lines[-1] += f" {word}"
    return "\r\n".join(lines) + '"'


def _encoded(header: str, value: str) -> str:
    """Encoded words by RFC 2047, one to a line of at most 76 characters; none is cut inside a character."""
    pieces, piece, room = [], b"", _octets_in(_LINE - len(f"{header}: "))
    for character in value:
        octets = character.encode("utf-8")
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece, room = b"", _octets_in(_LINE - 1)
        piece += octets
    return "\r\n ".join(f"=?utf-8?b?{b64encode(one).decode()}?=" for one in (*pieces, piece))


def _octets_in(characters: int) -> int:
    # Of an encoded word 12 characters are its frame; four of the others carry three octets.
    return (characters - 12) // 4 * 3


_LINE = 76
_SHOWN = 80
_LONGEST_LOCAL_PART = 64
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN = re.compile("[!-~]([ -~]{0,58}[!-~])?")
_PLAIN_NAME = re.compile("[A-Za-z0-9]([A-Za-z0-9 ]{0,48}[A-Za-z0-9])?")
# No word of it is longer than a line, with every character escaped.
_QUOTABLE = re.compile("[!-~]{1,30}( [!-~]{1,30}){0,30}")
_ESCAPED = re.compile(r'["\\]')
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
