"""The hash chain of a case: each event's hash covers the one before it, so that a changed byte is found.

The chain covers a digest of the payload, not the payload: what a person may have erased can go, and the chain still
holds. The digest is salted, so that a short value (a name, a number) cannot be guessed from it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

START = "0" * 64
"""What the first event of a case stands on."""


@dataclass(frozen=True, slots=True)
class Link:
    """An event as the chain sees it; a payload of None was erased. `salt` lies beside the payload and goes with it."""

    case_id: UUID
    seq: int
    at: datetime
    kind: str
    schema: int
    actor_id: UUID | None
    key: str | None
    payload: dict[str, Any] | None
    salt: str | None
    digest: str
    previous: str
    hash: str


_in_one_way = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""Made once: `json.dumps` makes an encoder for each call that wants something of its own."""


def canonical(value: Any) -> bytes:
    """JSON in one way only: sorted, without spaces, in UTF-8."""
    return _in_one_way(value).encode()


def digest_of(payload: dict[str, Any], salt: str) -> str:
    """The salted digest of a payload (SHA-256, hex)."""
    return hashlib.sha256(salt.encode() + canonical(payload)).hexdigest()


def hash_of(
    case_id: UUID, seq: int, at: datetime, kind: str, schema: int, actor_id: UUID | None, key: str | None,
    digest: str, previous: str,
) -> str:  # fmt: skip
    """The hash of an event (SHA-256, hex) over everything that says what happened, and the hash before it."""
    when, who = at.astimezone(UTC).isoformat(), str(actor_id) if actor_id else None
    parts = [str(case_id), seq, when, kind, schema, who, key, digest, previous]
    return hashlib.sha256(canonical(parts)).hexdigest()


def first_fault(links: Iterable[Link]) -> tuple[int, str] | None:
    """Where a case's chain breaks first (number of the event) and how; None when it holds."""
    previous, expected = START, 1
    for link in links:
        if link.seq != expected:
            return expected, f"event {expected} is missing"
        if link.previous != previous:
            return link.seq, "it does not follow the event before it"
        if link.payload is not None and digest_of(link.payload, link.salt or "") != link.digest:
            return link.seq, "its content was changed"
        wanted = hash_of(
            link.case_id, link.seq, link.at, link.kind, link.schema, link.actor_id, link.key, link.digest, previous
        )
        if wanted != link.hash:
            return link.seq, "who, when or what was changed"
        previous, expected = link.hash, expected + 1
    return None
