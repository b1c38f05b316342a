"""The page that says whose sub-accounts are: what it answers, what it previews, and how a mapping is followed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dashboard.parts import mapping
from models.core.actor import SYSTEM, Actor, acting_as
from models.core.unit_of_work import unit_of_work
from models.expenditures import service, sub_accounts
from models.expenditures.service import Owner
from models.expenditures.tables import DeliveryImport
from tests.support.build import Build
from tests.support.focus import write_focus
from tests.support.pages import page, texts

SCRIPT = "money/sub_accounts.py"


@pytest.fixture
def manager(on_sqlite: str) -> Actor:
    with unit_of_work(actor=SYSTEM) as uow:
        return Build(uow).actor("ecosystem_manager")


def deliver(folder: Path) -> None:
    lines = [
        {"BilledCost": "13.6164825497", "SubAccountId": "11353890204", "SubAccountName": "Atlas Orion"},
        {"BilledCost": "1", "SubAccountId": "18938484842"},
        {"BilledCost": "2", "SubAccountId": "18938484842", "BillingCurrency": "EUR"},
    ]
    with acting_as(SYSTEM):
        service.import_files([write_focus(folder / "a.csv", lines)], source="cloud-a")


def map_first() -> None:
    with acting_as(SYSTEM), unit_of_work() as uow:
        customer = Build(uow).customer(name="Polder Energie")
        run = service.map_sub_accounts(uow, [Owner("cloud-a", "11353890204", customer.id)])[0]
    with acting_as(SYSTEM):
        service.run_remap(run)


def test_it_names_what_is_nobodys_and_what_it_cost(manager, tmp_path):
    deliver(tmp_path)
    shown = texts(page(SCRIPT, manager).run())
    assert "<b>2 sub-accounts</b> with 3 lines are nobody's yet: <b>2.00 EUR + 14.62 USD</b>" in shown
    frame = page(SCRIPT, manager).run().dataframe[0].value
    assert list(frame["sub_account"]) == ["11353890204", "18938484842"]
    assert list(frame["amount"]) == ["13.6164825497 USD", "2 EUR + 1 USD"]


def test_a_search_stands_in_the_address(manager, tmp_path):
    deliver(tmp_path)
    frame = page(SCRIPT, manager, q="orion").run().dataframe[0].value
    assert list(frame["sub_account"]) == ["11353890204"]


def test_a_mapping_is_followed_and_listed(manager, tmp_path):
    deliver(tmp_path)
    map_first()
    test = page(SCRIPT, manager).run()
    assert "<b>1 sub-account</b> with 2 lines is nobody's yet" in texts(test)
    assert "1 line moved · 13.62 USD" in texts(test)
    mapped = page(SCRIPT, manager, part="mapped").run()
    assert list(mapped.dataframe[0].value["customer"]) == ["Polder Energie"]


def test_without_a_delivery_it_says_what_to_do(manager):
    shown = texts(page(SCRIPT, manager).run())
    assert "Nothing was imported yet." in shown
    assert 'href="imports"' in shown


def test_an_interrupted_mapping_says_how_it_goes_on(manager, tmp_path):
    deliver(tmp_path)
    map_first()
    with unit_of_work(actor=SYSTEM) as uow:
        run = uow.session.get_one(DeliveryImport, sub_accounts.moves(uow)[0].id)
        run.status, run.message = run.status.INTERRUPTED, "The worker repeats it."
    assert "The worker repeats it." in texts(page(SCRIPT, manager).run())


def test_the_preview_adds_up_by_currency(manager, tmp_path):
    deliver(tmp_path)
    with unit_of_work(actor=manager, read_only=True) as uow:
        rows = sub_accounts.unmapped(uow)
    assert mapping.preview_words(rows, "Polder Energie").startswith(
        "3 lines of 2 sub-accounts, 2.00 EUR + 14.62 USD, move to Polder Energie"
    )
    assert mapping.amounts({"USD": Decimal("-3")}) == "−3.00 USD"
