"""Whatever is asked of the ledger in whatever order: never overspent or negative, every reservation open or ended."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from models.core.actor import SYSTEM
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.engines.ledger import queries, service
from models.engines.ledger.rules import Pool
from tests.support.build import Build

amounts = st.decimals(min_value="-1", max_value="500", places=2)
keys = st.integers(0, 12).map(str)


class Ledger(RuleBasedStateMachine):
    """One pool beside a model of it that is only a few numbers."""

    reservations = Bundle("reservations")

    def __init__(self) -> None:
        super().__init__()
        self.work = unit_of_work(actor=SYSTEM)
        self.uow = self.work.__enter__()
        self.pool = Pool(Build(self.uow).partner(account_name=f"p-{id(self)}", number=f"{id(self)}").id, "mdf", "USD")
        self.granted = self.used = Decimal(0)
        self.open: dict[UUID, Decimal] = {}
        self.asked: dict[str, tuple[object, ...]] = {}
        self.ended: dict[UUID, str] = {}

    def teardown(self) -> None:
        self.uow.session.rollback()
        self.work.__exit__(None, None, None)

    def ask(self, key: str, what: tuple[object, ...], verb: Callable[[], UUID], possible: bool) -> UUID | None:
        """Ask for a step; whether it is done must be what the model says. The answer when it was new."""
        known = self.asked.get(key)
        try:
            made = verb()
        except DomainError:
            assert not possible or (known is not None and known != what)
            return None
        if known is not None:
            assert known == what
            return None
        assert possible
        self.asked[key] = what
        return made

    @rule(amount=amounts, key=keys)
    def grant(self, amount: Decimal, key: str) -> None:
        key = f"g{key}"
        if self.ask(key, (amount,), lambda: service.grant(self.uow, self.pool, amount, reason="", key=key), amount > 0):
            self.granted += amount

    @rule(target=reservations, amount=amounts, key=keys)
    def reserve(self, amount: Decimal, key: str) -> UUID | None:
        key, left = f"r{key}", self.granted - self.used - sum(self.open.values())
        made = self.ask(
            key, (amount,), lambda: service.reserve(self.uow, self.pool, amount, key=key), 0 < amount <= left
        )
        if made:
            self.open[made] = amount
        return made

    @rule(reservation=reservations, amount=amounts)
    def post(self, reservation: UUID | None, amount: Decimal) -> None:
        if reservation is None:
            return
        promised = self.open.get(reservation)
        made = self.ask(
            f"p{reservation}{amount}", (amount,),
            lambda: service.post(self.uow, reservation, amount, key=f"p{reservation}{amount}"),
            promised is not None and 0 <= amount <= promised,
        )  # fmt: skip
        if made:
            del self.open[reservation]
            self.used += amount

    @rule(reservation=reservations, verb=st.sampled_from([service.void, service.expire]))
    def give_back(self, reservation: UUID | None, verb: Callable[..., UUID]) -> None:
        if reservation is None:
            return
        key = f"{verb.__name__}{reservation}"
        if self.ask(key, (), lambda: verb(self.uow, reservation, key=key), reservation in self.open):
            del self.open[reservation]

    @invariant()
    def adds_up(self) -> None:
        now = queries.balance(self.uow, self.pool)
        assert (now.granted, now.used, now.reserved) == (self.granted, self.used, sum(self.open.values()))
        assert min(now.left, now.used, now.reserved) >= 0
        assert queries.open_reservations(self.uow) == self.open
        assert queries.faults(self.uow) == []


MANY = pytest.mark.deep


@pytest.mark.parametrize(
    ("store", "examples"),
    [
        ("sqlite", 10), ("postgresql", 3),
        pytest.param("sqlite", 200, marks=MANY), pytest.param("postgresql", 60, marks=MANY),
    ],
)  # fmt: skip
def test_the_ledger_keeps_its_promises(store: str, examples: int, request: pytest.FixtureRequest):
    request.getfixturevalue(store)
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
