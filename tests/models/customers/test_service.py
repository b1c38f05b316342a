"""Assigning customers to account managers: what counts for whom, what is kept, who may, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from models.core import history
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused
from models.core.unit_of_work import UnitOfWork
from models.customers import queries, service
from models.customers.intervals import OPEN_END
from models.customers.queries import CustomerFilter
from models.customers.tables import Customer
from models.identity.tables import UserAccount
from models.partners.tables import Partner
from tests.support.acting import acting, codes
from tests.support.build import Build

JULY_26 = date(2024, 7, 26)


@pytest.fixture
def partner(build: Build) -> Partner:
    return build.partner("Tallinn Data Foundry")


@pytest.fixture
def marta(build: Build, partner: Partner) -> UserAccount:
    return build.user("account_manager", partner=partner, name="Marta Kask")


@pytest.fixture
def rasmus(build: Build, partner: Partner) -> UserAccount:
    return build.user("account_manager", partner=partner, name="Rasmus Tamm")


def intervals(uow: UnitOfWork) -> list[tuple[str, date, date]]:
    rows = queries.assignment_intervals(uow).to_pylist()
    return sorted((row["user_id"], row["counts_from"], row["counts_until"]) for row in rows)


def chosen(*customers: Customer) -> dict[object, int]:
    return {customer.id: customer.version for customer in customers}


@pytest.mark.meets("CUS-AM-01", "CUS-AM-03", "CUS-ASG-06")
def test_several_customers_are_assigned_at_once(uow, build, partner, marta):
    polder, kudu = build.customer(partner, "Polder Energie"), build.customer(partner, "Kudu Mobile Money")
    service.assign(uow.at(JULY_26), chosen(polder, kudu), marta.id)
    uow.session.flush()
    assert intervals(uow) == [(str(marta.id), date(2024, 7, 27), OPEN_END)] * 2
    assert {polder.account_manager_id, kudu.account_manager_id} == {marta.id}
    assert sorted(queries.assigned_to(uow.at(JULY_26), marta.id)) == sorted([polder.id, kudu.id])


@pytest.mark.meets("CUS-AM-05", "CUS-DET-05")
def test_a_change_keeps_the_history_and_no_day_counts_twice(uow, build, partner, marta, rasmus):
    polder = build.customer(partner)
    service.assign(uow.at(date(2024, 3, 4)), chosen(polder), marta.id)
    uow.session.flush()
    service.assign(uow.at(JULY_26), chosen(polder), rasmus.id)
    uow.session.flush()
    assert intervals(uow) == sorted(
        [(str(marta.id), date(2024, 3, 5), date(2024, 7, 27)), (str(rasmus.id), date(2024, 7, 27), OPEN_END)]
    )
    rows = queries.assignments(uow, polder.id)
    assert [(row.user_id, row.assigned_on, row.unassigned_on) for row in rows] == [
        (rasmus.id, JULY_26, None),
        (marta.id, date(2024, 3, 4), JULY_26),
    ]
    entry = history.entries(uow, subject="customer", subject_id=polder.id).rows[0]
    assert (entry.action, entry.changes["account_manager"]) == ("customer.assigned", ["Marta Kask", "Rasmus Tamm"])


@pytest.mark.meets("CUS-ASG-04", "CUS-ASG-05")
def test_unassigning_counts_until_the_month_is_over(uow, build, partner, marta):
    polder = build.customer(partner)
    service.assign(uow.at(date(2024, 3, 4)), chosen(polder), marta.id)
    uow.session.flush()
    service.unassign(uow.at(JULY_26), chosen(polder))
    uow.session.flush()
    assert intervals(uow) == [(str(marta.id), date(2024, 3, 5), date(2024, 8, 1))]
    assert polder.account_manager_id is None
    assert queries.assigned_to(uow.at(date(2024, 7, 31)), marta.id) == [polder.id]
    assert queries.assigned_to(uow.at(date(2024, 8, 1)), marta.id) == []


def test_a_new_manager_in_the_month_of_the_old_ones_end_cuts_it(uow, build, partner, marta, rasmus):
    polder = build.customer(partner)
    service.assign(uow.at(date(2024, 3, 4)), chosen(polder), marta.id)
    uow.session.flush()
    service.unassign(uow.at(date(2024, 7, 10)), chosen(polder))
    uow.session.flush()
    service.assign(uow.at(JULY_26), chosen(polder), rasmus.id)
    uow.session.flush()
    assert intervals(uow) == sorted(
        [(str(marta.id), date(2024, 3, 5), date(2024, 7, 27)), (str(rasmus.id), date(2024, 7, 27), OPEN_END)]
    )


def test_a_change_on_the_same_day_leaves_no_interval_of_the_first(uow, build, partner, marta, rasmus):
    polder = build.customer(partner)
    service.assign(uow.at(JULY_26), chosen(polder), marta.id)
    uow.session.flush()
    service.assign(uow.at(JULY_26), chosen(polder), rasmus.id)
    uow.session.flush()
    assert intervals(uow) == [(str(rasmus.id), date(2024, 7, 27), OPEN_END)]
    assert len(queries.assignments(uow, polder.id)) == 2


def test_one_bad_choice_assigns_nobody(uow, build, partner, marta):
    polder, foreign = build.customer(partner), build.customer(build.partner(), "Orchid Freight Lines")
    assert codes(lambda: service.assign(uow, chosen(polder, foreign), marta.id)) == ["ASSIGN-PARTNER"]
    assert polder.account_manager_id is None
    assert intervals(uow) == []


def test_only_an_account_manager_is_assigned(uow, build, partner):
    polder = build.customer(partner)
    finance = build.user("finance_specialist", partner=partner)
    assert "ASSIGN-MANAGER" in codes(lambda: service.assign(uow, chosen(polder), finance.id))


def test_who_saw_an_older_version_is_told(uow, build, partner, marta):
    polder = build.customer(partner)
    with pytest.raises(ChangedMeanwhile):
        service.assign(uow, {polder.id: polder.version + 1}, marta.id)
    assert intervals(uow) == []


def test_a_customer_without_manager_cannot_be_unassigned(uow, build, partner):
    assert codes(lambda: service.unassign(uow, chosen(build.customer(partner))), error=Refused) == ["UNASSIGN-NONE"]


@pytest.mark.parametrize("role", ["account_manager", "finance_specialist"])
def test_roles_without_the_permission_assign_nothing(uow, build, partner, marta, role):
    polder = build.customer(partner)
    someone = build.actor(role, partner=partner)
    with pytest.raises(NotAllowed):
        service.assign(acting(uow, someone), chosen(polder), marta.id)


@pytest.mark.meets("CUS-COM-01")
def test_a_foreign_customer_is_not_found(uow, build, partner):
    foreign = build.customer(build.partner(), "Orchid Freight Lines")
    director = build.actor("account_director", partner=partner)
    work = acting(uow, director)
    with pytest.raises(NotFound):
        queries.customer(work, foreign.id)
    with pytest.raises(NotFound):
        service.unassign(work, chosen(foreign))
    assert queries.customers(work).rows == ()


@pytest.mark.meets("CUS-COM-01", "ORG-ROLE-10", "CUS-ASG-03")
def test_an_account_manager_alone_sees_only_what_is_assigned(uow, build, partner, marta):
    mine, other = build.customer(partner, "Polder Energie"), build.customer(partner, "Kudu Mobile Money")
    service.assign(uow, chosen(mine), marta.id)
    uow.session.flush()
    alone = build.actor_of(marta, ("account_manager",))
    assert [row.name for row in queries.customers(acting(uow, alone)).rows] == ["Polder Energie"]
    both = build.actor_of(marta, ("account_manager", "finance_specialist"))
    seen = {row.id for row in queries.customers(acting(uow, both)).rows}
    assert seen == {mine.id, other.id}


@pytest.mark.meets("CUS-LIST-01", "CUS-LIST-03")
def test_filters_work_together_and_search_is_fuzzy(uow, build, partner, marta):
    polder = build.customer(partner, "Polder Energie", industry="Energy")
    build.customer(partner, "Polder Logistiek", industry="Logistics")
    build.customer(build.partner(), "Polder Zuivel", industry="Food")
    service.assign(uow, chosen(polder), marta.id)
    uow.session.flush()

    def names(**wanted: object) -> list[str]:
        return [row.name for row in queries.customers(uow, CustomerFilter(**wanted)).rows]  # type: ignore[arg-type]

    assert names(search="POLDER", partners=[partner.id]) == ["Polder Energie", "Polder Logistiek"]
    assert names(managers=[marta.id]) == ["Polder Energie"]
    assert names(unassigned=True, partners=[partner.id]) == ["Polder Logistiek"]
    assert names(managers=[marta.id], unassigned=True, partners=[partner.id]) == ["Polder Energie", "Polder Logistiek"]
    assert names(search="polder", industries=["Food"]) == ["Polder Zuivel"]
    assert names(search="100%") == []
    assert queries.count(uow, CustomerFilter(search="polder")) == 3


def test_association_intervals_follow_a_customer_that_moved(uow, build, partner):
    old = build.partner("Nordlicht Systems")
    customer = build.customer(partner, since=date(2025, 3, 1))
    build.association(customer, old, customer.association_type, date(2024, 1, 1), date(2025, 3, 1))
    rows = queries.association_intervals(uow).to_pylist()
    assert sorted((row["partner_id"], row["associated_on"], row["ended_on"]) for row in rows) == sorted(
        [(str(old.id), date(2024, 1, 1), date(2025, 3, 1)), (str(partner.id), date(2025, 3, 1), OPEN_END)]
    )
    seen = queries.association_intervals(acting(uow, build.actor("partner_admin", partner=partner))).to_pylist()
    assert [row["partner_id"] for row in seen] == [str(partner.id)]
