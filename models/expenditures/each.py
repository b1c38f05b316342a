"""What several partners or customers spent, for lists of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from models.core.money import WIDE
from models.core.unit_of_work import UnitOfWork
from models.expenditures import queries
from models.expenditures.filters import ExpenditureFilter


@dataclass(frozen=True, slots=True)
class EachSpent:
    """What several partners or customers spent in the newest full month: amount and relative change, by key."""

    month: date
    unit: str
    amounts: Mapping[str, tuple[Decimal, Decimal | None]]

    def of(self, key: UUID) -> tuple[Decimal | None, Decimal | None]:
        """Amount and relative change of one of them; nothing where there is no line."""
        return self.amounts.get(str(key), (None, None))

    @property
    def header(self) -> str:
        """The month and the unit, as the head of a column."""
        return f"{self.month:%b %Y}, {self.unit}"


def each_spent(uow: UnitOfWork, dimension: str, keys: Sequence[UUID]) -> EachSpent | None:
    """The newest full month of some partners or customers; None when the actor sees no lines, or no statistics."""
    if not uow.actor.may("statistics.view") or not (cycles := queries.cycles(uow).cycles):
        return None
    month = cycles[1] if len(cycles) > 1 and cycles[0] == uow.today.replace(day=1) else cycles[0]
    asked = ExpenditureFilter.of(month, filters={dimension: [str(key) for key in keys]})
    answer = queries.distribution(uow, asked, dimension, top=max(len(keys), 1))
    amounts = {g.key: (g.now, _change(g.now, g.before)) for g in answer.groups if g.key}
    return EachSpent(month, answer.context.currency, amounts)


def _change(current: Decimal, previous: Decimal | None) -> Decimal | None:
    """The relative change; None when there was nothing (or a negative sum) to compare with."""
    return None if previous is None or previous <= 0 else WIDE.divide(current - previous, previous)
