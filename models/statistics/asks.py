"""A question in names, as data and as an address: pages, the API, dashboards, mails and saved questions ask it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, field_validator, model_validator

from models.core.errors import Problem, Refused
from models.engines.statistics import Granularity, Sort

EACH = "each"
"""The currency that means: every currency on rows of its own."""
CONVERTED = "converted"
"""The currency of an address that means: everything converted into one."""
MOST_MEASURES = 12
MOST_DIMENSIONS = 4
LONGEST = 120
"""Months. More is no question a person asks; it would be a damaged address."""

Name = Annotated[str, Field(min_length=1, max_length=80)]


class Compared(StrEnum):
    """What a period is compared with. One that is still running is compared with the same elapsed days."""

    PREVIOUS = "previous"
    YEAR = "year"
    TO_DATE = "to_date"
    PLAN = "plan"


class Relative(StrEnum):
    """Periods that move with the calendar (GMT+08:00). The last so many months are full ones, before the running."""

    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    LAST_3_MONTHS = "last_3_months"
    LAST_6_MONTHS = "last_6_months"
    LAST_12_MONTHS = "last_12_months"
    LAST_24_MONTHS = "last_24_months"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    LAST_90_DAYS = "last_90_days"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Months(_Part):
    """Billing months from the first to the last, both included, each named by its first day."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        if self.first.day != 1 or self.last.day != 1:
            raise ValueError("name a month by its first day")
        if months < 1:
            raise ValueError("the period ends before it begins")
        if months > LONGEST:
            raise ValueError("ask for a period of at most ten years")
        return self


class Days(_Part):
    """Business dates (GMT+08:00) from the first to the last, both included."""

    from_day: date
    to_day: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_day < self.from_day:
            raise ValueError("the period ends before it begins")
        if (self.to_day - self.from_day).days > LONGEST * 31:
            raise ValueError("ask for a period of at most ten years")
        return self


class Where(_Part):
    """Only what has one of these values (keys) of a dimension."""

    dimension: Name
    values: Annotated[tuple[str, ...], Field(min_length=1, max_length=5000)]


class Conversion(_Part):
    """Amounts of every currency in one, at the newest rate of `source` (any, when empty) on or before `on`.

    Both periods use the same rates, so that a change is no change of rates. Without `on` the rates are of the last
    day of the period, or of today while it is running.
    """

    base: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    source: str = ""
    on: date | None = None


def _kind(period: Any) -> str:
    """Which kind of period a value is, so that its problems are told of that kind alone."""
    names = set(period) if isinstance(period, Mapping) else set()
    if isinstance(period, Days) or names & {"from_day", "to_day"}:
        return "days"
    return "months" if isinstance(period, Months | Mapping) else "relative"


PeriodAsked = Annotated[
    Annotated[Relative, Tag("relative")] | Annotated[Months, Tag("months")] | Annotated[Days, Tag("days")],
    Discriminator(_kind),
]


