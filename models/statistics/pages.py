"""Pages of statistics as data: tabs of figures and tiles, each a question; checked against the catalogue when loaded.

The files stand in `definitions/*.page.yaml`. What a page lets people filter by, they can also click on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.core.actor import Actor
from models.statistics import catalogue
from models.statistics.asks import Name, Relative
from models.statistics.tiles import Tile

DEFINITIONS = Path(__file__).parent / "definitions"
NEWEST = "newest"
"""The period that means: the newest month with expenditure lines, this one where there are none."""
PARTNER_DIMENSIONS = ("partner_kind", "tier", "partner_status", "program", "path", "sales_region", "country")
"""They tell partners apart: whoever sees only one is not asked for them."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shown(_Part):
    """One of the figures below the answer: a measure. It leads to the lines that make it.

    `rising` says whether more is better, worse or neither.
    """

    measure: Name
    rising: Annotated[str, Field(pattern="^(good|bad|neutral)$")] = "good"


class Tab(_Part):
    """One view of a page: a sentence, at most four figures, tiles. `lists` names a list that stands below.

    In `answer`, `{measure}` is its value and `{measure.change}` how it moved (`rose 4.1 % against May`).
    """

    key: Name
    title: str
    answer: str
    figures: Annotated[tuple[Shown, ...], Field(min_length=1, max_length=4)]
    tiles: tuple[Tile, ...] = ()
    lists: str = ""
    permission: str = ""
    only: tuple[str, ...] = ()
    """Kinds of partners that it is for; empty: everybody. The vendor sees every tab."""
    hides: Mapping[str, tuple[str, ...]] = {}
    """By kind of partner, the keys of tiles that it does not have."""

    def figures_for(self, actor: Actor) -> tuple[Shown, ...]:
        """The figures that the person may ask for."""
        return tuple(each for each in self.figures if catalogue.facts_of(each.measure).open_to(actor))

    def tiles_for(self, actor: Actor, kind: str | None) -> tuple[Tile, ...]:
        """The tiles that the person may ask; by what tells partners apart only for whoever sees several."""
        hidden = self.hides.get(kind or "", ())
        single = set() if sees_partners(actor) else {*PARTNER_DIMENSIONS, "partner"}
        single |= set() if actor.scope.customers is None else {"account_manager"}
        return tuple(
            tile
            for tile in self.tiles
            if tile.key not in hidden and tile.open_to(actor) and not single & {*tile.ask.by}
        )


class StatisticsPage(_Part):
    """A page: its address in the menu, what it can be filtered by, the period it opens with, and its tabs."""

    key: Name
    title: str
    address: str
    filters: tuple[Name, ...]
    tabs: Annotated[tuple[Tab, ...], Field(min_length=1)]
    period: Relative | Annotated[str, Field(pattern=f"^{NEWEST}$")] = NEWEST
    compare: bool = True
    about: str = ""
    not_for: tuple[str, ...] = ()
    """Kinds of partners that have no such page."""
    selectors: tuple[Name, ...] = ()
    """Filters that have a chip of their own, beside the filter menu."""
    own_customers: bool = False
    """Whether it counts only the customers that count in the actor's customer statistics (FIN-SCUS-01, DST-STA-01)."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        """Every measure and dimension exists, and every key is given once."""
        for tab in self.tabs:
            for shown in tab.figures:
                catalogue.measure(shown.measure)
            for tile in tab.tiles:
                _check(tile)
            keys = [tile.key for tile in tab.tiles]
            if len(set(keys)) < len(keys):
                raise ValueError(f"{self.key}/{tab.key}: two tiles have the same key")
        unknown = [name for name in self.filters if name not in catalogue.dimensions()]
        if unknown:
            raise ValueError(f"{self.key}: there is no dimension {', '.join(unknown)}")
        return self

    def tabs_for(self, actor: Actor, kind: str | None) -> tuple[Tab, ...]:
        """The tabs that the person may open; `kind` is that of its partner, None for the vendor's people."""
        if kind in self.not_for:
            return ()
        return tuple(
            tab
            for tab in self.tabs
            if tab.figures_for(actor)
            and (not tab.permission or actor.may(tab.permission))
            and (not tab.only or kind is None or kind in tab.only)
        )

    def filters_for(self, actor: Actor) -> tuple[str, ...]:
        """What the person can filter by: partners only where more than one is seen."""
        if sees_partners(actor):
            return self.filters
        return tuple(name for name in self.filters if name not in (*PARTNER_DIMENSIONS, "partner"))


def sees_partners(actor: Actor) -> bool:
    """Whether the person sees more than one partner: the vendor's people, and distributors with their resellers."""
    partners = actor.scope.partners
    return partners is None or len(partners) > 1


@cache
def page(key: str) -> StatisticsPage:
    """A page by its key, checked.

    Raises:
        ValueError: something in its file does not exist or is given twice.
    """
    read: Any = yaml.safe_load((DEFINITIONS / f"{key}.page.yaml").read_text(encoding="utf-8"))
    return StatisticsPage.model_validate(read)


def all_keys() -> tuple[str, ...]:
    """The keys of every page there is."""
    return tuple(sorted(path.name.removesuffix(".page.yaml") for path in DEFINITIONS.glob("*.page.yaml")))


def _check(tile: Tile) -> None:
    shared = catalogue.shared_dimensions(tile.ask.measures)
    wrong = [name for name in (*tile.ask.by, *(each.dimension for each in tile.ask.where)) if name not in shared]
    if wrong:
        raise ValueError(f"{tile.key}: its measures cannot be shown by {', '.join(wrong)}")
