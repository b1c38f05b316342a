"""Whether the records of applications and their money are whole: asked by `./kontor verify` and each day's anchor."""

from __future__ import annotations

from models import areas
from models.core.actor import SYSTEM
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.cases import verifying
from models.engines.cases.verifying import Verified
from models.engines.ledger import queries as ledger


def verify(uow: UnitOfWork) -> tuple[Verified, list[str]]:
    """What does not hold of cases, their chains and anchors, and of the ledger. For the system alone, over all rows."""
    areas.load()
    return verifying.verify(uow), ledger.faults(uow)


def anchor() -> str | None:
    """Anchor what happened to cases since the last time; the anchor's digest, None when nothing did."""
    with unit_of_work(actor=SYSTEM) as uow:
        return verifying.anchor(uow)
