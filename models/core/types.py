"""Column types that behave alike on SQLite and PostgreSQL: keys, instants, exact amounts."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Dialect, String, TypeDecorator, Uuid
from sqlalchemy.orm import mapped_column

AMOUNT_PLACES = 8
"""Decimals an amount keeps in the record store; a page shows 2."""
LAKE_PLACES = 12
"""Decimals an amount keeps in the lake; real FOCUS files use up to 11."""
USD = "USD"
"""The currency that forms ask amounts in (the field type `usd`), and approval limits are set and compared in."""

_UNIT = Decimal(1).scaleb(-AMOUNT_PLACES)
_LARGEST = Decimal(2**63 - 1).scaleb(-AMOUNT_PLACES)


def new_id() -> UUID:
    """A new key, ordered by time (UUID version 7), so that indexes grow at one end.

    Behind its milliseconds stand twelve bits of what is left of the time: rows that one program adds in a row keep
    their order.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds << 80) | (0x7 << 76) | ((rest << 12) // 1_000_000 << 64)
    return UUID(int=value | (0x2 << 62) | secrets.randbits(62))


class InstantType(TypeDecorator[datetime]):
    """An aware time, stored and read in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} names no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """At once from what the driver gives, not through `impl`: a page of a list reads a hundred of them."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


class AmountType(TypeDecorator[Decimal]):
    """An exact amount: a 64-bit count of 10^-8 units, so that both databases add it without loss."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("an amount is a Decimal, never a float")
        value = Decimal(value)
        if abs(value) > _LARGEST:
            raise ValueError(f"{value} is more than the {_LARGEST:,.0f} units an amount can hold")
        scaled = value.quantize(_UNIT, ROUND_HALF_UP)
        if scaled != value:
            raise ValueError(f"{value} has more than {AMOUNT_PLACES} decimals; round it where the rule says so")
        return int(scaled.scaleb(AMOUNT_PLACES))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        # PostgreSQL answers SUM over bigint with numeric, SQLite with int; both are whole numbers of units.
        return None if value is None else Decimal(int(value)).scaleb(-AMOUNT_PLACES)


class ExactType(TypeDecorator[Decimal]):
    """A decimal with any number of places, kept as text: for rates and quantities that are read, never added in SQL."""

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if isinstance(value, float):
            raise TypeError("an exact value is a Decimal, never a float")
        return None if value is None else format(Decimal(value), "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


Id = Annotated[UUID, mapped_column(Uuid(), primary_key=True, default=new_id)]
Instant = Annotated[datetime, mapped_column(InstantType())]
Amount = Annotated[Decimal, mapped_column(AmountType())]
Quantity = Annotated[Decimal, mapped_column(ExactType())]
Currency = Annotated[str, mapped_column(String(3))]
