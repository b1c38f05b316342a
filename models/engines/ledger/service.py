"""The verbs of the ledger. Each is asked for by a key: asked again, it changes nothing and answers the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, insert, select, update
from sqlalchemy.orm import aliased

from models.core.database import insert_once
from models.core.errors import NotFound, Problem, Refused, WrongState
from models.core.money import money_text, sum_amount
from models.core.prepared import PreparedSelect, PreparedWrite
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork, unscoped
from models.engines.ledger.rules import VENDOR, AccountKind, Pool, TransferKind
from models.engines.ledger.tables import LedgerAccount, LedgerEntry, LedgerTransfer

_END = aliased(LedgerTransfer)
_RESERVED = PreparedSelect(
    select(LedgerTransfer.id, LedgerTransfer.amount, LedgerAccount.id, LedgerAccount.partner_id)
    .join(LedgerAccount, LedgerAccount.id == LedgerTransfer.account_id)
    .where(
        LedgerTransfer.case_id == bindparam("case_id"), LedgerTransfer.kind == TransferKind.RESERVE,
        ~exists().where(_END.ends == LedgerTransfer.id),
    )
    .order_by(LedgerTransfer.id)
    .with_for_update(of=LedgerAccount)
)  # fmt: skip
_ACCOUNT: Any = LedgerAccount.__table__
_FREED = PreparedWrite(
    update(_ACCOUNT)
    .where(_ACCOUNT.c.id == bindparam("own_id"))
    .values(reserved=_ACCOUNT.c.reserved - bindparam("freed", type_=_ACCOUNT.c.reserved.type))
)
_TRANSFERS_ADDED = PreparedWrite(insert(LedgerTransfer.__table__))  # type: ignore[arg-type]  # the table of a mapped class


def grant(uow: UnitOfWork, pool: Pool, amount: Decimal, *, reason: str, key: str) -> UUID:
    """Fill a pool from the vendor's fund; the transfer.

    Raises:
        Refused: the amount is not positive, or the key was used for something else.
    """
    _demand_positive(amount)
    left = _locked(uow, pool, AccountKind.LEFT)
    if (known := _known(uow, key, TransferKind.GRANT, amount)) is not None:
        return known
    made = _transfer(uow, TransferKind.GRANT, left, amount, key=key, reason=reason)
    _move(uow, made, _locked(uow, pool, AccountKind.FUND), left, amount)
    return made.id


def reserve(uow: UnitOfWork, pool: Pool, amount: Decimal, *, key: str, case_id: UUID | None = None) -> UUID:
    """Promise an amount of what is left; the reservation, which must be posted, voided or expired one day.

    Raises:
        Refused: more than is left (LEDGER-SHORT names how much that is), or no positive amount.
    """
    _demand_positive(amount)
    left = _locked(uow, pool, AccountKind.LEFT)
    if (known := _known(uow, key, TransferKind.RESERVE, amount)) is not None:
        return known
    _demand_left(left, amount)
    made = _transfer(uow, TransferKind.RESERVE, left, amount, key=key, case_id=case_id)
    left.reserved += amount
    uow.session.flush()
    return made.id


def post(uow: UnitOfWork, reservation: UUID, amount: Decimal, *, key: str, reason: str = "") -> UUID:
    """Spend a reservation, or a part of it; the rest is free again.

    Raises:
        Refused: more than was reserved.
        WrongState: the reservation has ended already.
    """
    promised, left = _reservation(uow, reservation)
    if (known := _known(uow, key, TransferKind.POST, amount)) is not None:
        return known
    if amount < 0 or amount > promised.amount:
        text = f"{money_text(amount)} {left.currency} is more than the {money_text(promised.amount)} reserved."
        raise Refused(Problem("LEDGER-MORE", text))
    made = _end(uow, TransferKind.POST, promised, left, amount, key, reason)
    if amount:
        pool = Pool(left.partner_id, left.pool, left.currency) if left.partner_id else None
        assert pool is not None
        _move(uow, made, left, _locked(uow, pool, AccountKind.SPENT), amount)
    return made.id


def void(uow: UnitOfWork, reservation: UUID, *, key: str) -> UUID:
    """Give a reservation back to the pool.

    Raises:
        WrongState: the reservation has ended already.
    """
    return _give_back(uow, TransferKind.VOID, reservation, key)


def give_back_all(uow: UnitOfWork, case_id: UUID, kind: TransferKind, *, key: str) -> None:
    """Void or expire (`kind`) whatever a case has reserved, each reservation by a transfer of its own.

    To be asked for behind the case's lock: what another transaction ends meanwhile is refused by the database.
    """
    given = []
    for number, (reservation, amount, account, partner_id) in enumerate(_RESERVED.all(uow, {"case_id": case_id})):
        _FREED.one(uow, {"own_id": account, "freed": amount})
        given.append(
            {
                "id": new_id(), "key": f"{key}:{number}", "kind": kind, "account_id": account,
                "partner_id": partner_id, "amount": amount, "ends": reservation, "corrects": None, "case_id": case_id,
                "reason": "", "at": uow.now, "actor_id": uow.actor.user_id, "actor_name": uow.actor.name,
            }
        )  # fmt: skip
    _TRANSFERS_ADDED.several(uow, given)


def expire(uow: UnitOfWork, reservation: UUID, *, key: str) -> UUID:
    """Give a reservation back because its time is over.

    Raises:
        WrongState: the reservation has ended already.
    """
    return _give_back(uow, TransferKind.EXPIRE, reservation, key)


def correct(uow: UnitOfWork, transfer: UUID, amount: Decimal, *, reason: str, key: str) -> UUID:
    """Take back an amount of what a transfer moved, by a transfer of its own that names the one it corrects.

    Raises:
        Refused: more than the transfer moved (less what was corrected before), or more than is left.
        WrongState: it is neither a grant nor a payment.
    """
    _demand_positive(amount)
    wrong = _found(uow, transfer)
    account = _by_key(uow, wrong.account_id)
    if (known := _known(uow, key, TransferKind.CORRECT, amount)) is not None:
        return known
    if wrong.kind not in (TransferKind.GRANT, TransferKind.POST):
        raise WrongState("Only a grant or a payment can be corrected; give a reservation back instead.")
    before = uow.session.scalar(select(sum_amount(LedgerTransfer.amount)).where(LedgerTransfer.corrects == transfer))
    if amount > wrong.amount - (before or 0):
        text = f"At most {money_text(wrong.amount - (before or 0))} {account.currency} of it can be corrected."
        raise Refused(Problem("LEDGER-CORRECTION", text))
    giver, taker = _ends_of(uow, wrong)
    _demand_left(taker, amount)
    made = _transfer(
        uow, TransferKind.CORRECT, account, amount, key=key, reason=reason, corrects=transfer, case_id=wrong.case_id
    )
    _move(uow, made, taker, giver, amount)
    return made.id


def _give_back(uow: UnitOfWork, kind: TransferKind, reservation: UUID, key: str) -> UUID:
    promised, left = _reservation(uow, reservation)
    if (known := _known(uow, key, kind, promised.amount)) is not None:
        return known
    made = _end(uow, kind, promised, left, promised.amount, key)
    uow.session.flush()
    return made.id


def _end(
    uow: UnitOfWork, kind: TransferKind, promised: LedgerTransfer, left: LedgerAccount, amount: Decimal, key: str,
    reason: str = "",
) -> LedgerTransfer:  # fmt: skip
    ended = uow.session.scalar(select(LedgerTransfer.kind).where(LedgerTransfer.ends == promised.id))
    if ended is not None:
        raise WrongState(f"This reservation has ended already ({ended.value}).")
    left.reserved -= promised.amount
    return _transfer(uow, kind, left, amount, key=key, reason=reason, ends=promised.id, case_id=promised.case_id)


def _transfer(
    uow: UnitOfWork, kind: TransferKind, account: LedgerAccount, amount: Decimal, *, key: str, reason: str = "",
    ends: UUID | None = None, corrects: UUID | None = None, case_id: UUID | None = None,
) -> LedgerTransfer:  # fmt: skip
    made = LedgerTransfer(
        id=new_id(), key=key, kind=kind, account_id=account.id, partner_id=account.partner_id, amount=amount, ends=ends,
        corrects=corrects, case_id=case_id, reason=reason, at=uow.now, actor_id=uow.actor.user_id,
        actor_name=uow.actor.name,
    )  # fmt: skip
    uow.session.add(made)
    return made


def _move(
    uow: UnitOfWork, transfer: LedgerTransfer, giver: LedgerAccount, taker: LedgerAccount, amount: Decimal
) -> None:
    """Post an amount from one account to another: two entries that add up to nothing."""
    giver.posted -= amount
    taker.posted += amount
    uow.session.flush()
    for account, side in ((giver, -amount), (taker, amount)):
        uow.session.add(
            LedgerEntry(transfer_id=transfer.id, account_id=account.id, partner_id=account.partner_id, amount=side)
        )
    uow.session.flush()


def _ends_of(uow: UnitOfWork, transfer: LedgerTransfer) -> tuple[LedgerAccount, LedgerAccount]:
    """Who gave and who took in a posted transfer, both locked."""
    with unscoped(uow, reason="the vendor's fund is nobody's: only its side of a transfer one may see is read"):
        entries = uow.session.scalars(select(LedgerEntry).where(LedgerEntry.transfer_id == transfer.id)).all()
        sides = {entry.amount > 0: _by_key(uow, entry.account_id) for entry in entries}
    return sides[False], sides[True]


def _reservation(uow: UnitOfWork, key: UUID) -> tuple[LedgerTransfer, LedgerAccount]:
    """A reservation and its account, locked before anything about it is decided."""
    promised = _found(uow, key)
    if promised.kind is not TransferKind.RESERVE:
        raise WrongState("That is no reservation.")
    return promised, _by_key(uow, promised.account_id)


def _found(uow: UnitOfWork, key: UUID) -> LedgerTransfer:
    found = uow.session.scalar(select(LedgerTransfer).where(LedgerTransfer.id == key))
    if found is None:
        raise NotFound("There is no such transfer among those you may see.")
    return found


def _known(uow: UnitOfWork, key: str, kind: TransferKind, amount: Decimal) -> UUID | None:
    """The transfer made for the key before; asked behind the account's lock, so that two cannot both be new."""
    found = uow.session.scalar(select(LedgerTransfer).where(LedgerTransfer.key == key))
    if found is None:
        return None
    if (found.kind, found.amount) != (kind, amount):
        raise Refused(Problem("LEDGER-KEY", "This step was asked for before with other figures. Begin it anew."))
    return found.id


