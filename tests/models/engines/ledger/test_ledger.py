"""What each verb does to a pool, what it is refused for, and what the database holds by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from models.core.actor import SYSTEM
from models.core.errors import DomainError, NotFound, Refused, WrongState
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.ledger import queries, service
from models.engines.ledger.rules import Balance, Pool, TransferKind
from tests.support.build import Build


@pytest.fixture
def pool(uow: UnitOfWork, build: Build) -> Pool:
    """A pool of 10,000.00 USD."""
    made = Pool(build.partner().id, "mdf", "USD")
    service.grant(uow, made, Decimal(10_000), reason="Tier Advanced", key="g1")
    return made


def stands(uow: UnitOfWork, pool: Pool) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Granted, used, reserved, left; and the ledger adds up."""
    assert queries.faults(uow) == []
    now = queries.balance(uow, pool)
    return now.granted, now.used, now.reserved, now.left


def test_money_is_reserved_then_spent_in_part_and_the_rest_is_free_again(uow: UnitOfWork, pool: Pool):
    case = uuid4()
    reservation = service.reserve(uow, pool, Decimal("7500.00"), key="r1", case_id=case)
    assert stands(uow, pool) == (10_000, 0, 7_500, 2_500)
    service.post(uow, reservation, Decimal("7120.00"), key="p1")
    assert stands(uow, pool) == (10_000, 7_120, 0, 2_880)
    rows = queries.statement(uow, case_id=case).rows
    assert [(row.kind, row.amount, row.currency) for row in rows] == [
        (TransferKind.POST, 7_120, "USD"), (TransferKind.RESERVE, 7_500, "USD"),
    ]  # fmt: skip
    assert len(queries.statement(uow, pool=pool).rows) == 3


@pytest.mark.parametrize("end", [service.void, service.expire])
def test_money_that_is_not_used_comes_back(uow: UnitOfWork, pool: Pool, end: object):
    reservation = service.reserve(uow, pool, Decimal(9_999), key="r1")
    assert queries.open_reservations(uow) == {reservation: 9_999}
    end(uow, reservation, key="e1")  # type: ignore[operator]
    assert stands(uow, pool) == (10_000, 0, 0, 10_000)
    assert queries.open_reservations(uow) == {}


def test_nothing_is_promised_twice(uow: UnitOfWork, pool: Pool):
    service.reserve(uow, pool, Decimal(6_000), key="r1")
    with pytest.raises(Refused, match=r"4,000.01 USD is needed, 4,000.00 USD is left. \(LEDGER-SHORT\)"):
        service.reserve(uow, pool, Decimal("4000.01"), key="r2")
    service.reserve(uow, pool, Decimal(4_000), key="r3")
    assert stands(uow, pool) == (10_000, 0, 10_000, 0)


def test_a_repeated_key_changes_nothing_and_answers_the_same(uow: UnitOfWork, pool: Pool):
    first = service.reserve(uow, pool, Decimal(100), key="r1")
    assert service.reserve(uow, pool, Decimal(100), key="r1") == first
    with pytest.raises(Refused, match="LEDGER-KEY"):
        service.reserve(uow, pool, Decimal(200), key="r1")
    spent = service.post(uow, first, Decimal(60), key="p1")
    assert service.post(uow, first, Decimal(60), key="p1") == spent
    granted = service.grant(uow, pool, Decimal(10_000), reason="Tier Advanced", key="g1")
    assert service.grant(uow, pool, Decimal(10_000), reason="", key="g1") == granted
    assert stands(uow, pool) == (10_000, 60, 0, 9_940)


def test_a_reservation_ends_once(uow: UnitOfWork, pool: Pool):
    reservation = service.reserve(uow, pool, Decimal(100), key="r1")
    with pytest.raises(Refused, match=r"100.01 USD is more than the 100.00 reserved. \(LEDGER-MORE\)"):
        service.post(uow, reservation, Decimal("100.01"), key="p0")
    posted = service.post(uow, reservation, Decimal(100), key="p1")
    for again in (service.void, service.expire):
        with pytest.raises(WrongState, match="ended already"):
            again(uow, reservation, key="again")
    with pytest.raises(WrongState, match="no reservation"):
        service.void(uow, posted, key="v1")
    assert stands(uow, pool) == (10_000, 100, 0, 9_900)


def test_a_payment_of_nothing_frees_everything(uow: UnitOfWork, pool: Pool):
    service.post(uow, service.reserve(uow, pool, Decimal(100), key="r1"), Decimal(0), key="p1")
    assert stands(uow, pool) == (10_000, 0, 0, 10_000)


def test_a_correction_names_what_it_corrects_and_never_takes_back_more(uow: UnitOfWork, pool: Pool):
    spent = service.post(uow, service.reserve(uow, pool, Decimal(500), key="r1"), Decimal(500), key="p1")
    service.correct(uow, spent, Decimal(120), reason="Booked twice", key="c1")
    assert stands(uow, pool) == (10_000, 380, 0, 9_620)
    with pytest.raises(Refused, match=r"At most 380.00 USD .*LEDGER-CORRECTION"):
        service.correct(uow, spent, Decimal("380.01"), reason="", key="c2")
    grant = service.grant(uow, pool, Decimal(1_000), reason="Raised", key="g2")
    service.correct(uow, grant, Decimal(1_000), reason="Raised by mistake", key="c3")
    assert stands(uow, pool) == (10_000, 380, 0, 9_620)
    reservation = service.reserve(uow, pool, Decimal(9_620), key="r2")
    with pytest.raises(Refused, match="LEDGER-SHORT"):
        again = service.grant(uow, pool, Decimal(5), reason="", key="g3")
        service.reserve(uow, pool, Decimal(5), key="r3")
        service.correct(uow, again, Decimal(5), reason="", key="c4")
    with pytest.raises(WrongState, match="give a reservation back"):
        service.correct(uow, reservation, Decimal(1), reason="", key="c5")


