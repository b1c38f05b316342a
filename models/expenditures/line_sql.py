"""The SQL that turns the texts of a FOCUS record into a typed line, or says why it cannot be one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Numeric, Text

from models.core.clock import BUSINESS_ZONE
from models.expenditures.mapping import case_sql, focus_mapping, quoted
from models.expenditures.reading import FocusFile
from models.expenditures.rules import LARGEST_AMOUNT

BUSINESS_SHIFT = f"INTERVAL '{int((BUSINESS_ZONE.utcoffset(None)).total_seconds())} seconds'"
_NUMBER = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*"
_PARTS = r"^\s*([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?"

# Nearly every number of a real file matches the first pattern of `exact_…` and is judged by it alone. The others are
# written out without exponent first (`plain_number`), since the cast overflows on a long mantissa with an exponent.
MACROS = f"""
CREATE MACRO number_parts(t) AS regexp_extract(t, '{_PARTS}', ['sign', 'whole', 'fraction', 'power']);
CREATE MACRO digits_with_point(digits, places) AS CASE
  WHEN places <= 0 THEN digits || repeat('0', -places)
  WHEN length(digits) > places THEN left(digits, length(digits) - places) || '.' || right(digits, places)
  ELSE '0.' || repeat('0', places - length(digits)) || digits END;
CREATE MACRO plain_of(p) AS p.sign || CASE WHEN ltrim(p.whole || p.fraction, '0') = '' THEN '0' ELSE digits_with_point(
  ltrim(p.whole || p.fraction, '0'), length(p.fraction) - coalesce(TRY_CAST(p.power AS INTEGER), 0)) END;
CREATE MACRO plain_number(t) AS plain_of(number_parts(t));
CREATE MACRO decimals_in(plain) AS CASE WHEN contains(plain, '.')
  THEN length(rtrim(split_part(plain, '.', 2), '0')) ELSE 0 END;
CREATE MACRO number_reason(t, places) AS CASE
  WHEN NOT regexp_full_match(t, '{_NUMBER}') THEN 'is not a number'
  WHEN coalesce(abs(TRY_CAST(plain_number(t) AS DECIMAL(38, 18))) >= {LARGEST_AMOUNT:f}, true) THEN 'is too large'
  WHEN decimals_in(plain_number(t)) > places THEN 'has more than ' || places || ' decimals' END;
CREATE MACRO exact_12(t) AS CASE
  WHEN regexp_full_match(t, '-?[0-9]{{1,18}}(\\.[0-9]{{0,12}}0*)?') THEN TRY_CAST(t AS DECIMAL(38, 12))
  WHEN number_reason(t, 12) IS NULL THEN TRY_CAST(plain_number(t) AS DECIMAL(38, 12)) END;
CREATE MACRO exact_18(t) AS CASE
  WHEN regexp_full_match(t, '-?[0-9]{{1,18}}(\\.[0-9]{{0,18}}0*)?') THEN TRY_CAST(t AS DECIMAL(38, 18))
  WHEN number_reason(t, 18) IS NULL THEN TRY_CAST(plain_number(t) AS DECIMAL(38, 18)) END;
CREATE MACRO instant(t) AS CASE
  WHEN TRY_CAST(t AS TIMESTAMPTZ) BETWEEN TIMESTAMPTZ '1990-01-01 00:00:00+00' AND TIMESTAMPTZ '2200-01-01 00:00:00+00'
  THEN make_timestamp(epoch_us(TRY_CAST(t AS TIMESTAMPTZ))) END;
"""


def duck_type(column: Column[Any]) -> str:
    """DuckDB's name of a fact column's type."""
    if isinstance(column.type, Text):
        return "VARCHAR"
    if isinstance(column.type, BigInteger):
        return "BIGINT"
    if isinstance(column.type, DateTime):
        return "TIMESTAMPTZ"
    if isinstance(column.type, Numeric):
        return f"DECIMAL({column.type.precision}, {column.type.scale})"
    return "DATE"


def lines(file: FocusFile, *, source: str, file_id: int, shifts: Sequence[int]) -> str:
    """A SELECT over every record of the file: all columns of `expenditure_line`, and whether the line is `good`."""
    mapping = focus_mapping()
    raw = {name: f'"focus_{name}"' for name in file.texts}
    kinds = {"bill_type": mapping.bill_type, "billing_mode": mapping.billing_mode}
    return f"""
WITH {_texts(file, shifts)},
numbers AS NOT MATERIALIZED (
  SELECT *, {_listed(f"exact_{number.places}({name}_text) AS {name}" for name, number in mapping.numbers.items())},
         instant("focus_BillingPeriodStart") AS period_start,
         instant("focus_ChargePeriodStart") AS starts, instant("focus_ChargePeriodEnd") AS ends
  FROM texts),
