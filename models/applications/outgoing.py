"""What a case asked for that lies outside of it, carried out by the worker after the commit. Safe to repeat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from models.applications import access, webhooks
from models.applications.actions import APPLICANT
from models.core.actor import SYSTEM
from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.cases import store
from models.engines.cases.store import StoredCase
from models.identity import queries as identity
from models.notices import service as notices


def carry_out(key: str, payload: Mapping[str, Any]) -> str:
    """Do one thing that was asked for; what came of it, in words. `key` makes it count once.

    Raises:
        Refused: it can never be done as it was asked for; trying again does not help.
        RuntimeError: the address outside did not take it; trying again may help.
    """
    if payload["kind"] == "webhook":
        # no transaction is held meanwhile
        status = webhooks.post(str(payload["url"]), {**payload["body"], "id": key}, key=key)
        return f"Answered with status {status}"
    with unit_of_work(actor=SYSTEM) as uow:
        return within(uow, key, payload)


def within(uow: UnitOfWork, key: str, payload: Mapping[str, Any]) -> str:
    """What needs nothing but the record store: messages, and cases that begin."""
    found = access.find(uow, UUID(str(payload["case_id"])))
    if payload["kind"] == "start":
        if payload["type"] == found.type.key:
            raise Refused(Problem("CASE-START", "A case does not begin another one of its own kind."))
        store.open_case(uow, str(payload["type"]), found.partner_id, key=key)
        return "The draft was begun"
    told = sorted({each for to in payload["to"] for each in _people(uow, found, str(to))})
    for person in told:
        notices.tell(uow, person, key=key, title=str(payload["title"]), text=str(payload["text"]),
                     link=f"/case?case={found.id}", tone="blue")  # fmt: skip
    return f"{len(told)} people were told" if len(told) != 1 else "One person was told"


def _people(uow: UnitOfWork, found: StoredCase, to: str) -> list[UUID]:
    if to == APPLICANT:
        return identity.with_permission(uow, found.partner_id, found.type.permissions.apply)
    return identity.with_roles(uow, (to,))
