"""Which kinds of application a partner can begin."""

from __future__ import annotations

from uuid import UUID

from models.applications.types import application_types
from models.core.errors import NotAllowed, Problem
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions.schema import ApplicationType
from models.partners import queries as partners
from models.partners.rules import Tier


def offered_to(uow: UnitOfWork, partner_id: UUID) -> list[ApplicationType]:
    """Every kind of application that the actor may begin for a partner, by name."""
    found = [made for made in application_types(uow).values() if uow.actor.may(made.permissions.apply)]
    return sorted((made for made in found if _problem(uow, made, partner_id) is None), key=lambda made: made.name)


def demand_offer(uow: UnitOfWork, made: ApplicationType, partner_id: UUID) -> None:
    """Let only those begin to whom the kind is offered.

    Raises:
        NotAllowed: it is closed, or for partners of another tier or program; says which.
    """
    if problem := _problem(uow, made, partner_id):
        raise NotAllowed(problem)


def _problem(uow: UnitOfWork, made: ApplicationType, partner_id: UUID) -> Problem | None:
    offered = made.offered
    if offered.closed:
        return Problem("OFFER-CLOSED", f"{made.name} takes no new applications.")
    if offered.tiers and (tier := partners.standing(uow, partner_id).tier).value not in offered.tiers:
        names = " and ".join(Tier(each).words for each in offered.tiers if each in set(Tier))
        return Problem("OFFER-TIER", f"{made.name} is for partners of the tier {names}; yours is {tier.words}.")
    if offered.programs:
        joined = {row.name for row in partners.memberships(uow, partner_id) if row.until is None}
        if not joined & set(offered.programs):
            names = " or ".join(offered.programs)
            return Problem("OFFER-PROGRAM", f"{made.name} is for partners in {names}. Join it first.")
    return None
