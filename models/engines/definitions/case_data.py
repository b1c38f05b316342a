"""What a check or an action of an area is told about a case: typed, and nothing it would have to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.state import State


@dataclass(frozen=True, slots=True)
class CaseData:
    """A case at the moment of the question. While a form is filled in, its values lie over what was sent before.

    `facts` are JSON values (amounts and dates as text); `data` the form at hand, computed fields worked out; `earlier`
    by form what was last sent with it, `sent_at` when.
    """

    case_id: UUID
    number: str
    type: ApplicationType
    partner_id: UUID
    state: State
    facts: Mapping[str, Any]
    form: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    earlier: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sent_at: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The type's parameters."""
        return self.type.parameters

    def text(self, name: str) -> str:
        """A fact as text; empty when there is none."""
        value = self.facts.get(name)
        return "" if value is None else str(value)

    def amount(self, name: str) -> Decimal | None:
        """A fact as an amount in the type's currency."""
        value = self.facts.get(name)
        return None if value in (None, "") else Decimal(str(value))

    def day(self, name: str) -> date | None:
        """A fact as a business date."""
        value = self.facts.get(name)
        return None if value in (None, "") else date.fromisoformat(str(value))
