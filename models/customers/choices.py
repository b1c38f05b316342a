"""The filter by account manager, as the lists of customers and of their events have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from models.core.unit_of_work import UnitOfWork
from models.engines.lists.sources import Chosen
from models.identity import members


def managers(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    """Account managers of the partners that are filtered by, or of one's own."""
    of = [UUID(value) for value in chosen.get("partner", ())]
    found = members.account_managers(uow, of or ([uow.actor.partner_id] if uow.actor.partner_id else []))
    return {str(manager.id): manager.name for manager in found}


def manager_names(uow: UnitOfWork, values: Sequence[str]) -> Mapping[str, str]:
    """Names of account managers by their keys."""
    return {str(key): name for key, name in members.names(uow, [UUID(value) for value in values]).items()}
