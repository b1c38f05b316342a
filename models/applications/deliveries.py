"""Deliveries: messages, calls to other systems and drafts that cases asked for; where each stands, and once more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select

from models.applications.actions import APPLICANT, OUTGOING
from models.applications.queries import role_words
from models.core import outbox
from models.core.errors import NotFound
from models.core.outbox import OutboxRow
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import Action, Field, Fill, Filled, Filter, Given, ListSource, Preview, load_list, register

R = OutboxRow
VIEW = "operations.view"
KINDS = {"message": "Message", "webhook": "Webhook", "start": "New draft"}
STATES = {"delivered": "Delivered", "failed": "Failed", "again": "Will be tried again", "waiting": "On its way"}
STATE: ColumnElement[str] = case(
    (R.done_at.is_not(None), "delivered"), (R.failed_at.is_not(None), "failed"),
    (R.claimed_until.is_not(None), "waiting"), (R.error.is_not(None), "again"), else_="waiting",
)  # fmt: skip
KIND = R.payload["kind"].as_string()
TARGET = func.coalesce(R.payload["url"].as_string(), R.payload["title"].as_string(), R.payload["type"].as_string())


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery in full; `sent` is what goes out, as text."""

    id: UUID
    case_id: UUID
    number: str
    kind: str
    to: str
    state: str
    attempts: int
    asked_at: datetime
    due_at: datetime
    done_at: datetime | None
    answer: str
    sent: str

    @property
    def may_be_tried(self) -> bool:
        """Whether it can be given out once more."""
        return self.state in ("failed", "again")


def delivery(uow: UnitOfWork, row_id: UUID) -> Delivery:
    """A delivery in full.

    Raises:
        NotAllowed: no role of the actor shows operations.
        NotFound: there is none.
    """
    uow.actor.demand(VIEW)
    stmt = select(R.payload, R.key, STATE, R.attempts, R.created_at, R.due_at, R.done_at, R.error, R.answer)
    found = uow.session.execute(stmt.where(R.id == row_id, R.topic == OUTGOING)).first()
    if found is None:
        raise NotFound("There is no such delivery.")
    payload, key, state, attempts, asked, due, done, error, answer = found
    return Delivery(
        row_id, UUID(str(payload["case_id"])), number_of(key), str(payload["kind"]), to_words(payload), state, attempts,
        asked, due, done, error or answer or "", sent_words(payload),
    )  # fmt: skip


def number_of(key: str) -> str:
    """The case's number, with which every delivery's key begins."""
    return key.partition(":")[0]


def to_words(payload: Mapping[str, Any]) -> str:
    """Where it goes, in words."""
    if payload["kind"] == "webhook":
        return str(payload["url"])
    if payload["kind"] == "start":
        return f"A draft of {payload['type']}"
    return " and ".join("the applicant" if to == APPLICANT else role_words([str(to)]) for to in payload["to"])


def sent_words(payload: Mapping[str, Any]) -> str:
    """What goes out: the body of a call, the words of a message."""
    if payload["kind"] == "webhook":
        return json.dumps(payload["body"], indent=2, ensure_ascii=False, sort_keys=True)
    return "\n".join(str(payload[name]) for name in ("title", "text") if payload.get(name))


def counts(uow: UnitOfWork) -> dict[str, int]:
    """How many deliveries stand at each state.

    Raises:
        NotAllowed: no role of the actor shows operations.
    """
    uow.actor.demand(VIEW)
    stmt = select(STATE, func.count()).where(R.topic == OUTGOING).group_by(STATE)
    return dict(uow.session.execute(stmt).tuples().all())


# ---- the list ----


def _all(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    return stmt.where(R.topic == OUTGOING)


def _known(names: Mapping[str, str]) -> Any:
    def parse(value: str) -> str:
        if value not in names:
            raise ValueError(value)
        return value

    return parse


def _targets(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    rows = uow.session.execute(select(R.id, R.payload, R.error, R.answer).where(R.id.in_(list(keys))))
    return Filled({
        key: {"target": _target(payload), "answer": error or answer} for key, payload, error, answer in rows
    })  # fmt: skip


def _target(payload: Mapping[str, Any]) -> str:
    return f"{to_words(payload)}: {payload['title']}" if payload["kind"] == "message" else to_words(payload)


def _would_try(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> Preview:
    able, refused = [], dict[str, int]()
    for key, state in uow.session.execute(select(R.id, STATE).where(R.id.in_(list(keys)))):
        if state in ("failed", "again"):
            able.append(key)
        else:
            why = "delivered already" if state == "delivered" else "on its way already"
            refused[why] = refused.get(why, 0) + 1
    return Preview(tuple(able), refused)


def _try(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> None:
    for key in keys:
        outbox.try_again(uow, key)


register(
    ListSource(
        load_list(Path(__file__).parent / "definitions" / "deliveries.list.yaml"), R.id, _all,
        {
            "case": Field(R.key, words=number_of),
            "kind": Field(KIND, words=lambda kind: KINDS.get(str(kind), str(kind))),
            "target": Field(TARGET, nullable=True), "state": Field(STATE, words=STATES.__getitem__),
            "attempts": Field(R.attempts), "asked": Field(R.created_at), "done": Field(R.done_at, nullable=True),
            "next": Field(case((R.done_at.is_(None) & R.failed_at.is_(None), R.due_at)), nullable=True),
        },
        filters={
            "state": Filter(STATE, options=lambda uow, chosen: STATES, parse=_known(STATES)),
            "kind": Filter(KIND, options=lambda uow, chosen: KINDS, parse=_known(KINDS)), "asked": Filter(R.created_at),
        },
        search=(R.key, TARGET),
        fills=(Fill(("target", "answer"), _targets),), actions={"again": Action(_would_try, _try)},
    )
)  # fmt: skip
