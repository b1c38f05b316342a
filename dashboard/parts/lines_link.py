"""The way from a figure to the lines that make it: the same question, in the address of their page."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.parts import address
from models.statistics import catalogue
from models.statistics.lines import alone
from models.statistics.results import Result

PAGE = "figure-lines"


def lines_link(found: Result, place: int = 0, *, of: str = "", only: Mapping[str, str] | None = None) -> str:
    """The address of the lines of a measure of an answer, or of one group of it; `of` is the page that it stands on.

    Amounts are in the currency that is shown, whichever the page chose.
    """
    name = found.measures[place].name
    ask = alone(found.ask).model_copy(update={"measures": (name,)})
    for dimension, key in (only or {}).items():
        ask = ask.narrowed(dimension, key)
    if found.currency and not found.conversion and catalogue.measure(name).per_currency:
        ask = ask.model_copy(update={"currency": found.currency})
    return address.link(PAGE, {**ask.to_address(), "of": of})
