"""One HTTP request to somebody else's server, by whatever part of the program sends one.

Where the address leads is looked up once, refused when that is a private network, and connected to as looked up, so
that a name cannot point elsewhere a moment later. Redirects are not followed.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

LONGEST_ANSWER = 64 * 1024
_LAST_32_BITS = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "::/96")))
_OWN_GATEWAY = ipaddress.IPv6Network("64:ff9b:1::/48")
LookUp = Callable[[str, int], tuple[str, ...]]


class PrivateAddress(Exception):
    """The address leads into a private network, and nobody has allowed that."""


class Unreachable(Exception):
    """Nobody answered, or not in time; `reason` is the kind of the failure."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Seconds to wait for a connection, and for an answer; also for all of it, however slowly it drips."""

    connect: float = 5.0
    read: float = 10.0

    @property
    def whole(self) -> float:
        return self.connect + self.read


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; of a long answer the beginning."""

    status: int
    content: bytes


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    is_private_allowed: bool,
    patience: Patience | None = None,
    look_up: LookUp | None = None,
) -> Answer:
    """Posts to `http://` or `https://`. Raises PrivateAddress, Unreachable."""
    parts, patience = urlsplit(address), patience or Patience()
    try:
        with (
            _pool(parts, is_private_allowed, patience, look_up or addresses_of) as pool,
            _hanging_up(pool, patience.whole),
        ):
            answer = pool.request(
                "POST",
                _path(parts),
                body=body,
                headers={"Host": parts.netloc.rpartition("@")[2], "User-Agent": "sangdam", **headers},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            status, content = answer.status, answer.read(LONGEST_ANSWER, decode_content=False)
            answer.release_conn()
    except (HTTPError, OSError, UnicodeError) as error:
        raise Unreachable(type(error).__name__) from error
    return Answer(status=status, content=content)


def leads_inside(host: str) -> bool:
    """Whether a host, written as a number, is in a private network; a name says so only when it is looked up."""
    try:
        # Also 2130706433 and 0x7f.1, which are ways to write 127.0.0.1.
        is_number = host[:1].isdigit() and ":" not in host
        found = socket.inet_ntoa(socket.inet_aton(host)) if is_number else host.strip("[]")
        return not is_public(found)
    except (OSError, ValueError):
        return host.rstrip(".").lower() == "localhost"


def is_public(address: str) -> bool:
    """Raises ValueError for what is no IP address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = _inside(found)
        if inner is not None or found in _OWN_GATEWAY:
            return inner is not None and is_public(str(inner))
    return found.is_global and not found.is_multicast


def _inside(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The older address that a newer one stands for: mapped, by 6to4, or by a gateway between the two (NAT64)."""
    if any(found in network for network in _LAST_32_BITS):
        return ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    return found.sixtofour


def addresses_of(host: str, port: int) -> tuple[str, ...]:
    return tuple(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def _pool(
    parts: SplitResult, is_private_allowed: bool, patience: Patience, look_up: LookUp
) -> urllib3.HTTPConnectionPool:
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    found = look_up(host, port)
    if not is_private_allowed and not all(is_public(one) for one in found):
        raise PrivateAddress(host)
    timeout = urllib3.Timeout(connect=patience.connect, read=patience.read)
    if not is_tls:
        return urllib3.HTTPConnectionPool(found[0], port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        found[0],
        port,
        timeout=timeout,
        cert_reqs="CERT_REQUIRED",
        server_hostname=host,
        assert_hostname=host,
    )


@contextmanager
def _hanging_up(pool: urllib3.HTTPConnectionPool, seconds: float) -> Iterator[None]:
    """Ends the connection after so long, whatever it is at: the time-outs are for each part of an answer alone, and
    somebody can send a letter every nine seconds for days.
    """
    made: list[HTTPConnection] = []
    over = threading.Event()
    kind = pool.ConnectionCls

    def connection(*args: Any, **given: Any) -> Any:
        made.append(kind(*args, **given))  # type: ignore[arg-type]
        return made[-1]

    def hang_up() -> None:
        over.set()
        for one in made:
            if one.sock is not None:
                with suppress(OSError):
                    one.sock.shutdown(socket.SHUT_RDWR)

    pool.ConnectionCls = connection  # type: ignore[assignment]
    clock = threading.Timer(seconds, hang_up)
    clock.daemon = True
    clock.start()
    try:
        yield
    except HTTPError as error:
        if over.is_set():
            raise TimeoutError from error
        raise
    finally:
        clock.cancel()
    if over.is_set():
        raise TimeoutError


def _path(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.path or '/'}{query}"