@pytest.mark.parametrize("end", [service.void, service.expire])
def test_a_reservation_given_back_twice_with_one_key_is_given_back_once(uow: UnitOfWork, pool: Pool, end: Any):
    reservation = service.reserve(uow, pool, Decimal(100), key="r1")
    assert end(uow, reservation, key="e1") == end(uow, reservation, key="e1")
    assert stands(uow, pool) == (10_000, 0, 0, 10_000)


@pytest.mark.parametrize("amount", [Decimal(0), Decimal("-0.01")])
def test_only_amounts_above_zero_are_moved(uow: UnitOfWork, pool: Pool, amount: Decimal):
    for verb in (lambda: service.reserve(uow, pool, amount, key="x"),
                 lambda: service.grant(uow, pool, amount, reason="", key="x")):  # fmt: skip
        with pytest.raises(Refused, match="LEDGER-AMOUNT"):
            verb()


def test_currencies_and_pools_are_kept_apart(uow: UnitOfWork, pool: Pool):
    other = Pool(pool.partner_id, "mdf", "EUR")
    with pytest.raises(Refused, match=r"0.00 EUR is left"):
        service.reserve(uow, other, Decimal(1), key="r1")
    assert queries.balance(uow, Pool(pool.partner_id, "coupons", "USD")) == Balance(Decimal(0), Decimal(0), Decimal(0))


def test_a_partner_sees_and_moves_only_its_own(uow: UnitOfWork, build: Build, pool: Pool):
    stranger = build.actor("partner_admin", partner=build.partner())
    reservation = service.reserve(uow, pool, Decimal(1), key="r1")
    uow.session.info["scope"] = stranger.scope
    assert queries.balance(uow, pool).granted == 0
    assert queries.statement(uow, pool=pool).rows == ()
    for verb in (lambda: service.void(uow, reservation, key="v1"),
                 lambda: service.reserve(uow, pool, Decimal(1), key="r2")):  # fmt: skip
        with pytest.raises(NotFound):
            verb()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_account SET reserved = posted + 1 WHERE kind = 'left'",
        "UPDATE ledger_account SET posted = -1 WHERE kind = 'left'",
        "UPDATE ledger_account SET reserved = -1 WHERE kind = 'left'",
        "UPDATE ledger_transfer SET amount = 1",
        "DELETE FROM ledger_transfer",
        "UPDATE ledger_entry SET amount = 1",
        "DELETE FROM ledger_entry",
    ],
)
def test_the_database_holds_the_bounds_and_keeps_what_was_written(uow: UnitOfWork, pool: Pool, statement: str):
    with pytest.raises((IntegrityError, DatabaseError)):
        uow.session.connection().execute(text(statement))


def test_a_balance_that_was_tampered_with_is_found(uow: UnitOfWork, pool: Pool):
    uow.session.connection().execute(text("UPDATE ledger_account SET posted = posted + 1 WHERE kind = 'left'"))
    uow.session.connection().execute(text("UPDATE ledger_account SET reserved = 7 WHERE kind = 'left'"))
    uow.session.expire_all()
    first, second = queries.faults(uow)
    assert "10000.00000001 posted, 10000" in first
    assert "reserved, 0 by open reservations" in second


@pytest.mark.usefixtures("database")
def test_many_at_once_never_take_more_than_there_is():
    with unit_of_work(actor=SYSTEM) as uow:
        pool = Pool(Build(uow).partner().id, "mdf", "USD")
        service.grant(uow, pool, Decimal(1_000), reason="", key="g1")

    def take(number: int) -> UUID | str:
        try:
            with unit_of_work(actor=SYSTEM) as uow:
                # Every request comes twice, as from a double click.
                return service.reserve(uow, pool, Decimal(100), key=f"r{number // 2}")
        except DomainError as error:
            return error.problems[0].code

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(take, range(40)))
    taken = [answer for answer in answers if isinstance(answer, UUID)]
    assert {answer for answer in answers if isinstance(answer, str)} == {"LEDGER-SHORT"}
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        assert stands(uow, pool) == (1_000, 0, 1_000, 0)
        assert set(taken) == set(queries.open_reservations(uow))
        assert len(set(taken)) == 10


def test_a_correction_repeated_is_made_once_and_of_nothing_there_is_none(uow: UnitOfWork, pool: Pool):
    grant = service.grant(uow, pool, Decimal(1_000), reason="Raised", key="g2")
    once = service.correct(uow, grant, Decimal(400), reason="Too much", key="c1")
    assert service.correct(uow, grant, Decimal(400), reason="Too much", key="c1") == once
    assert stands(uow, pool) == (10_600, 0, 0, 10_600)
    nothing = service.post(uow, service.reserve(uow, pool, Decimal(100), key="r1"), Decimal(0), key="p1")
    with pytest.raises(Refused, match=r"At most 0.00 USD"):
        service.correct(uow, nothing, Decimal(1), reason="", key="c2")
