"""How a FOCUS line becomes one of ours: a table of rules as data, read as SQL or line by line in Python."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from models.expenditures.rules import BillingMode, BillType

FocusRow = Mapping[str, str | None]
Condition = list[str] | Literal["present", "missing", "negative"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class TextColumn(_Strict):
    """Our column takes the first of these FOCUS columns that has a value."""

    sources: tuple[str, ...] = Field(alias="from", min_length=1)
    missing: str | None = None


class NumberColumn(_Strict):
    """The same for an exact number with so many decimals."""

    sources: tuple[str, ...] = Field(alias="from", min_length=1)
    places: int
    required: bool = False


class Rule(_Strict):
    """Gives a value when all its conditions hold."""

    give: str
    when: dict[str, Condition] = {}

    def holds(self, row: FocusRow, billed_cost: Decimal) -> bool:
        """Whether it holds for a line whose columns are texts, None where the file has no value."""
        return all(_holds(row.get(column), billed_cost, condition) for column, condition in self.when.items())

    def sql(self, texts: Mapping[str, str], billed_cost: str) -> str:
        """The same as an SQL condition. `texts` gives the expression of each column that the file has."""
        parts = [_condition_sql(texts.get(column), billed_cost, condition) for column, condition in self.when.items()]
        return " AND ".join(parts) or "true"


class BillTypeRule(Rule):
    """A rule for the bill type."""

    give: BillType


class BillingModeRule(Rule):
    """A rule for the billing mode."""

    give: BillingMode


class FocusMapping(_Strict):
    """The whole table; the last rule of each list has no condition, so every line gets a value."""

    version: int
    required: tuple[str, ...]
    columns: dict[str, TextColumn]
    numbers: dict[str, NumberColumn]
    charge_categories: tuple[str, ...]
    bill_type: tuple[BillTypeRule, ...]
    billing_mode: tuple[BillingModeRule, ...]

    @property
    def used(self) -> set[str]:
        """Every FOCUS column that the table looks at."""
        columns = {name for column in self.columns.values() for name in column.sources}
        numbers = {name for number in self.numbers.values() for name in number.sources}
        rules = {name for rule in (*self.bill_type, *self.billing_mode) for name in rule.when}
        return {*self.required, *columns, *numbers, *rules}


@cache
def focus_mapping() -> FocusMapping:
    """The mapping in force."""
    text = (Path(__file__).parent / "definitions" / "focus_mapping.yaml").read_text(encoding="utf-8")
    return FocusMapping.model_validate(yaml.safe_load(text))


def bill_type(row: FocusRow, billed_cost: Decimal) -> BillType:
    """What kind of bill the line stands on."""
    return next(rule.give for rule in focus_mapping().bill_type if rule.holds(row, billed_cost))


def billing_mode(row: FocusRow, billed_cost: Decimal) -> BillingMode:
    """How the line's price came about."""
    return next(rule.give for rule in focus_mapping().billing_mode if rule.holds(row, billed_cost))


def case_sql(rules: tuple[Rule, ...], texts: Mapping[str, str], billed_cost: str) -> str:
    """The rules as one SQL CASE; a rule about a column that the file lacks falls away."""
    whens: list[str] = []
    for rule in rules:
        condition = rule.sql(texts, billed_cost)
        if condition == "true":
            return f"CASE {' '.join(whens)} ELSE {quoted(rule.give)} END" if whens else quoted(rule.give)
        if "false" not in condition.split(" AND "):
            whens.append(f"WHEN {condition} THEN {quoted(rule.give)}")
    raise ValueError("the last rule has conditions, so a line could be left without a value")


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def _holds(value: str | None, billed_cost: Decimal, condition: Condition) -> bool:
    if condition == "negative":
        return billed_cost < 0
    if condition == "present":
        return value is not None
    if condition == "missing":
        return value is None
    return value is not None and value.lower() in {text.lower() for text in condition}


def _condition_sql(text: str | None, billed_cost: str, condition: Condition) -> str:
    if condition == "negative":
        return f"{billed_cost} < 0"
    if condition == "missing":
        return "true" if text is None else f"{text} IS NULL"
    if text is None:
        return "false"
    if condition == "present":
        return f"{text} IS NOT NULL"
    return f"lower({text}) IN ({', '.join(quoted(word.lower()) for word in condition)})"
