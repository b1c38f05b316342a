"""The filter by partner, as every list of another area has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from models.core.paging import Column
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import Filter
from models.engines.lists.sources import Chosen, Options
from models.partners import queries


def _all(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {str(key): name for key, name in queries.options(uow).items()}


def partner_filter(column: Column, *, offered: Options = _all) -> Filter:
    """Rows of one or several partners, among those the actor may see unless fewer are `offered`."""
    return Filter(column, options=offered, words=_names, parse=UUID)


def _names(uow: UnitOfWork, values: Sequence[str]) -> Mapping[str, str]:
    return {str(key): name for key, name in queries.names(uow, [UUID(value) for value in values]).items()}
