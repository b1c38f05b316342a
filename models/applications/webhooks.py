"""Calls to addresses outside: signed, never followed elsewhere, and only to hosts that the installation allows.

The name is looked up once, every address behind it has to be public, and the connection goes to exactly the address
that was looked at, so that a name which answers differently the second time leads nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from models.core.errors import Problem, Refused
from models.core.settings import settings

TIMEOUT = 10.0
"""Seconds that an address outside has to answer."""
LASTING = {408, 425, 429}
"""Refusals of the other side that pass by themselves; other 4xx stay."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: the name, the address that was looked at, the port, path and query."""

    host: str
    address: str
    port: int
    path: str
    is_secure: bool


def post(url: str, body: Mapping[str, Any], *, key: str) -> int:
    """Send a body to an address outside; the status it answered with.

    The receiver tells repeated calls apart by the header `Kontor-Delivery`.

    Raises:
        Refused: the address may not be called (WEBHOOK-ADDRESS), there is no secret to sign with (WEBHOOK-SECRET), or
            the other side refuses it for good (WEBHOOK-REFUSED).
        RuntimeError: the other side could not take it now.
    """
    target = looked_at(url)
    content = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json", "User-Agent": "Kontor", "Kontor-Delivery": key, "Host": _named(target),
        "Kontor-Signature": signature(content, int(time.time())),
    }  # fmt: skip
    try:
        status = _sent(target, content, headers)
    except (OSError, http.client.HTTPException) as error:
        raise RuntimeError(f"{target.host} could not be reached: {type(error).__name__}") from error
    if 200 <= status < 300:
        return status
    if 400 <= status < 500 and status not in LASTING:
        raise Refused(Problem("WEBHOOK-REFUSED", f"{target.host} refused the call with status {status}."))
    raise RuntimeError(f"{target.host} answered with status {status}")


def signature(content: bytes, at: int) -> str:
    """The header by which the receiver knows that it was us, and when: HMAC-SHA256 over time and content.

    Raises:
        Refused: no secret is set.
    """
    secret = settings().webhook_secret
    if secret is None or not secret.get_secret_value():
        text = "Calls outside need a secret to be signed with. Ask whoever runs Kontor to set KONTOR_WEBHOOK_SECRET."
        raise Refused(Problem("WEBHOOK-SECRET", text))
    made = hmac.new(secret.get_secret_value().encode(), f"{at}.".encode() + content, hashlib.sha256)
    return f"t={at},v1={made.hexdigest()}"


def looked_at(url: str) -> Target:
    """The target of a URL that may be called.

    Raises:
        Refused: it is none, its host is not allowed, or an address behind it is not public (WEBHOOK-ADDRESS).
        RuntimeError: the name cannot be looked up now.
    """
    private = settings().webhook_private
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise _refused("It is no address.") from None
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme != "https" and not (parts.scheme == "http" and private):
        raise _refused("Only addresses that begin with https:// are called.")
    if parts.username is not None or parts.password is not None:
        raise _refused("An address with a name and password in it is not called.")
    if not _is_allowed(host):
        raise _refused(f"{host or 'This host'} is not among the hosts that may be called (KONTOR_WEBHOOK_HOSTS).")
    found = _addresses(host, port)
    if not private and (wrong := next((each for each in found if not _is_public(each)), None)):
        raise _refused(f"{host} leads to {wrong}, which lies inside a network and not on the internet.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, found[0], port, path, parts.scheme == "https")


def _refused(text: str) -> Refused:
    return Refused(Problem("WEBHOOK-ADDRESS", text))


def _is_allowed(host: str) -> bool:
    """Whether a host is one of those allowed: by its name, or `*.example.com` for every name below it."""
    allowed = [each.strip().rstrip(".").lower() for each in settings().webhook_hosts.split(",") if each.strip()]
    return bool(host) and any(host == each or (each.startswith("*.") and host.endswith(each[1:])) for each in allowed)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RuntimeError(f"{host} cannot be looked up") from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _is_public(address: str) -> bool:
    """Whether an address lies on the internet; one that wraps another (IPv6) is judged by what it wraps."""
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour or (known.teredo[1] if known.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if known in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return known.is_global and not known.is_multicast


def _named(target: Target) -> str:
    usual = 443 if target.is_secure else 80
    return target.host if target.port == usual else f"{target.host}:{target.port}"


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was looked at, under the name that was asked for."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT)
        self._target = target

    def connect(self) -> None:
        """Never looks the name up once more."""
        self.sock = socket.create_connection((self._target.address, self._target.port), TIMEOUT)
        if self._target.is_secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._target.host)


def _sent(target: Target, content: bytes, headers: Mapping[str, str]) -> int:
    connection = _Pinned(target)
    try:
        connection.request("POST", target.path, content, dict(headers))
        return connection.getresponse().status  # what it answers is not read, a redirect is not followed
    finally:
        connection.close()
