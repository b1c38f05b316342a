"""What one customer spent on, and what of it was refunded, over twelve months (CUS-STA-01, CUS-STA-02)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from dashboard.parts import address, formats, records, tiles
from dashboard.parts.go import go
from dashboard.parts.head import section
from dashboard.parts.tiles import Answer
from models.core.unit_of_work import UnitOfWork
from models.statistics.asks import Ask, Relative
from models.statistics.periods import span
from models.statistics.results import Result
from models.statistics.tiles import ChartKind, Size, Tile

MONTHS = 12
TILES = (
    Tile(key="products", question="What does it buy?", chart=ChartKind.SHARES, size=Size.FULL,
         ask=Ask.of("expenditure", by=("product",), top=8)),
    Tile(key="kinds", title="Expenditure summary", chart=ChartKind.TABLE, size=Size.FULL,
         ask=Ask.of("expenditure", by=("bill_type",))),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bought:
    """The answers for one customer, and the question that they stand in."""

    page: Ask
    answers: Mapping[str, Answer]
    lines: str


def bought(uow: UnitOfWork, customer_id: UUID) -> Bought | None:
    """What a customer bought; None for whoever sees no statistics."""
    if not uow.actor.may("statistics.view"):
        return None
    page = Ask.of("expenditure", where={"customer": [str(customer_id)]}, period=Relative.LAST_12_MONTHS)
    meant = span(page.period, uow.today)
    params = {"customer": str(customer_id), "from": f"{meant.first:%Y-%m}", "to": f"{meant.last:%Y-%m}"}
    return Bought(page, tiles.ask_tiles(uow, TILES, page), address.link("lines", params))


def show_products(found: Bought) -> None:
    """The ranking of products; a chosen one opens its lines."""
    products = TILES[0]
    if clicked := tiles.draw(products, found.answers[products.key], page=found.page):
        path, _, query = found.lines.partition("?")
        go(path, dict(pair.split("=", 1) for pair in query.split("&")) | {"product": clicked.key})


def show_summary(found: Bought) -> None:
    """Amount, refunds and what else there was, and the sum; each currency that is shown is named."""
    answer = found.answers["kinds"]
    if not isinstance(answer, Result) or answer.empty:
        return
    unit = answer.currency
    section("Expenditure summary", note=f"{answer.words}, {unit}")
    way = f'<a href="{formats.text(found.lines)}" target="_self">{formats.amount(answer.total.value())}</a>'
    records.facts([*((row.labels[0], formats.amount(row.value())) for row in answer.rows), ("All", way)])
