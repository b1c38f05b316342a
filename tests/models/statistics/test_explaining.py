"""Changes explained over real facts: the parts are the change that the page shows, and a sentence names who made it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from models.core.actor import SYSTEM
from models.core.errors import Refused
from models.core.unit_of_work import unit_of_work
from models.engines.statistics.explaining import Effect, Move, added
from models.statistics.asking import answer
from models.statistics.asks import Ask, Compared
from models.statistics.explaining import explain
from tests.support.facts import FactBuilder

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
D = Decimal
IN_JUNE = {"period": {"first": JUNE, "last": JUNE}}


@pytest.fixture
def uow(sqlite):
    with unit_of_work(actor=SYSTEM, read_only=True) as work:
        yield work.at(date(2026, 7, 20))


@pytest.fixture
def facts(tmp_path) -> FactBuilder:
    return FactBuilder(tmp_path)


def product(facts: FactBuilder, month: date, name: str, amount: str, quantity: int = 1, **more: object) -> dict:
    return facts.line(month, amount, service_type=name, product=name, quantity=D(quantity), **more)


@pytest.fixture
def moved(facts):
    facts.put([
        product(facts, MAY, "A", "100", 10), product(facts, JUNE, "A", "300", 15),
        product(facts, MAY, "B", "50.000000000001", 5), product(facts, JUNE, "C", "7"),
        product(facts, MAY, "D", "3"), product(facts, JUNE, "D", "3"),
        product(facts, JUNE, "A", "1000", currency="EUR"), product(facts, JUNE, "A", "9", 9, bill_type="tax"),
    ])  # fmt: skip


def test_the_parts_are_the_change_of_the_page(uow, moved):
    asked = Ask.of("expenditure", **IN_JUNE)
    found = explain(uow, asked, "service_type")
    total = answer(uow, asked.changed(against=("previous",))).total
    assert added(part.change for part in found.split.parts) == total.change() == D("156.999999999999")
    assert [(found.labels[part.key], part.move) for part in found.split.parts] == [
        ("A", Move.GROWN), ("B", Move.LOST), ("C", Move.NEW),
    ]  # fmt: skip
    assert [bar.change for bar in found.bars] == [D("153.000000000001"), 200, D("-50.000000000001"), 7, 310]
    assert found.sentence == (
        "Expenditure rose 102.6\u202f% (+157.00 USD) against May; A alone makes more than that (+200.00 USD)."
    )
    assert found.effects == {
        Effect.PRICE: 150, Effect.VOLUME: 50, Effect.NEW: 7, Effect.LOST: D("-50.000000000001"),
    }  # fmt: skip
    assert added(found.effects.values()) == found.split.change


@pytest.mark.parametrize(
    "lines, sentence",
    [
        ([("A", "1", "1")], "Expenditure did not change against May."),
        ([("A", "1", "2"), ("B", "2", "1")], "Expenditure did not change against May, although 2 of its groups did."),
        ([("A", "4", "1")], "Expenditure fell 75.0\u202f% (−3.00 USD) against May, all of it A."),
        ([("A", "0", "1")], "Expenditure rose by 1.00 USD against May, all of it A."),
        (
            [("A", "9", "5"), ("B", "9", "8"), ("C", "9", "9")],
            "Expenditure fell 18.5\u202f% (−5.00 USD) against May; A makes 80\u202f% of it (−4.00 USD).",
        ),
        (
            [(name, "9", "8") for name in "ABCDE"] + [("F", "1", "2")],
            "Expenditure fell 8.7\u202f% (−4.00 USD) against May; A makes 25\u202f% of it (−1.00 USD).",
        ),
        (
            [(name, "9", "8") for name in "ABCDEFG"] + [("H", "1", "2")],
            "Expenditure fell 9.4\u202f% (−6.00 USD) against May; no single service type stands out, most comes from 7"
            " with less (−7.00 USD).",
        ),
    ],
)
def test_a_sentence_says_what_happened_and_who_made_it(uow, facts, lines, sentence):
    facts.put([
        product(facts, month, name, amount)
        for name, *amounts in lines
        for month, amount in zip((MAY, JUNE), amounts, strict=True)
    ])  # fmt: skip
    assert explain(uow, Ask.of("expenditure", **IN_JUNE), "service_type").sentence == sentence


def test_numbers_are_explained_too_and_by_the_chosen_comparison(uow, moved):
    found = explain(uow, Ask.of("lines", against=("year",), **IN_JUNE), "product")
    assert found.sentence == "Lines rose by 4 against June 2025; A makes 50\u202f% of it (+2)."
    assert not found.effects
    other = explain(uow, Ask.of("lines", against=("year",), **IN_JUNE), "product", against=Compared.PREVIOUS)
    assert other.sentence.startswith("Lines rose 33.3\u202f% (+1) against May;")


def test_what_does_not_add_up_is_not_split(uow, moved):
    with pytest.raises(Refused, match="its groups do not add up"):
        explain(uow, Ask.of("spending_customers", **IN_JUNE), "product")
    with pytest.raises(Refused, match="Choose one currency"):
        explain(uow, Ask.of("expenditure", currency="each", **IN_JUNE), "product")
