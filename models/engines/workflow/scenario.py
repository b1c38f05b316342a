"""A scenario: a case to be tried, as data that is kept: whose it is, who there is, and what everybody does in order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from models.engines.workflow.terms import TermField

APPLICANT = "applicant"
BEGAN = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
"""A Monday morning in GMT+08:00: when a scenario begins that says nothing."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Move(_Part):
    """One thing that somebody does: after a time, at a node (empty: wherever the case waits for such a thing).

    The applicant begins the case before the first move.
    """

    do: Literal["submit", "decide", "claim", "release", "ask", "answer", "cancel", "delete", "check", "note", "wait"]
    by: str = APPLICANT
    node: str = ""
    after: TermField | None = None
    decision: str = ""
    reason: str = ""
    text: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)
    passed: bool | None = True
    """Of a check: what it answers; None: it is asked."""


class Expected(_Part):
    """How a scenario has to come out; what is empty is not looked at."""

    outcome: str = ""
    status: str = ""
    at: str = ""
    """The node that the case stands at."""


class Scenario(_Part):
    """A case from its beginning: `people` of the vendor with their qualities, and what everybody does in order.

    Qualities are roles, groups and skills as `audience.py` names them. `checks` says, by name, what checks answer,
    whatever the records say. `partner` is whose records they look at (None: nobody's, and they pass), `sample` the
    case whose forms this one is sent with.
    """

    name: str
    people: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    partner: UUID | None = None
    sample: UUID | None = None
    checks: dict[str, bool] = Field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    began: datetime = BEGAN
    expect: Expected = Expected()
