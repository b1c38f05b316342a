"""The ledger's verbs as actions of a workflow. `given` names the pool and the fact that holds the amount."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.benefits import service
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import CaseData, action
from models.engines.ledger import queries as ledger_queries
from models.engines.ledger import service as ledger
from models.engines.ledger.rules import Pool, TransferKind

NOTHING: Mapping[str, Any] = {}
ZERO = Decimal(0)


@action("ledger.reserve")
def reserve(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Promise the amount out of the pool (open point 31: at submission)."""
    _reserve(uow, case, given, case.amount(given["amount"]) or ZERO)
    return NOTHING


@action("ledger.adjust")
def adjust(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Promise another amount instead: a claim may take what is left and what its own case has reserved."""
    wanted = case.amount(given["amount"]) or ZERO
    promised = ledger_queries.open_reservations(uow, case_id=case.case_id)
    if sum(promised.values(), ZERO) != wanted:
        ledger.give_back_all(uow, case.case_id, TransferKind.VOID, key=_key(case, "void"))
        _reserve(uow, case, given, wanted)
    return NOTHING


@action("ledger.void")
def void(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give back whatever the case has reserved."""
    ledger.give_back_all(uow, case.case_id, TransferKind.VOID, key=_key(case, "void"))
    return NOTHING


@action("ledger.expire")
def expire(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give back whatever the case has reserved, because its time is over."""
    ledger.give_back_all(uow, case.case_id, TransferKind.EXPIRE, key=_key(case, "expire"))
    return NOTHING


@action("ledger.post")
def post(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Spend the amount out of what is reserved; the rest is free again."""
    amount = case.amount(given["amount"]) or ZERO
    for number, (reservation, promised) in enumerate(
        sorted(ledger_queries.open_reservations(uow, case_id=case.case_id).items())
    ):
        part = min(amount, promised)
        ledger.post(uow, reservation, part, key=f"{_key(case, 'post')}:{number}")
        amount -= part
    return NOTHING


def _reserve(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any], amount: Decimal) -> None:
    if not amount:
        return
    service.fill(uow, case.type, case.partner_id)
    pool = Pool(case.partner_id, given["pool"], case.type.currency)
    ledger.reserve(uow, pool, amount, key=_key(case, "reserve"), case_id=case.case_id)


def _key(case: CaseData, verb: str) -> str:
    """A step of money is made once: named by the case and where in its history it happens."""
    return f"{case.case_id}:{case.state.seq}:{verb}"
