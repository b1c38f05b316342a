"""What is asked of the expenditure statistics: period, comparison, currency and filters, to and from an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.core.types import USD
from models.engines.statistics import Against, Filter

CONVERTED = "converted"
"""The value of `currency` in an address that means: every currency, converted into the base currency."""

FILTERS = (
    "partner",
    "customer",
    "account_manager",
    "association_type",
    "billing_mode",
    "service_family",
    "service_type",
    "product",
    "region",
    "bill_type",
    "source",
)
"""The dimensions that a filter may name: the grouping basis and the advanced settings (FIN-SEXP-04, FIN-OP-17)."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """Amounts of every currency in one, at the newest rate of `source` (any, when empty) on or before `on`.

    Both periods use the same rate, so that a change is a change of spending, not of rates. Without `on` the rate is of
    the last day of the period (of today, when the period is still running).
    """

    base: str
    source: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ExpenditureFilter:
    """One question's frame. `first` and `last` are billing cycles (first of the month), both included.

    Without `conversion` amounts are in `currency`; an empty one means the base currency where it occurs, else the
    currency with most lines. `day` narrows to one business date (GMT+08:00), the comparison to the same day of its
    cycle. Values of `filters` are the keys that groups carry, `unmapped` and `none` (no account manager) among them.
    """

    first: date
    last: date
    against: Against = Against.PREVIOUS
    currency: str = ""
    conversion: Conversion | None = None
    filters: tuple[Filter, ...] = ()
    day: date | None = None

    @classmethod
    def of(
        cls,
        first: date,
        last: date | None = None,
        *,
        against: Against = Against.PREVIOUS,
        currency: str = "",
        conversion: Conversion | None = None,
        filters: Mapping[str, Iterable[str]] | None = None,
        day: date | None = None,
    ) -> ExpenditureFilter:
        """A filter from plain values; dimensions without values are left out."""
        chosen = {name: tuple(values) for name, values in (filters or {}).items()}
        kept = tuple(Filter(name, chosen[name]) for name in FILTERS if chosen.get(name))
        return cls(first, last or first, against, currency, conversion, kept, day)

    @property
    def months(self) -> int:
        """How many cycles the period has."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def narrowed(self, dimension: str, *values: str) -> ExpenditureFilter:
        """The same question for some values of a dimension only; this replaces an earlier filter on it."""
        others = tuple(each for each in self.filters if each.dimension != dimension)
        return replace(self, filters=(*others, Filter(dimension, values)) if values else others)

    def values(self, dimension: str) -> tuple[str, ...]:
        """What the filter names of a dimension; nothing when it does not narrow it."""
        return next((each.values for each in self.filters if each.dimension == dimension), ())

    def to_address(self) -> dict[str, str | list[str]]:
        """The question as address parameters; what is usual is left out, apart from the period."""
        address: dict[str, str | list[str]] = {"from": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}"}
        if self.against is not Against.PREVIOUS:
            address["against"] = self.against.value
        if self.conversion:
            address["currency"] = CONVERTED
            address["base"] = self.conversion.base
            if self.conversion.source:
                address["rates"] = self.conversion.source
            if self.conversion.on:
                address["rates_on"] = self.conversion.on.isoformat()
        elif self.currency:
            address["currency"] = self.currency
        if self.day:
            address["day"] = self.day.isoformat()
        return address | {each.dimension: list(each.values) for each in self.filters}

    @classmethod
    def from_address(
        cls, params: Mapping[str, str | Sequence[str]], *, latest: date, base: str = USD
    ) -> ExpenditureFilter:
        """The question that an address asks; what is not understood is left out. `latest` is the newest cycle."""
        one = {name: value if isinstance(value, str) else next(iter(value), "") for name, value in params.items()}
        last = month_of(one.get("to", "")) or month_of(one.get("from", "")) or latest
        first = month_of(one.get("from", "")) or last
        against = one.get("against", "")
        currency = one.get("currency", "")
        return cls.of(
            min(first, last),
            max(first, last),
            against=Against(against) if against in {each.value for each in Against} else Against.PREVIOUS,
            currency="" if currency == CONVERTED else currency[:3],
            conversion=_conversion(one, base) if currency == CONVERTED else None,
            filters={name: _several(params[name]) for name in FILTERS if params.get(name)},
            day=_day_of(one.get("day", "")),
        )


def month_of(text: str) -> date | None:
    """The billing cycle that `2026-06` names, or None."""
    try:
        year, month = text.split("-")
        return date(int(year), int(month), 1)
    except ValueError:
        return None


def _conversion(one: Mapping[str, str], base: str) -> Conversion:
    return Conversion(one.get("base") or base, one.get("rates", ""), _day_of(one.get("rates_on", "")))


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
