"""Conditions chosen field by field: what is chosen is written as CEL, and CEL of that shape is read back."""

from __future__ import annotations

from typing import Any

import pytest

from models.design.conditions import Fact, beginning, comparable, facts_of, in_words, read, some_condition, written
from models.engines.conditions import compiled
from models.engines.definitions.loading import Content
from tests.support.acting import codes

FACTS = {
    fact.name: fact
    for fact in (
        Fact("amount", "Amount", "usd"), Fact("guests", "Guests", "count"), Fact("starts", "Starts on", "date"),
        Fact("kind", "Kind", "text", ("Seminar", "Fair")), Fact("urgent", "Urgent", "yes_no"),
        Fact("costs", "Costs", "rows"),
    )
}  # fmt: skip
TYPES = {fact.name: fact.kind for fact in FACTS.values()}

ROUND: list[tuple[str, str]] = [
    ("amount > usd(50000)", "Amount is more than 50,000.00"),
    ("amount <= usd('8640.50')", "Amount is at most 8,640.50"),
    ("guests >= 12", "Guests is at least 12"),
    ("starts < day('2026-05-21')", "Starts on is before 2026-05-21"),
    ("kind != 'Fair'", "Kind is not Fair"),
    ("urgent", "Urgent is yes"),
    ("!urgent", "Urgent is no"),
    ("amount > usd(1) && kind == 'Fair'", "Amount is more than 1.00 and Kind is Fair"),
    ("urgent || guests > 100", "Urgent is yes or Guests is more than 100"),
]


@pytest.mark.parametrize(("condition", "words"), ROUND)
def test_what_is_chosen_is_written_and_read_back(condition: str, words: str) -> None:
    """And it is a condition of the engine."""
    chosen = read(condition, FACTS)
    assert chosen is not None
    assert written(chosen, FACTS) == condition
    assert in_words(condition, FACTS) == words
    assert compiled(condition, TYPES)


@pytest.mark.parametrize(
    "condition",
    ["size(kind) > 3", "amount > usd(1) && (urgent || guests > 2)", "unknown > 5", "amount > guests", "kind > 'a'", ""],
)
def test_what_says_more_stays_as_it_was_written(condition: str) -> None:
    assert read(condition, FACTS) is None
    assert in_words(condition, FACTS) == condition


def test_yes_and_no_read_alike() -> None:
    """However somebody wrote it."""
    said = {in_words(each, FACTS) for each in ("urgent == true", "urgent != false", "urgent")}
    assert said == {"Urgent is yes"}
    assert in_words("urgent == false", FACTS) == "Urgent is no"
    assert in_words("true", FACTS) == "always"


@pytest.mark.parametrize(
    ("name", "typed"), [("amount", "much"), ("amount", "1.123456789"), ("guests", "1.5"), ("starts", "tomorrow")]
)
def test_a_value_of_another_kind_is_refused_with_an_example(name: str, typed: str) -> None:
    chosen = read("amount > usd(1)", FACTS)
    assert chosen is not None
    begun = beginning(FACTS[name])
    part = type(begun)(begun.fact, begun.sign, typed)
    assert codes(lambda: written(type(chosen)((part,)), FACTS)) == ["DESIGN-VALUE"]


@pytest.mark.parametrize("name", comparable(FACTS))
def test_what_a_new_comparison_begins_with_is_sound(name: str) -> None:
    fact = FACTS[name]
    assert compiled(some_condition({name: fact}), TYPES)


def test_separators_and_quotes_are_taken() -> None:
    """50,000 is an amount; an apostrophe stays one."""
    chosen = read("amount > usd(1) && kind == 'Fair'", FACTS)
    assert chosen is not None
    amount, kind = chosen.parts
    made = type(chosen)((type(amount)("amount", ">", "50,000"), type(kind)("kind", "==", "Ann's")))
    assert written(made, FACTS) == "amount > usd(50000) && kind == 'Ann\\'s'"
    assert compiled(written(made, FACTS), TYPES).evaluate({"amount": "50001", "kind": "Ann's"})


def test_fields_are_called_as_the_form_calls_them() -> None:
    """With the choices of the form, those of a parameter included; without a form by their name."""
    field: dict[str, Any] = {"name": "kind", "label": "Kind of event", "type": "choice", "options": "$kinds"}
    content: Content = {
        "type": {
            "facts": {"kind": "text", "cost_all": "usd"}, "amount": ["cost_all"], "parameters": {"kinds": ["Fair"]},
            "forms": {"f": {"steps": [{"fields": [field]}]}},
        },
        "processes": {"pay": {"facts": {"paid_on": "date"}}},
    }  # fmt: skip
    assert list(facts_of(content).values()) == [
        Fact("cost_all", "Cost all", "usd"), Fact("kind", "Kind of event", "text", ("Fair",)),
        Fact("paid_on", "Paid on", "date"),
    ]  # fmt: skip
    assert some_condition({}) == "true"
