"""The figures behind *Show Overview* of a benefit that is paid out of a quota (BEN-COM-12, BEN-STA-02)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from models.applications import queries as applications
from models.applications.rows import CaseFilter
from models.applications.types import application_type
from models.benefits import queries
from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.facts import total
from models.engines.definitions import ApplicationType
from models.payments import queries as payments


@dataclass(frozen=True, slots=True)
class Overview:
    """How an account stands with one benefit. Amounts in `currency`, tax included.

    `quota` is what was granted, `budgeted` what applications that are under review or approved ask for, `reimbursed`
    what claims were approved, `paid` what of it has left the vendor's bank, `remaining` what can still be asked for.
    `activities` counts applications by status, drafts among them for the partner's own people.
    """

    currency: str
    quota: Decimal
    budgeted: Decimal
    reimbursed: Decimal
    paid: Decimal
    remaining: Decimal
    activities: Mapping[str, int]


def overview(uow: UnitOfWork, pool: str, partner_id: UUID) -> Overview:
    """The figures of a partner's account, over everything it ever asked for.

    Raises:
        NotAllowed: no role of the actor shows benefits.
        NotFound: no such pool, or no such partner among those the actor may see.
    """
    made = application_type(uow, pool)
    row = next((each for each in queries.pools(uow, partner_id) if each.pool == pool), None)
    if row is None:
        raise NotFound("There is no such pool among those you may see.")
    # The facts of `amount` are written latest first: the last one is what was asked for.
    budgeted = total(uow, pool, made.amount[-1], partner_id=partner_id, without=_back_with_the_partner(made))
    wanted = CaseFilter(types=(pool,), partners=(partner_id,))
    return Overview(
        row.currency, row.granted, budgeted, row.used, payments.paid(uow, pool, partner_id), row.left,
        applications.count_by_status(uow, wanted),
    )  # fmt: skip


def _back_with_the_partner(made: ApplicationType) -> list[str]:
    """The statuses of an application that is not sent yet, was rejected, or was cancelled."""
    first = made.form_node(made.workflow.start)
    return [status for status in (first.status, first.returned, first.cancelled) if status]