class Ask(_Part):
    """Measures by dimensions over a period, within filters, compared with others.

    `currency` is a code; `each` puts every currency on rows of its own; empty means the base currency where it
    occurs, else the one with most facts. With `convert` everything is converted. `top` keeps so many groups of the
    first dimension, the largest first by the first measure, and sums up the rest as Other.
    """

    measures: Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST_MEASURES)]
    by: Annotated[tuple[Name, ...], Field(max_length=MOST_DIMENSIONS)] = ()
    where: Annotated[tuple[Where, ...], Field(max_length=40)] = ()
    period: PeriodAsked = Relative.LAST_MONTH
    against: tuple[Compared, ...] = ()
    granularity: Granularity | None = None
    sort: Sort = Sort.AMOUNT
    top: Annotated[int, Field(ge=1, le=1000)] | None = None
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3}|each)?$")] = ""
    convert: Conversion | None = None

    @field_validator("measures", "by", "against")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) < len(names):
            raise ValueError("name each only once")
        return names

    @field_validator("where")
    @classmethod
    def _one_each(cls, where: tuple[Where, ...]) -> tuple[Where, ...]:
        names = [each.dimension for each in where]
        if len(set(names)) < len(names):
            raise ValueError("filter each dimension only once, by all its values")
        return where

    @classmethod
    def of(cls, *measures: str, where: Mapping[str, Iterable[str]] | None = None, **more: Any) -> Ask:
        """A question from plain values; filters without values are left out.

        Raises:
            Refused: something in it is no question; every problem at once.
        """
        chosen = ({"dimension": name, "values": tuple(values)} for name, values in (where or {}).items())
        kept = tuple(each for each in chosen if each["values"])
        return parsed({"measures": measures, "where": kept, **more})

    def values(self, dimension: str) -> tuple[str, ...]:
        """What it keeps of a dimension; nothing when it does not narrow it."""
        return next((each.values for each in self.where if each.dimension == dimension), ())

    def narrowed(self, dimension: str, *values: str) -> Ask:
        """The same question for some values of a dimension only; without values, for all of them."""
        others = tuple(each for each in self.where if each.dimension != dimension)
        own = (Where(dimension=dimension, values=values),) if values else ()
        return self.model_copy(update={"where": (*others, *own)})

    def changed(self, **more: Any) -> Ask:
        """The same question with something else in it, checked again.

        Raises:
            Refused: it is no question any more.
        """
        return parsed({**self.model_dump(), **more})

    def to_address(self) -> dict[str, str | list[str]]:
        """The question as address parameters; what is usual is left out."""
        address: dict[str, str | list[str]] = {"measure": list(self.measures)}
        if self.by:
            address["by"] = list(self.by)
        address |= _period_to_address(self.period)
        if self.against:
            address["against"] = [each.value for each in self.against]
        if self.granularity:
            address["step"] = self.granularity.value
        if self.sort is not Sort.AMOUNT:
            address["sort"] = self.sort.value
        if self.top:
            address["top"] = str(self.top)
        if self.convert:
            address |= {"currency": CONVERTED, "base": self.convert.base}
            if self.convert.source:
                address["rates"] = self.convert.source
            if self.convert.on:
                address["rates_on"] = self.convert.on.isoformat()
        elif self.currency:
            address["currency"] = self.currency
        return address | {each.dimension: list(each.values) for each in self.where}

    @classmethod
    def from_address(cls, params: Mapping[str, str | Sequence[str]], *, dimensions: Iterable[str]) -> Ask:
        """The question that an address asks; parameters that are neither ours nor a dimension are left out.

        Raises:
            Refused: the address is damaged; says what to mend.
        """
        several = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in params.items()}
        one = {name: values[0] for name, values in several.items() if values}
        found: dict[str, Any] = {
            "measures": several.get("measure", ()),
            "by": several.get("by", ()),
            "against": several.get("against", ()),
            "where": tuple({"dimension": name, "values": several[name]} for name in dimensions if several.get(name)),
        }
        named = {"granularity": "step", "sort": "sort", "top": "top"}
        found |= {name: one[short] for name, short in named.items() if short in one}
        if one.get("currency") == CONVERTED:
            rates = {"base": one.get("base", ""), "source": one.get("rates", ""), "on": one.get("rates_on") or None}
            found["convert"] = rates
        elif "currency" in one:
            found["currency"] = one["currency"]
        return parsed(found | _period_from_address(one))


def parsed(values: Mapping[str, Any]) -> Ask:
    """A checked question of plain values (JSON).

    Raises:
        Refused: something in it is no question; every problem at once.
    """
    try:
        return Ask.model_validate(dict(values))
    except ValidationError as error:
        raise Refused([_problem(each) for each in error.errors()]) from error


def _problem(error: Any) -> Problem:
    place = ".".join(str(part) for part in error["loc"] if part not in ("relative", "months", "days"))
    words = str(error["msg"]).removeprefix("Value error, ")
    return Problem("STATISTICS-QUESTION", f"This is no question yet: {words} ({place or 'question'}).", place or None)


def _period_to_address(period: Relative | Months | Days) -> dict[str, str | list[str]]:
    if isinstance(period, Months):
        return {"from": f"{period.first:%Y-%m}", "to": f"{period.last:%Y-%m}"}
    if isinstance(period, Days):
        return {"from": period.from_day.isoformat(), "to": period.to_day.isoformat()}
    return {"period": period.value}


def _period_from_address(one: Mapping[str, str]) -> dict[str, Any]:
    begin, end = one.get("from", ""), one.get("to", one.get("from", ""))
    if not begin:
        return {"period": one["period"]} if "period" in one else {}
    if len(begin) == len("2026-06"):
        return {"period": {"first": f"{begin}-01", "last": f"{end}-01"}}
    return {"period": {"from_day": begin, "to_day": end}}
