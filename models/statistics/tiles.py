"""A tile: one question in names, how its answer is drawn and where a click leads; stored, sent and drawn as data."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.core.actor import Actor
from models.engines.statistics import shift_month
from models.statistics import catalogue
from models.statistics.asks import Ask, Months, Name
from models.statistics.periods import span


class ChartKind(StrEnum):
    """How an answer is drawn. `figure` is the value alone, `words` a sentence that leads on."""

    FIGURE = "figure"
    WORDS = "words"
    LINE = "line"
    COLUMNS = "columns"
    BARS = "bars"
    SHARES = "shares"
    MAP = "map"
    TABLE = "table"

    @property
    def words(self) -> str:
        """As people choose it."""
        return {"bars": "Ranked bars", "shares": "Bars with shares", "map": "Map of countries"}.get(
            self.value, self.value.capitalize()
        )


class Size(StrEnum):
    """How much of a row a tile takes."""

    THIRD = "third"
    HALF = "half"
    FULL = "full"

    @property
    def sixths(self) -> int:
        """Its width in sixths of a row."""
        return {Size.THIRD: 2, Size.HALF: 3, Size.FULL: 6}[self]


class Tile(BaseModel):
    """One question on a page or dashboard.

    Without a `title` the answer says its finding itself; `question` stands above it. `months` lets a trend reach so
    many months back from the end of the period it is shown for. `drill` is the address of the page behind a sentence;
    pictures lead to their lines.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Name
    ask: Ask
    chart: ChartKind = ChartKind.BARS
    size: Size = Size.HALF
    title: str = ""
    question: str = ""
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    drill: str = ""

    def within(self, page: Ask, *, today: date) -> Ask:
        """Its question with the filters, period, comparisons and currency of the page or dashboard it stands on.

        What it filters or compares by itself stays so; filters by what its facts do not know are left out, and
        `unheeded` names them. Where the page is filtered to one group of what it is shown by, it is shown by the next
        finer dimension: one bar says nothing.
        """
        known = catalogue.shared_dimensions(self.ask.measures)
        own = {each.dimension for each in self.ask.where}
        others = tuple(each for each in page.where if each.dimension in known and each.dimension not in own)
        return self.ask.model_copy(
            update={
                "by": tuple(dict.fromkeys(self._finer(name, page) for name in self.ask.by)),
                "where": (*self.ask.where, *others),
                "period": self._period(page, today),
                "against": self.ask.against or page.against,
                "currency": self.ask.currency or page.currency,
                "convert": self.ask.convert or page.convert,
            }
        )

    def unheeded(self, page: Ask) -> tuple[str, ...]:
        """The dimensions that the page filters by and this question knows nothing of."""
        known = catalogue.shared_dimensions(self.ask.measures)
        return tuple(each.dimension for each in page.where if each.dimension not in known)

    def open_to(self, actor: Actor) -> bool:
        """Whether the person may ask it."""
        return all(catalogue.facts_of(name).open_to(actor) for name in self.ask.measures)

    def _finer(self, dimension: str, page: Ask) -> str:
        """The dimension itself, or the one that the only filtered group of it drills down to."""
        facts, known = catalogue.facts_of(self.ask.measures[0]), catalogue.shared_dimensions(self.ask.measures)
        while len(page.values(dimension)) == 1 and (finer := catalogue.finer(dimension, facts)) in known:
            dimension = finer
        return dimension

    def _period(self, page: Ask, today: date) -> object:
        if not self.months:
            return page.period
        last = min(span(page.period, today).last, today).replace(day=1)
        return Months(first=shift_month(last, 1 - self.months), last=last)
