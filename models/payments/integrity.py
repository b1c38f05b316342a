"""Whether what is owed and was paid agrees with the cases and the ledger; asked by `./kontor verify`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, func, select

from models.core.money import sum_amount
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import Case
from models.engines.ledger.rules import TransferKind
from models.engines.ledger.tables import LedgerTransfer
from models.payments.rules import AttemptOutcome, PayableStatus
from models.payments.tables import Payable, PaymentAttempt

_P = Payable


def faults(uow: UnitOfWork) -> list[tuple[str, str]]:
    """What does not hold, by the case's number; empty when all is sound. For the system alone, over all rows."""
    return sorted([*_unlike_their_case(uow), *_unlike_the_ledger(uow), *_unlike_their_attempts(uow)])


def _unlike_their_case(uow: UnitOfWork) -> list[tuple[str, str]]:
    """Paid is what the case ended with, and only that."""
    ended = func.coalesce(Case.outcome, "")
    stmt = select(_P.number, _P.status, ended).join(Case, Case.id == _P.case_id)
    stmt = stmt.where((_P.status == PayableStatus.PAID) != (ended == "paid"))
    return [
        (number, f"what is owed is {status.value}, the case {f'ended {outcome}' if outcome else 'goes on'}")
        for number, status, outcome in uow.session.execute(stmt)
    ]


def _unlike_the_ledger(uow: UnitOfWork) -> list[tuple[str, str]]:
    """Owed is exactly what was spent out of the pool for the case."""
    row = LedgerTransfer
    spent = sum_amount(case((row.kind == TransferKind.POST, row.amount), else_=0))
    stmt = (
        select(_P.number, _P.amount, spent).outerjoin(row, row.case_id == _P.case_id)
        .group_by(_P.id, _P.number, _P.amount).having(_P.amount != spent)
    )  # fmt: skip
    return [
        (number, f"{amount} is owed, {posted} was spent")  # whole: the difference may be small
        for number, amount, posted in uow.session.execute(stmt)
    ]


def _unlike_their_attempts(uow: UnitOfWork) -> list[tuple[str, str]]:
    """One attempt is open while it is being paid, one was paid when it is paid; never more than one."""
    row = PaymentAttempt

    def many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((condition, 1)))

    open_, paid = many(row.number.is_not(None) & row.outcome.is_(None)), many(row.outcome == AttemptOutcome.PAID)
    stmt = select(_P.number, _P.status, open_, paid).outerjoin(row, row.payable_id == _P.id)
    return [
        (number, f"{status.value}, with {begun:,} attempts open and {done:,} paid")
        for number, status, begun, done in uow.session.execute(stmt.group_by(_P.id, _P.number, _P.status))
        if (begun, done) != (int(status is PayableStatus.PAYING), int(status is PayableStatus.PAID))
    ]
