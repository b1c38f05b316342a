"""Conditions are typed, exact and never guess."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import Refused
from models.engines.conditions import FactType, FactTypes, compiled, fits, formula, worked_out
from models.engines.conditions.facts import leave, units

TYPES: FactTypes = {
    "claimed": "usd", "partner.tier": "text", "starts_on": "date", "ends_on": "date", "late": "yes_no",
    "people": "count", "expenses": "rows",
}  # fmt: skip
FACTS: dict[str, Any] = {
    "claimed": "8640.50", "partner.tier": "advanced", "starts_on": "2026-05-21", "ends_on": "2026-05-22", "late": False,
    "people": 120,
    "expenses": [{"item": "Venue", "mdf_used": True, "amount": "100.00"},
                 {"item": "Catering", "mdf_used": False, "amount": "22.00"},
                 {"item": "", "mdf_used": False, "amount": None}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("claimed > usd(8640)", True),
        ("claimed > usd('8640.50')", False),
        ("claimed >= usd('8640.50') && !late", True),
        ("claimed == usd('8640.50000001')", False),
        ("partner.tier in ['differentiation', 'advanced']", True),
        ("starts_on < day('2026-05-22')", True),
        ("days_between(starts_on, ends_on) == 1", True),
        ("people >= 120", True),
        ("sum_usd(expenses, 'amount') == usd(122)", True),
        ("sum_usd(expenses, 'amount', 'mdf_used') == usd(100)", True),
        ("size(expenses) == 3", True),
    ],
)
def test_a_condition_answers_exactly(expression: str, answer: bool):
    assert compiled(expression, TYPES).evaluate(FACTS) is answer


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("claimd > usd(1)", "There is no fact 'claimd', at character 1 of: claimd > usd(1)"),
        ("partner.teir == 'x'", "There is no fact 'partner.teir', at character 8"),
        ("claimed > 'x'", "A number or amount and a text do not go together in >, at character 9"),
        ("claimed > 1.5", "A number or amount and a number with a point (write usd('1.50')) do not go"),
        ("!people", "! takes no number or amount"),
        ("claimed >", "It ends too early, at character 10"),
        ("claimed = usd(1)", "Write == for is, at character 9"),
        ("claimed > $", "$ cannot stand there"),
        ("claimed.much > 5", "Expression of type 'int' cannot be the operand"),
        (" ", "There is no condition yet: choose or write one."),
        ("claimed + usd(1)", "write something that is true or false"),
        ("__import__('os')", "at character 11"),
    ],
)
def test_a_mistake_is_refused_with_its_place_when_it_is_written(expression: str, words: str):
    with pytest.raises(Refused) as raised:
        compiled(expression, TYPES)
    (problem,) = raised.value.problems
    assert (problem.code, problem.field) == ("CONDITION", expression)
    assert words in problem.text


def test_a_fact_may_be_called_like_a_word_of_the_language_unless_a_condition_needs_it():
    types: FactTypes = TYPES | {"type": "text"}  # type: ignore[operator]
    assert compiled("people > 100", types).evaluate({"people": 120, "type": "Seminar"})
    with pytest.raises(Refused, match="type is a word of the language: give the field another name"):
        compiled("type == 'Seminar'", types)


def test_a_missing_fact_never_counts_as_true():
    condition = compiled("late && claimed > usd(1)", TYPES)
    facts = {"claimed": "5"}
    assert condition.evaluate(facts, missing=False) is False
    assert condition.evaluate(facts, missing=True) is True
    with pytest.raises(Refused, match=r"Not known yet: late\. .*CONDITION-FACT"):
        condition.evaluate(facts)
    assert condition.evaluate(facts | {"late": None}, missing=False) is False
    assert compiled("late || claimed > usd(1)", TYPES).evaluate(facts)  # it does not decide


def test_a_value_that_is_not_what_it_should_be_is_refused_even_where_nothing_typed_is_allowed():
    with pytest.raises(Refused, match="CONDITION-FACT"):
        compiled("claimed > usd('many')", TYPES).evaluate(FACTS, missing=False)


@pytest.mark.parametrize(
    ("name", "kind", "wanted", "wrong", "right"),
    [
        ("late", "yes_no", "true or false", ["no", "yes", "", 0, 1, [], {}], [True, False]),
        ("people", "count", "a whole number", [True, "120", 120.0, 2**63, []], [0, -1, 2**63 - 1]),
        ("claimed", "usd", "an amount as text, such as '8640.50'",
         [8640.5, 8640, True, "many", "", "NaN", "Infinity", "0.123456789", "92233720369", []],
         ["8640.50", "-0.00000001"]),
        ("starts_on", "date", "a day as text, such as '2026-05-21'",
         ["21.05.2026", "20260521", "2026-02-30", "2026-05-21T00:00:00", "0001-01-01", "", 20260521, []],
         ["2026-05-21", "9999-12-31"]),
        ("partner.tier", "text", "text", [1, True, 1.5, [], {}], ["", "advanced"]),
        ("expenses", "rows", "a list of rows", ["all", {}, ["Venue"], [None], 1, True], [[], [{}]]),
    ],
)  # fmt: skip
def test_a_value_that_is_not_of_its_declared_type_is_refused_in_words(
    name: str, kind: FactType, wanted: str, wrong: list[Any], right: list[Any]
):
    condition = compiled({"late": "late", "expenses": "size(expenses) >= 0"}.get(name, f"{name} == {name}"), TYPES)
    for value in wrong:
        assert not fits(kind, value)
        with pytest.raises(Refused) as raised:
            condition.evaluate({name: value}, missing=False)
        (problem,) = raised.value.problems
        assert (problem.code, problem.field) == ("CONDITION-FACT", name)
        assert problem.text == f"{name} has to be {wanted}, not {value!r}."
    for value in right:
        assert fits(kind, value)
        assert condition.evaluate({name: value}) is (value is not False)


def test_every_wrong_fact_is_named_and_a_long_value_is_cut_short():
    with pytest.raises(Refused) as raised:
        compiled("late && people > 1", TYPES).evaluate({"late": "n" * 500, "people": "1"})
    texts = [problem.text for problem in raised.value.problems]
    assert texts == [f"late has to be true or false, not '{'n' * 59}….", "people has to be a whole number, not '1'."]


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ({"amount": "100", "mdf_used": True}, True), ({"amount": "", "mdf_used": True}, True),
        ({"mdf_used": True}, True), ({"amount": "100"}, True), ({"amount": "many", "mdf_used": False}, True),
        ({"amount": "100", "mdf_used": "no"}, False),
        ({"amount": 100.0, "mdf_used": True}, False), ({"amount": "many", "mdf_used": True}, False),
    ],
)  # fmt: skip
def test_a_sum_over_rows_takes_no_text_for_yes_and_no_float_for_an_amount(row: dict[str, Any], known: bool):
    added_up = formula("sum_usd(expenses, 'amount', 'mdf_used')", TYPES)
    if known:
        assert added_up.evaluate({"expenses": [row]}) == Decimal(
            100 if row == {"amount": "100", "mdf_used": True} else 0
        )
    else:
        with pytest.raises(Refused, match="CONDITION-FACT"):
            added_up.evaluate({"expenses": [row]})


def test_a_sum_that_is_too_large_is_refused_and_never_wrong():
    rows = [{"amount": "92000000000"}, {"amount": "92000000000"}]
    with pytest.raises(Refused, match="CONDITION-FACT"):
        formula("sum_usd(expenses, 'amount')", TYPES).evaluate({"expenses": rows})


def test_it_is_compiled_once_and_shared_between_threads():
    first = compiled("people > 100", TYPES)
    assert compiled("people > 100", {"people": "count", "other": "text"}) is first
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: first.evaluate({"people": number}), range(400)))
    assert answers == [number > 100 for number in range(400)]


amounts = st.decimals(min_value="-90000000000", max_value="90000000000", places=8)


@given(amounts, amounts)
def test_amounts_compare_as_decimals_do(one: Decimal, other: Decimal):
    types: FactTypes = {"a": "usd", "b": "usd"}
    facts = {"a": str(one), "b": str(other)}
    assert compiled("a > b", types).evaluate(facts) is (one > other)
    assert compiled("a == b", types).evaluate(facts) is (one == other)


@given(st.lists(st.tuples(amounts.filter(lambda a: abs(a) < 10**9), st.booleans()), max_size=8))
def test_rows_are_added_up_without_loss(lines: list[tuple[Decimal, bool]]):
    rows = [{"amount": str(amount), "mdf_used": used} for amount, used in lines]
    total = sum((amount for amount, used in lines if used), Decimal(0))
    types: FactTypes = {"rows": "rows", "total": "usd"}
    facts = {"rows": rows, "total": str(total)}
    assert compiled("sum_usd(rows, 'amount', 'mdf_used') == total", types).evaluate(facts)


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        ("amount / 3", "usd", "3.33333333"),
        ("amount * 2", "usd", "20.00"),
        ("pieces + 1", "count", 5),
        ("'Hello ' + name", "text", "Hello Liis"),
        ("pieces > 3", "yes_no", True),
        ("day('2026-05-21')", "date", "2026-05-21"),
    ],
)
def test_a_value_of_any_type_is_worked_out(expression: str, kind: FactType, value: object):
    types: FactTypes = {"amount": "usd", "pieces": "count", "name": "text"}
    facts = {"amount": "10.00", "pieces": 4, "name": "Liis"}
    assert worked_out(expression, types, kind).evaluate(facts) == value


def test_what_works_out_no_value_of_its_type_is_refused():
    types: FactTypes = {"amount": "usd", "pieces": "count"}
    with pytest.raises(Refused, match="It works out no yes or no"):
        worked_out("amount", types, "yes_no")
    with pytest.raises(Refused, match="Not known yet: pieces"):
        worked_out("pieces + 1", types, "count").evaluate({})
    with pytest.raises(Refused, match="It works out no rows"):
        worked_out("[]", types, "rows").evaluate({})


def test_a_formula_that_is_nested_too_deeply_is_refused_in_words():
    with pytest.raises(Refused, match="It cannot be read"):
        compiled("(" * 400 + "a" + ")" * 400, {"a": "yes_no"})


def test_only_text_and_whole_numbers_are_amounts():
    for wrong in (True, 1.5, None):
        with pytest.raises(ValueError, match="is no amount"):
            units(wrong)


def test_what_no_fact_can_hold_leaves_no_formula():
    with pytest.raises(ValueError, match="is no rows"):
        leave("rows", [])
