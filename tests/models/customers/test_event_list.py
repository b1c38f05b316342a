"""The list of who came and who left, each with the account manager of that day; on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from models.core.paging import PageRequest
from models.customers.rules import AssociationType
from models.lists import queries
from models.partners.rules import PartnerKind
from tests.support.acting import acting

COLUMNS = ["customer", "partner", "operation", "account_manager", "day"]


def records(uow, actor, **filters):
    work = acting(uow, actor)
    opened = queries.open_list(work, "customer_events")
    asked = queries.resolve(opened, {name: [value] for name, value in filters.items()}).asked
    rows = queries.read(work, opened, asked, PageRequest(), COLUMNS).page.rows
    return [tuple(row.values[name] for name in COLUMNS) for row in rows]


@pytest.mark.meets("FIN-SCUS-08", "FIN-SCUS-09", "DST-STA-03")
def test_records_name_the_account_manager_of_their_day(uow, build):
    depot = build.partner("Depot", kind=PartnerKind.DISTRIBUTOR)
    shop = build.partner("Shop", kind=PartnerKind.RESELLER, parent_id=depot.id)
    build.customer(depot, "Own", since=date(2026, 1, 1))
    kudu = build.customer(shop, "Kudu", since=date(2026, 2, 1))
    gone = build.customer(shop, "Gone", association_type=None)
    build.association(gone, shop, AssociationType.RESELLER, date(2025, 5, 1), until=date(2026, 3, 1))
    ann = build.user("account_manager", partner=shop, name="Ann")
    ben = build.user("account_manager", partner=shop, name="Ben")
    build.assignment(gone, ann, date(2025, 5, 1), until=date(2025, 9, 1))
    build.assignment(gone, ben, date(2025, 9, 1), until=date(2026, 3, 1))
    build.assignment(kudu, ann, date(2026, 4, 1))
    below = [
        ("Gone", "Shop", "disassociation", "Ben", date(2026, 3, 1)),
        ("Kudu", "Shop", "association", None, date(2026, 2, 1)),
        ("Gone", "Shop", "association", "Ann", date(2025, 5, 1)),
    ]
    found = {name: records(uow, build.actor("partner_admin", partner=of)) for name, of in (("d", depot), ("s", shop))}
    assert found["d"] == found["s"] == below
    manager = build.actor("ecosystem_manager")
    assert ("Own", "Depot", "association", None, date(2026, 1, 1)) in records(uow, manager)
    assert records(uow, manager, operation="disassociation") == below[:1]
    assert records(uow, manager, account_manager=str(ann.id)) == below[2:]
    assert records(uow, manager, day="2026-02-01..2026-03-31") == below[:2]