typed AS NOT MATERIALIZED (
  SELECT *, CAST(date_trunc('month', period_start + {BUSINESS_SHIFT}) AS DATE) AS cycle,
         CAST(starts + {BUSINESS_SHIFT} AS DATE) AS day,
         {_listed(f"{case_sql(rules, raw, 'expenditure')} AS {name}" for name, rules in kinds.items())},
         {" AND ".join(f"coalesce({condition}, false)" for _, condition, _ in _checks())} AS good
  FROM numbers)
SELECT typed.*, {quoted(source)} AS source, {file_id} AS file_id,
       association.partner_id, sub_account_owner.customer_id, association.association_type,
       make_timestamptz(epoch_us(starts)) AS charge_start, make_timestamptz(epoch_us(ends)) AS charge_end,
       least(greatest(day, cycle), last_day(cycle)) AS spent_on
FROM typed
LEFT JOIN sub_account_owner ON sub_account_owner.sub_account_id = typed.sub_account_id
LEFT JOIN association ON association.customer_id = sub_account_owner.customer_id
      AND typed.day >= association.associated_on AND typed.day < association.ended_on"""


def problems(file: FocusFile, *, shifts: Sequence[int]) -> str:
    """A SELECT of line, column, reason and value: every problem of every line that is not good, in their order."""
    found = _listed(
        f"CASE WHEN NOT coalesce({condition}, false) THEN {{'column': {_named(file, columns)},"
        f" 'reason': {reason}, 'value': {_first(file, columns)}}} END"
        for columns, condition, reason in _checks()
    )
    judged = lines(file, source="", file_id=0, shifts=shifts)
    return f"""
SELECT line, problem.column, problem.reason, coalesce(problem.value, '')
FROM (SELECT line, unnest(list_distinct([{found}])) AS problem FROM ({judged}) WHERE NOT good)
WHERE problem IS NOT NULL ORDER BY line, 2"""


def _texts(file: FocusFile, shifts: Sequence[int]) -> str:
    """The records with their line number, our text columns, and the texts that numbers and rules are read from."""
    mapping = focus_mapping()
    plain = [f"{_first(file, column.sources, column.missing)} AS {ours}" for ours, column in mapping.columns.items()]
    numbers = [f"{_first(file, number.sources)} AS {ours}_text" for ours, number in mapping.numbers.items()]
    return f"""texts AS NOT MATERIALIZED (
  SELECT *, {_line(shifts)} AS line, {_listed(plain)}, {_listed(numbers)}, "focus_BillingCurrency" AS currency
  FROM ({file.records_sql()}))"""


def _checks() -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What makes a line good: the FOCUS columns looked at, the condition, and the reason when it fails."""
    mapping = focus_mapping()
    for name, number in mapping.numbers.items():
        text = f"{name}_text"
        kept = f"{name} IS NOT NULL"
        condition = kept if number.required else f"({text} IS NULL OR {kept})"
        reason = f"CASE WHEN {text} IS NULL THEN 'is missing' ELSE number_reason({text}, {number.places}) END"
        yield number.sources, condition, reason
    for column, ours in (
        ("BillingPeriodStart", "period_start"), ("ChargePeriodStart", "starts"), ("ChargePeriodEnd", "ends"),
    ):  # fmt: skip
        reason = f"CASE WHEN \"focus_{column}\" IS NULL THEN 'is missing' ELSE 'is not a date and time' END"
        yield (column,), f"{ours} IS NOT NULL", reason
    yield ("ChargePeriodEnd",), "(ends >= starts OR ends IS NULL OR starts IS NULL)", "'is before ChargePeriodStart'"
    yield (
        ("BillingCurrency",),
        "regexp_full_match(currency, '[A-Z]{3}')",
        "'is no currency of three capital letters'",
    )
    categories = _listed(quoted(category.lower()) for category in mapping.charge_categories)
    known = f"'is none of {', '.join(mapping.charge_categories)}'"
    yield ("ChargeCategory",), f'lower("focus_ChargeCategory") IN ({categories})', known
    yield mapping.columns["sub_account_id"].sources, "sub_account_id IS NOT NULL", "'is missing'"


def _line(shifts: Sequence[int]) -> str:
    """The number of the record in the file, its header being 1; records that were left out are counted."""
    if not shifts:
        return "record + 1"
    return f"record + 1 + len(list_filter({list(shifts)}, lambda shift: shift <= record + 1))"


def _first(file: FocusFile, columns: Sequence[str], missing: str | None = None) -> str:
    """The first of the columns that has a value in a record, among those that the file has."""
    texts = [f'"focus_{column}"' for column in columns if column in file.texts]
    if missing is not None:
        texts.append(quoted(missing))
    return f"coalesce({', '.join(texts)})" if len(texts) > 1 else (texts or ["CAST(NULL AS VARCHAR)"])[0]


def _named(file: FocusFile, columns: Sequence[str]) -> str:
    """The name of the column that `_first` took its value from; the first of them when none has one."""
    whens = [f'WHEN "focus_{column}" IS NOT NULL THEN {quoted(column)}' for column in columns if column in file.texts]
    return f"CASE {' '.join(whens)} ELSE {quoted(columns[0])} END" if whens else quoted(columns[0])


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
