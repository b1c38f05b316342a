"""The demo ecosystem, small: counts, exact totals, the same for a seed and day, built once, finished when killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest
from argon2 import PasswordHasher

from models.applications import integrity
from models.core import history, outbox
from models.core.actor import SYSTEM, Actor, Scope, acting_as
from models.core.clock import clock_at
from models.core.lake import duck, lake
from models.core.unit_of_work import unit_of_work
from models.customers import queries as customers
from models.customers.queries import CustomerFilter
from models.demo import delivery, ecosystem, records, revenue, service, spending
from models.demo.people import COMPANY_A
from models.demo.terms import DEMO, DemoTerms, partner_lines, slug, world
from models.engines.ledger.queries import faults as ledger_faults
from models.engines.lists.asking import Asked
from models.expenditures.facts import expenditure_line
from models.identity import access, custom_roles
from models.identity import service as identity
from models.identity.roles import role_book
from models.incentives.facts import incentive_line
from models.lists import queries as lists
from models.partners import queries as partners
from models.partners.rules import PartnerKind
from models.revenue import queries as goals
from models.revenue.facts import revenue_line
from models.reviewers import queries as reviewers
from models.reviewers import staffing, stand_ins
from models.statistics import catalogue
from models.statistics.asking import answer as statistics
from models.statistics.asks import Ask
from tests.models.demo.conftest import NOON, SMALL, TODAY

EVERYTHING = frozenset(role_book().permissions)


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Noon of the day, in the system's name, with passwords hashed quickly."""
    monkeypatch.setattr(records, "PasswordHasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with clock_at(NOON), acting_as(SYSTEM):
        yield


def ask(sql: str) -> list[tuple[Any, ...]]:
    """Rows of SQL over the lake; `{lines}` stands for all lines."""
    with duck() as connection:
        return connection.execute(sql.format(lines=lake().scan(expenditure_line).sql)).fetchall()


def test_the_real_one_is_as_large_as_promised() -> None:
    eco = ecosystem.invent(DEMO, TODAY)
    assert (len(eco.partners), len(eco.customers), DEMO.lines, DEMO.months) == (154, 4_000, 300_000, 18)
    assert {partner.kind for partner in eco.partners} == set(PartnerKind)
    assert len({customer.name for customer in eco.customers}) == 4_000
    assert len({customer.account_name for customer in eco.customers}) == 4_000
    assert len({user.email for user in eco.users}) == len(eco.users)
    assert all(user.email.endswith(".example") for user in eco.users)
    moved = sum(len(customer.stays) > 1 for customer in eco.customers)
    changed = sum(len(customer.care) > len(customer.stays) for customer in eco.customers)
    assert moved > 50
    assert changed > 300
    assert len({partner.country for partner in eco.partners}) > 40


def test_no_interval_of_a_customer_overlaps_another() -> None:
    for customer in ecosystem.invent(DEMO, TODAY).customers:
        for before, after in pairwise(customer.stays):
            assert before.until is not None
            assert before.until <= after.since, customer.name
        counted = sorted((c.counts_from, c.counts_until or date.max) for c in customer.care)
        for (_, until), (begins, _) in pairwise(counted):
            assert until <= begins, customer.name


def test_names_know_their_places() -> None:
    assert {line.country for line in partner_lines()} <= set(world().countries)
    names = {line.name for line in partner_lines()}
    assert {line.parent for line in partner_lines() if line.parent} <= names
    assert {anchor.partner for anchor in ecosystem.ANCHORS} <= names
    assert slug("Côte d'Opale Numérique") == "cote-dopale-numerique"
    assert slug("Øresund Łódź & Söhne") == "oeresund-lodz-soehne"


@pytest.mark.parametrize(
    ("today", "months", "first", "last", "story"),
    [
        (date(2026, 7, 16), 18, date(2025, 2, 1), date(2026, 7, 15), date(2026, 6, 9)),
        (date(2026, 7, 1), 18, date(2025, 1, 1), date(2026, 6, 30), date(2026, 6, 9)),
        (date(2026, 1, 5), 3, date(2025, 11, 1), date(2026, 1, 4), date(2025, 12, 9)),
        (date(2026, 3, 1), 1, date(2026, 2, 1), date(2026, 2, 28), date(2026, 2, 9)),
    ],
)
def test_the_demo_ends_yesterday_and_its_story_is_in_the_newest_full_month(
    today: date, months: int, first: date, last: date, story: date
) -> None:
    span = spending.period(DemoTerms(months=months), today)
    assert (span.first, span.last, span.number(story)) == (first, last, span.story)


def test_revenue_and_earnings_come_of_the_lines(built: service.Built) -> None:
    """What customers with USD bills spent and got back, added up line by line; and each line of earnings by itself."""
    place = Decimal("0.00000001")
    parts: dict[tuple[Any, ...], Decimal] = {}
    wanted = "cycle, partner_id, customer_id, product, billing_mode, bill_type, spent_on, expenditure"
    for *key, bill, day, amount in ask(
        f"SELECT {wanted} FROM {{lines}} WHERE currency = 'USD' AND service_type <> '{revenue.WITHOUT_REBATE}'"
        " AND bill_type IN ('expenditure', 'refund', 'adjustment')"
    ):
        group = (*key, bill == "refund", min((day.day - 1) // 5, 5))
        parts[group] = parts.get(group, Decimal(0)) + amount
    expected: dict[tuple[Any, Any], Decimal] = {}
    for (cycle, partner, *_), amount in parts.items():
        rounded = amount.quantize(place, ROUND_HALF_UP)
        expected[cycle, partner] = expected.get((cycle, partner), Decimal(0)) + rounded
    with duck() as connection:
        found = connection.execute(
            f"SELECT r.cycle, r.partner_id, sum(r.eligible) FROM {lake().scan(revenue_line).sql} r"
            f" WHERE r.customer_id IN (SELECT customer_id FROM {lake().scan(expenditure_line).sql}"
            " WHERE currency = 'USD') GROUP BY ALL"
        ).fetchall()
        earned = connection.execute(
            f"SELECT revenue, rebate_percent, earnings FROM {lake().scan(incentive_line).sql}"
        ).fetchall()
    assert {(cycle, partner): amount for cycle, partner, amount in found} == expected
    assert len(earned) > 1_000
    for amount, percent, earnings in earned:
        assert earnings == (amount * percent / 100).quantize(place, ROUND_HALF_UP)
    with unit_of_work(read_only=True) as uow:
        assert any(goals.goals(uow, key) for key in partners.options(uow))


def test_counts_are_exact_and_so_are_totals(built: service.Built) -> None:
    assert built.counts["coupons"] == 11
    assert dict(built.counts) == built.counts | {"partners": 154, "customers": 160, "lines": 8_000, "months": 4}
    found = ask("SELECT currency, count(*), sum(expenditure) FROM {lines} GROUP BY 1")
    assert sum(count for _, count, _ in found) == 8_000
    assert {"USD", "EUR"} <= {currency for currency, _, _ in found}
    told: Counter[str] = Counter()
    with unit_of_work(read_only=True) as uow:
        rows = uow.session.query(records.DeliveryFile).all()
        for row in rows:
            for currency, amount in row.billed_cost.items():
                told[currency] += Decimal(amount)  # type: ignore[assignment]
        assert [row.read for row in rows] == [row.accepted for row in rows]
        assert sum(row.accepted for row in rows) == 8_000
    assert dict(told) == {currency: total for currency, _, total in found}
    assert lake().check(expenditure_line) == []


def test_every_kind_of_line_is_there_and_each_where_it_belongs(built: service.Built) -> None:
    kinds = {row[0] for row in ask("SELECT DISTINCT bill_type FROM {lines}")}
    modes = {row[0] for row in ask("SELECT DISTINCT billing_mode FROM {lines}")}
    assert kinds == {"expenditure", "refund", "adjustment", "credit"}
    assert modes == {mode.value for mode in spending.MODES}
    assert ask("SELECT count(*) FROM {lines} WHERE cycle <> date_trunc('month', spent_on)") == [(0,)]
    assert ask("SELECT min(spent_on), max(spent_on) FROM {lines}") == [(date(2026, 4, 1), date(2026, 7, 15))]
    assert ask("SELECT count(*) FROM {lines} WHERE bill_type IN ('refund', 'credit') AND expenditure >= 0") == [(0,)]
    offset = "SELECT count(*) FROM {lines} WHERE CAST(charge_start + INTERVAL 8 HOUR AS DATE) <> spent_on"
    assert ask(offset) == [(0,)]


def test_each_line_belongs_to_the_partner_of_its_day(built: service.Built) -> None:
    with unit_of_work(read_only=True) as uow, duck() as connection:
        connection.register("association", customers.association_intervals(uow))
        wrong = f"""SELECT count(*) FROM {lake().scan(expenditure_line).sql} line ANTI JOIN association USING
            (customer_id, partner_id, association_type) WHERE true"""
        assert connection.execute(wrong).fetchall() == [(0,)]
        outside = f"""SELECT count(*) FROM {lake().scan(expenditure_line).sql} line
            JOIN association USING (customer_id, partner_id, association_type)
            WHERE line.spent_on < associated_on OR line.spent_on >= ended_on"""
        # What is bought or paid back up to ten days after a customer left still stands on its old partner's bill.
        assert connection.execute(outside).fetchone()[0] < 20  # type: ignore[index]


def test_the_story_can_be_found(built: service.Built) -> None:
    sql = """SELECT day(spent_on) < 9, sum(expenditure) FROM {lines}
        WHERE sub_account_name = 'Bluewing Air Cargo' AND service_type = 'Elastic compute' AND cycle = DATE '2026-06-01'
        GROUP BY 1"""
    total = dict(ask(sql))
    assert total[False] / 22 < total[True] / 8 * Decimal("0.2")


@pytest.mark.meets("ORG-ROLE-12")
def test_the_guides_company_is_in_it(built: service.Built) -> None:
    with unit_of_work(read_only=True) as uow:
        company = partners.partners(uow, COMPANY_A).rows[0]
        counted = {role.key: role.users for role in custom_roles.roles(uow, company.id)}
        managers = records.select(records.UserAccount.director_id).where(
            records.UserAccount.partner_id == company.id, records.UserAccount.director_id.is_not(None)
        )
        teams = Counter(uow.session.scalars(managers))
    assert counted == {"partner_admin": 1, "account_director": 2, "account_manager": 8, "finance_specialist": 1}
    assert sorted(teams.values()) == [4, 4]


def test_the_distributor_and_the_reseller_that_can_sign_in_have_customers() -> None:
    eco = ecosystem.invent(DEMO, TODAY)
    people = {user.demo: user.partner_id for user in eco.users if user.demo}
    owner = {partner.id: partner for partner in eco.partners}
    depot, shop = owner[people["Distributor admin"]], owner[people["Reseller admin"]]
    assert (depot.kind, shop.kind, shop.parent_id) == (PartnerKind.DISTRIBUTOR, PartnerKind.RESELLER, depot.id)
    now = Counter(stay.partner.id for customer in eco.customers if (stay := customer.now_at))
    assert now[shop.id] >= 20
    assert sum(now[partner.id] for partner in eco.partners if partner.parent_id == depot.id) >= 60


def test_demo_people_can_sign_in_and_others_cannot(built: service.Built) -> None:
    roles = [account.role for account in built.accounts]
    assert roles == [
        "Administrator", "Ecosystem manager", "Finance", "Business reviewer", "Analyst", "Finance reviewer",
        "Second in finance", "Distributor admin", "Partner admin", "Finance specialist", "Account director",
        "Account manager", "Reseller admin",
    ]  # fmt: skip
    marta = next(account for account in built.accounts if account.role == "Account manager")
    with unit_of_work() as uow:
        token = identity.sign_in(uow, marta.email, marta.password)
        person = access.signed_in(uow, token)
        assert person is not None
        assert not person.must_change_password
        assert (person.actor.name, person.organisation) == ("Marta Kask", COMPANY_A)
        assert "Bluewing Air Cargo" in customers.names_of(uow, list(person.actor.scope.customers or ())).values()
        with pytest.raises(identity.Refused, match="SIGN-IN-FAILED"):
            identity.sign_in(uow, "jonas.weber@nordlicht-systems.example", records.NO_PASSWORD)


def test_the_same_seed_and_day_make_the_same_lines() -> None:
    totals = []
    for _ in range(2):
        eco = ecosystem.invent(SMALL, TODAY)
        lines = spending.invent(SMALL, eco.customers, spending.period(SMALL, TODAY)).lines
        totals.append((len(lines.day), int(lines.amount.sum()), int(lines.quantity.sum()), eco.customers[77].name))
    assert totals[0] == totals[1]
    other = DemoTerms(seed=7, customers=160, lines=8_000, months=4, cases=0)
    eco = ecosystem.invent(other, TODAY)
    lines = spending.invent(other, eco.customers, spending.period(other, TODAY)).lines
    assert (len(lines.day), int(lines.amount.sum())) != totals[0][:2]
    assert len(lines.day) == 8_000


def test_every_case_is_what_happened_to_it(built: service.Built) -> None:
    """Each demo case is replayed and compared with what is stored of it; nothing due in the past is left undone."""
    with unit_of_work(read_only=True) as uow:
        found, ledger = integrity.verify(uow)
        assert (found.cases, found.faults, ledger) == (built.counts["cases"], (), [])
        stages = {state.topic for state in outbox.topics(uow) if state.oldest_due and state.oldest_due <= uow.now}
    assert stages <= {"reviews.follow"}
    assert built.counts["cases"] >= 10


def test_coupons_stand_as_a_year_of_use_would_have_left_them(built: service.Built) -> None:
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        opened = lists.open_list(uow, "coupons")
        sums = lists.sum_by(uow, opened, Asked(), "status", "left")
        counts = lists.count_by(uow, opened, Asked(), "status")
        assert ledger_faults(uow) == []
    assert {status.value: number for status, number in counts.items()} == {
        "available": 7, "expired": 2, "used_up": 1, "cancelled": 1,
    }  # fmt: skip
    assert {status.value: left for (status, _), left in sums.items()} == {
        "available": Decimal("18346.50"), "expired": Decimal(0), "used_up": Decimal(0), "cancelled": Decimal(0),
    }  # fmt: skip


def test_reviewers_have_groups_limits_and_a_stand_in(built: service.Built) -> None:
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        assert [(row.name, row.members) for row in reviewers.groups(uow)] == [("Event board", 3), ("Large deals", 2)]
        assert [(row.name, row.note, row.now) for row in stand_ins.absences(uow)] == [
            ("Lerato Khumalo", "Holiday", True)
        ]
        (stand,) = stand_ins.delegations(uow)
        assert (stand.by_name, stand.to_name, stand.scope) == (
            "Lerato Khumalo", "Sipho Dlamini", ("Market Development Fund",)
        )  # fmt: skip
        assert staffing.stages_without_members(uow) == []


PERIOD = {"first": date(2026, 4, 1), "last": date(2026, 7, 1)}


def test_statistics_are_what_counting_every_line_gives(built: service.Built) -> None:
    """All lines of the demo, added up in Python one by one, beside what statistics answer by partner and by service."""
    sums: Counter[tuple[str, ...]] = Counter()
    columns = "partner_id, service_type, bill_type, currency, expenditure"
    for partner, service_type, kind, currency, amount in ask(
        f"SELECT {columns} FROM {{lines}} WHERE cycle >= DATE '2026-04-01'"
    ):
        if kind != "tax":
            for key in (("partner", partner or "unmapped"), ("service_type", service_type or "none"), ("all", "")):
                sums[(*key, currency)] += amount
    with unit_of_work(read_only=True) as uow:
        for by in ("partner", "service_type"):
            found = statistics(uow, Ask.of("expenditure", by=(by,), currency="each", period=PERIOD))
            assert {(row.keys[0], row.currency): row.value() for row in found.rows} == {
                (key, currency): amount for (name, key, currency), amount in sums.items() if name == by
            }
            assert {row.currency: row.value() for row in found.totals} == {
                currency: amount for (name, _, currency), amount in sums.items() if name == "all"
            }


@pytest.mark.meets("CUS-COM-01")
def test_of_every_measure_a_partner_sees_its_own_part(built: service.Built) -> None:
    """Each measure of the catalogue within a scope is what the vendor sees of those partners: no more, no less."""
    with unit_of_work(read_only=True) as uow:
        everybody = sorted(partners.options(uow))
    chosen = [everybody[place] for place in (1, 7, 40)]
    own = Actor(None, "Somebody", permissions=EVERYTHING, scope=Scope(frozenset(chosen)))
    checked = 0
    with unit_of_work(read_only=True) as uow, unit_of_work(read_only=True, actor=own) as theirs:
        for name in catalogue.measures():
            if "partner" not in catalogue.facts_of(name).dimensions:
                continue
            asked = Ask.of(name, by=("partner",), currency="each", period=PERIOD)
            whole, part = statistics(uow, asked), statistics(theirs, asked)
            mine = {str(key) for key in chosen}
            assert {(row.keys, row.currency): row.now for row in part.rows} == {
                (row.keys, row.currency): row.now for row in whole.rows if row.keys[0] in mine
            }, name
            checked += bool(part.rows)
    assert checked > 20, "most measures have something to show"


def test_it_is_built_once(built: service.Built) -> None:
    again = service.build(terms=SMALL)
    assert (dict(again.counts), again.accounts) == ({}, ())
    with unit_of_work(read_only=True) as uow:
        assert customers.count(uow) == 160
        assert [row.action for row in history.entries(uow, subject="installation").rows] == ["demo.built"]


def test_a_build_that_was_killed_begins_again(on_sqlite: str, at_noon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(records, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            service.build(terms=SMALL)
    with unit_of_work(read_only=True) as uow:
        assert customers.count(uow) == 0
        assert identity.setup_needed(uow)
    with clock_at(NOON + timedelta(days=1)):  # the lines of yesterday's attempt are replaced, not added to
        assert service.build(terms=SMALL).counts["lines"] == 8_000
    found = ask("SELECT count(*), count(DISTINCT (file_id, line)), max(spent_on) FROM {lines}")
    assert found == [(8_000, 8_000, date(2026, 7, 16))]


def test_accounts_are_kept_before_they_count(on_sqlite: str, at_noon: None) -> None:
    def keep(accounts: object) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        service.build(terms=SMALL, keep=keep)
    with unit_of_work(read_only=True) as uow:
        assert identity.setup_needed(uow)


def test_it_is_built_on_both_databases(database: str, at_noon: None) -> None:
    service.build(terms=SMALL)
    with unit_of_work(read_only=True) as uow:
        assert customers.count(uow, CustomerFilter(search="bluewing")) == 1
        assert customers.assignment_intervals(uow).num_rows > 100
        assert [delivery.file_name(SMALL, date(2026, 4, 1))] == ["northwind-2026-04.parquet"]