def _by_key(uow: UnitOfWork, key: UUID) -> LedgerAccount:
    stmt = select(LedgerAccount).where(LedgerAccount.id == key).with_for_update()
    return uow.session.scalars(stmt.execution_options(populate_existing=True)).one()


def _locked(uow: UnitOfWork, pool: Pool, kind: AccountKind) -> LedgerAccount:
    """An account of the pool, made when it is missing, locked until the transaction ends."""
    fund = kind is AccountKind.FUND
    values = {
        "owner": VENDOR if fund else str(pool.partner_id), "pool": pool.name, "kind": kind, "currency": pool.currency,
    }  # fmt: skip
    row = values | {
        "id": new_id(), "partner_id": None if fund else pool.partner_id, "bounded": not fund,
        "posted": Decimal(0), "reserved": Decimal(0),
    }  # fmt: skip
    insert_once(uow.session, LedgerAccount, row, unique=list(values))
    wanted = (getattr(LedgerAccount, name) == value for name, value in values.items())
    stmt = select(LedgerAccount).where(*wanted).with_for_update().execution_options(populate_existing=True)
    if not fund:
        found = uow.session.scalar(stmt)
        if found is None:
            raise NotFound("There is no such pool among those you may see.")
        return found
    with unscoped(uow, reason="the vendor's fund is nobody's: its balance is changed here and shown to nobody"):
        return uow.session.scalars(stmt).one()


def _demand_positive(amount: Decimal) -> None:
    if amount <= 0:
        raise Refused(Problem("LEDGER-AMOUNT", "Give an amount above zero.", "amount"))


def _demand_left(account: LedgerAccount, amount: Decimal) -> None:
    left = account.posted - account.reserved
    if account.bounded and amount > left:
        text = f"{money_text(amount)} {account.currency} is needed, {money_text(left)} {account.currency} is left."
        raise Refused(Problem("LEDGER-SHORT", text, "amount"))
