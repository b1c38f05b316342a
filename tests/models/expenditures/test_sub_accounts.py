"""Whose a sub-account is: lines arrive with their owner, or move to it later, each to the partner of its day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from models.core.actor import SYSTEM, Actor, acting_as
from models.core.errors import NotAllowed, Refused
from models.core.lake import lake
from models.core.paging import FIRST_PAGE
from models.core.unit_of_work import unit_of_work
from models.customers.rules import AssociationType
from models.engines.lists import Asked
from models.expenditures import deliveries, runs, service, sub_accounts
from models.expenditures.facts import expenditure_line
from models.expenditures.rules import ImportStatus
from models.expenditures.service import Owner
from models.expenditures.tables import DeliveryFile
from models.lists import acting
from models.lists.queries import open_list, read
from tests.support.build import Build
from tests.support.focus import facts, total, write_focus

pytestmark = pytest.mark.deep_on_postgresql  # what is mapped lies in the lake
HISTORY = [
    {"BilledCost": "1", "ChargePeriodStart": "2026-09-05", "ChargePeriodEnd": "2026-09-06"},
    {"BilledCost": "2", "ChargePeriodStart": "2026-09-15", "ChargePeriodEnd": "2026-09-16"},
    {"BilledCost": "4", "ChargePeriodStart": "2026-09-25", "ChargePeriodEnd": "2026-09-26"},
    {"BilledCost": "8", "SubAccountId": "sub-2"},
]


@pytest.fixture(autouse=True)
def operator(database: str) -> Iterator[None]:
    with acting_as(SYSTEM):
        yield


@pytest.fixture
def moved_house() -> tuple[str, str, str]:
    """A customer that was a reseller's until 10 September, nobody's for ten days and a referral's after that."""
    with unit_of_work() as uow:
        build = Build(uow)
        first, second = build.partner(), build.partner()
        customer = build.customer()
        build.association(customer, first, AssociationType.RESELLER, date(2026, 1, 1), date(2026, 9, 10))
        build.association(customer, second, AssociationType.REFERRAL, date(2026, 9, 20))
        return str(customer.id), str(first.id), str(second.id)


def map_to(customer: str | None, *keys: str, source: str = "aws") -> UUID:
    with unit_of_work() as uow:
        owners = [Owner(source, key, UUID(customer) if customer else None) for key in keys]
        return service.map_sub_accounts(uow, owners)[0]


def owners() -> list[tuple[object, ...]]:
    return facts("CAST(expenditure AS INTEGER), customer_id, partner_id, association_type", order="1")


def delivered(folder: Path) -> Path:
    path = write_focus(folder / "a.csv", HISTORY)
    service.import_files([path], source="aws")
    return path


def expected(customer: str, first: str, second: str) -> list[tuple[object, ...]]:
    return [
        (1, customer, first, "reseller"), (2, customer, None, None), (4, customer, second, "referral"),
        (8, None, None, None),
    ]  # fmt: skip


def test_a_delivery_of_a_mapped_sub_account_arrives_with_its_owner(tmp_path, moved_house):
    map_to(moved_house[0], "sub-1")
    result = service.import_files([write_focus(tmp_path / "a.csv", HISTORY)], source="aws")
    assert result.unmapped == 1
    assert owners() == expected(*moved_house)


def test_mapping_later_moves_the_lines_that_are_there(tmp_path, moved_house):
    path = delivered(tmp_path)
    assert [row[1] for row in owners()] == [None] * 4
    before = total()
    steps: list[str] = []

    result = service.run_remap(map_to(moved_house[0], "sub-1"), progress=lambda step, done: steps.append(step))

    assert (result.read, result.billed_cost) == (3, {"USD": Decimal(7)})
    assert owners() == expected(*moved_house)
    assert total() == before
    assert "Moving lines of September 2026" in steps
    again = service.import_files([path], source="aws")
    assert (again.changed, again.unmapped) == (False, 1)


def test_only_the_data_files_with_those_lines_change(tmp_path, moved_house):
    delivered(tmp_path)
    other = write_focus(tmp_path / "b.csv", [{"SubAccountId": "sub-9"}])
    service.import_files([other], source="aws")
    service.import_files([write_focus(tmp_path / "c.csv")], source="azure")
    before = set(lake().scan(expenditure_line).files)
    service.run_remap(map_to(moved_house[0], "sub-1"))
    after = set(lake().scan(expenditure_line).files)
    assert len(before - after) == len(after - before) == 1
    assert facts("count(*)", "source = 'azure' AND customer_id IS NULL", "1") == [(1,)]


