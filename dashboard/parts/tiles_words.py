"""How values of an answer are written and drawn by their unit: amounts, counts, shares and durations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from dashboard.parts import formats
from dashboard.parts.formats import Scale
from models.engines.statistics import Unit
from models.statistics.findings import DAY, HOUR, value_text
from models.statistics.results import Measured, ResultRow, Value, as_number


@dataclass(frozen=True, slots=True)
class Written:
    """One measure of an answer: its unit in words, exact words of a value, and the number that a chart draws.

    Durations are drawn in days, or in hours where all are short; shares in percent.
    """

    measure: Measured
    unit: str
    divisor: Decimal = Decimal(1)

    @classmethod
    def of(cls, measure: Measured, currency: str, values: Iterable[Value] = ()) -> Written:
        """The measure with the unit that suits its values."""
        match measure.unit:
            case Unit.MONEY:
                return cls(measure, currency)
            case Unit.SHARE:
                return cls(measure, "%", Decimal("0.01"))
            case Unit.DURATION:
                longest = max((as_number(value) or Decimal(0) for value in values), default=Decimal(0))
                return cls(measure, "days", DAY) if longest >= 2 * DAY else cls(measure, "hours", HOUR)
        return cls(measure, "")

    def text(self, value: Value) -> str:
        """A value in full, without its currency, which stands in the header."""
        return value_text(value, self.measure.unit)

    def drawn(self, value: Value) -> Decimal | None:
        """The number that is drawn."""
        number = as_number(value)
        return None if number is None else number / self.divisor

    def scale(self, values: Iterable[Value]) -> Scale:
        """The scale of a chart of these values; amounts are written short, counts in whole numbers."""
        if self.measure.unit is Unit.MONEY:
            return formats.scale_for([as_number(value) for value in values])
        return Scale(Decimal(1), "", {Unit.COUNT: 0, Unit.QUANTITY: 0}.get(self.measure.unit, 1))

    def label(self) -> str:
        """`Expenditure, USD`, `Partners`, `Time to decision`: a unit that `text` does not say by itself."""
        return f"{self.measure.words}, {self.unit}" if self.measure.unit is Unit.MONEY else self.measure.words

    def change(self, row: ResultRow, place: int = 0) -> str:
        """How a value moved against the first comparison: `+23 (+1.8 %)`; empty without one."""
        change = row.change(place) if row.compared else None
        if change is None:
            return ""
        if not change:
            return "unchanged"
        if self.measure.unit is Unit.SHARE:
            points = (change * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
            return f"{points:+}".replace("-", formats.MINUS) + " points" if points else "0.0 points"
        percent = row.percent(place)
        relative = f" ({formats.signed_share(percent / 100)})" if percent is not None else ""
        return f"{self._signed(change)}{relative}"

    def _signed(self, change: Decimal) -> str:
        if self.measure.unit is Unit.MONEY:
            return formats.signed(change)
        if self.measure.unit is Unit.DURATION:
            sign = formats.MINUS if change < 0 else "+" if change else ""
            return f"{sign}{value_text(abs(change), Unit.DURATION)}"
        return formats.signed_count(int(change))
