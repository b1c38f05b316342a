"""Reference data through its page: a rate entered here converts amounts; an import fills services and regions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from models.catalog import queries
from models.core.actor import SYSTEM, Actor, acting_as
from models.core.unit_of_work import unit_of_work
from models.expenditures import service
from tests.support.build import Build
from tests.support.pages import page, texts

SAMPLE = Path(__file__).parents[1] / "data" / "focus_sample_1000.csv"


@pytest.fixture
def manager(on_sqlite: str) -> Actor:
    with unit_of_work(actor=SYSTEM) as uow:
        return Build(uow).actor("ecosystem_manager")


@pytest.mark.meets("FIN-MONEY-11")
def test_a_rate_is_entered_and_a_bad_one_refused_with_its_reasons(manager: Actor) -> None:
    test = page("money/catalogue.py", manager).run()
    assert "enter a rate" in texts(test)

    def enter(source: str, currency: str, value: str) -> str:
        if not any(each.key == "rate:source" for each in test.text_input):
            next(each for each in test.button if each.label == "Enter rate").click().run()
        for name, text in (("source", source), ("currency", currency), ("value", value)):
            test.text_input(key=f"rate:{name}").input(text)
        next(each for each in test.button if each.label == "Enter").click().run()
        return texts(test)

    assert "RATE-" in enter("Month-end", "eur", "much")
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert queries.rates(uow) == {}
    assert "<b>1 currency</b> can be converted into USD." in enter("Month-end", "eur", "1,0842")
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert queries.rates(uow)["EUR"].value == Decimal("1.0842")
    shown = page("money/catalogue.py", manager).run()
    assert list(shown.dataframe[0].value["value"]) == ["1.0842"]
    assert "EUR/USD" in texts(shown)  # the history says what changed
    reference = page("design/reference.py", manager, part="rates").run()  # the same part, the same records
    assert list(reference.dataframe[0].value["value"]) == ["1.0842"]


def test_an_import_fills_what_it_met_for_the_first_time(manager: Actor) -> None:
    with acting_as(SYSTEM):
        service.import_files([SAMPLE], source="sample")
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        regions = {row.code: row.name for row in queries.regions(uow)}
        services = {row.name: row.family for row in queries.services(uow)}
        assert len(queries.products(uow)) == 267
    assert regions["us-west-2"] == "US West (Oregon)"
    assert services["Elastic Load Balancing"] == "Networking"
    assert len(services) == 33
    for view, word in (("services", "33 services"), ("products", "267 products"), ("regions", "regions")):
        shown = texts(page("money/catalogue.py", manager, part=view).run())
        assert word in shown
