"""Random scopes over every scoped class: nobody ever reads a row of a foreign partner or customer."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

import models.tables  # noqa: F401 - registers every mapped class
from models.core.actor import Actor, Scope
from models.core.database import Base, CustomerScoped, PartnerScoped
from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.partners import queries as partners
from tests.support.build import Build

TRIALS = 200
SCOPED = sorted(
    (mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, PartnerScoped)),
    key=lambda kind: kind.__name__,
)


@pytest.mark.meets("CUS-COM-01", "ORG-ROLE-10")
def test_random_people_read_only_their_own_rows_of_every_class(uow: UnitOfWork, build: Build) -> None:
    chance = random.Random(20261124)
    companies = [build.partner() for _ in range(5)]
    theirs = [build.customer(chance.choice(companies)) for _ in range(20)]
    for company in companies:
        manager = build.user("account_manager", partner=company)
        uow.record("partner.changed", "partner", company.id, partner_id=company.id)
        for customer in theirs:
            if customer.partner_id == company.id:
                build.assignment(customer, manager, uow.today)
    uow.session.flush()
    seen = 0
    for _ in range(TRIALS):
        some = frozenset(row.id for row in chance.sample(companies, chance.randint(0, 3)))
        few = frozenset(row.id for row in chance.sample(theirs, chance.randint(0, 6)))
        scope = Scope(some, few if chance.random() < 0.5 else None)
        uow.session.expunge_all()
        uow.session.info["scope"] = scope
        for kind in SCOPED:
            for row in uow.session.scalars(select(kind)):
                seen += 1
                assert row.partner_id in some, kind
                if issubclass(kind, CustomerScoped) and scope.customers is not None:
                    assert row.customer_id in few, kind
        may = frozenset({"partners.view", "customers.view"})
        me = UnitOfWork(uow.session, Actor(None, "Somebody", permissions=may, scope=scope), uow.now)
        own = {row.id for row in theirs if row.partner_id in some and (scope.customers is None or row.id in few)}
        assert customers.count(me) == len(own)
        assert partners.count(me) == len(some)
    assert seen > TRIALS