def test_a_remap_repeated_changes_nothing(tmp_path, moved_house):
    delivered(tmp_path)
    run = map_to(moved_house[0], "sub-1")
    first = service.run_remap(run)
    files = lake().scan(expenditure_line).files
    assert service.run_remap(run) == first
    assert lake().scan(expenditure_line).files == files


def test_a_wrong_mapping_is_taken_back(tmp_path, moved_house):
    delivered(tmp_path)
    service.run_remap(map_to(moved_house[0], "sub-1"))
    service.run_remap(map_to(None, "sub-1"))
    assert [row[1:] for row in owners()] == [(None, None, None)] * 4
    with unit_of_work(read_only=True) as uow:
        assert uow.session.get_one(DeliveryFile, 1).unmapped == 4


def test_a_remap_that_dies_is_undone_and_repeated(tmp_path, moved_house, monkeypatch):
    delivered(tmp_path)
    run = map_to(moved_house[0], "sub-1")

    def die(step: str) -> None:
        if step == "staged":
            raise KeyboardInterrupt

    monkeypatch.setattr(runs, "reached", die)
    with pytest.raises(KeyboardInterrupt):
        service.run_remap(run)
    monkeypatch.undo()
    with unit_of_work(read_only=True) as uow:
        (row,) = deliveries.import_rows(uow, [run])
    message = "It was interrupted before anything changed. The worker repeats it."
    assert (row.status, row.message) == (ImportStatus.INTERRUPTED, message)
    assert [row[1] for row in owners()] == [None] * 4

    service.run_remap(run)
    assert owners() == expected(*moved_house)


def test_what_is_nobodys_is_listed_the_costliest_first(tmp_path, moved_house):
    lines = [
        {"BilledCost": "1", "SubAccountId": "small"}, {"BilledCost": "5", "SubAccountName": "Atlas Nimbus"},
        {"BilledCost": "0.5", "BillingCurrency": "EUR"}, {"BilledCost": "9", "SubAccountId": "owned"},
    ]  # fmt: skip
    map_to(moved_house[0], "owned")
    service.import_files([write_focus(tmp_path / "a.csv", lines)], source="aws")
    with unit_of_work(read_only=True) as uow:
        rows = sub_accounts.unmapped(uow)
        assert [(row.sub_account_id, row.lines, row.amounts) for row in rows] == [
            ("sub-1", 2, {"EUR": Decimal("0.5"), "USD": Decimal(5)}),
            ("small", 1, {"USD": Decimal(1)}),
        ]
        assert rows[0].name == "Atlas Nimbus"
        assert (rows[0].first, rows[0].last) == (date(2026, 9, 10), date(2026, 9, 10))
        assert [row.sub_account_id for row in sub_accounts.unmapped(uow, search="ATLAS")] == ["sub-1"]
        assert sub_accounts.unmapped(uow, source="azure") == []
        assert sub_accounts.unmapped_total(uow) == (2, 3, {"EUR": Decimal("0.5"), "USD": Decimal(6)})
        assert sub_accounts.is_any_mapped(uow)
        (row,) = read(uow, open_list(uow, "mappings"), Asked(), FIRST_PAGE).page.rows
        assert (row.values["source"], row.values["sub_account"]) == ("aws", "owned")
        assert acting.preview(uow, "mappings", "take_back", [row.key]).able == (row.key,)


def test_a_name_from_outside_is_never_read_as_sql(tmp_path):
    service.import_files([write_focus(tmp_path / "a.csv", [{"SubAccountId": "it's"}])], source="aws")
    with unit_of_work(read_only=True) as uow:
        assert [row.sub_account_id for row in sub_accounts.unmapped(uow, search="t's")] == ["it's"]


def test_mapping_needs_the_permission_and_a_customer_one_may_see(tmp_path, moved_house):
    with unit_of_work() as uow, pytest.raises(Refused, match="MAP-CUSTOMER"):
        service.map_sub_accounts(uow, [Owner("aws", "sub-1", uuid4())])
    with acting_as(Actor(None, "Ana")), pytest.raises(NotAllowed):
        map_to(moved_house[0], "sub-1")
    with acting_as(Actor(None, "Ana")), unit_of_work(read_only=True) as uow, pytest.raises(NotAllowed):
        sub_accounts.unmapped(uow)


def test_a_remap_waits_for_an_import_of_its_source(tmp_path, moved_house):
    from models.expenditures.lease import lease

    delivered(tmp_path)
    run = map_to(moved_house[0], "sub-1")
    with lease("aws", uuid4()), pytest.raises(service.SourceBusy):
        service.run_remap(run, wait=timedelta(0))
    service.run_remap(run)
    assert owners() == expected(*moved_house)
