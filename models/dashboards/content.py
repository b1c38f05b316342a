"""What a dashboard is made of: tiles on twelve columns, each a question and the way its answer is drawn."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.statistics.asks import Relative
from models.statistics.tiles import ChartKind, Tile

COLUMNS = 12
MOST_TILES = 24
LONGEST_TITLE = 80
LONGEST_DESCRIPTION = 500
SIZES: dict[ChartKind, tuple[int, int]] = {ChartKind.FIGURE: (3, 1), ChartKind.WORDS: (6, 1), ChartKind.TABLE: (12, 2)}
USUAL = (6, 2)
"""Columns and rows with which a new tile of a kind begins; USUAL for those that are not named."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Placed(_Part):
    """A tile at its place: column and row of its left upper corner, how many columns and rows it takes."""

    tile: Tile
    x: Annotated[int, Field(ge=0, lt=COLUMNS)] = 0
    y: Annotated[int, Field(ge=0, le=400)] = 0
    w: Annotated[int, Field(ge=2, le=COLUMNS)] = USUAL[0]
    h: Annotated[int, Field(ge=1, le=4)] = USUAL[1]

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.x + self.w > COLUMNS:
            raise ValueError("a tile reaches beyond the right edge")
        return self

    @property
    def key(self) -> str:
        """The name of the tile, once on a dashboard."""
        return self.tile.key


class Content(_Part):
    """A whole dashboard. It opens with `period`, compared with the one before (or not): each reader may choose others.

    `filters` are the dimensions that readers are offered; a tile whose figures know one is narrowed by it.
    """

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION)] = ""
    period: Relative = Relative.LAST_MONTH
    compare: bool = True
    filters: Annotated[tuple[str, ...], Field(max_length=6)] = ()
    tiles: Annotated[tuple[Placed, ...], Field(max_length=MOST_TILES)] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        keys = [placed.key for placed in self.tiles]
        if len(set(keys)) < len(keys):
            raise ValueError("two tiles have the same name")
        return self

    def placed(self, key: str) -> Placed | None:
        """The tile of this name."""
        return next((each for each in self.tiles if each.key == key), None)

    def with_tile(self, key: str, tile: Tile) -> Content:
        """The same with another tile in the place of one."""
        changed = (each.model_copy(update={"tile": tile}) if each.key == key else each for each in self.tiles)
        return self.model_copy(update={"tiles": tuple(changed)})


def bands(content: Content) -> tuple[tuple[Placed, ...], ...]:
    """Tiles from top to bottom; those whose rows touch share a band, each from left to right."""
    found: list[list[Placed]] = []
    end = 0
    for placed in sorted(content.tiles, key=lambda each: (each.y, each.x)):
        if not found or placed.y >= end:
            found.append([])
        found[-1].append(placed)
        end = max(end, placed.y + placed.h)
    return tuple(tuple(sorted(band, key=lambda each: (each.x, each.y))) for band in found)


def stacks(band: tuple[Placed, ...]) -> tuple[tuple[Placed, ...], ...]:
    """A band as columns: tiles above each other share one, also where one is wider than the other."""
    found: list[list[Placed]] = []
    right = 0
    for placed in band:
        if not found or placed.x >= right:
            found.append([])
        found[-1].append(placed)
        right = max(right, placed.x + placed.w)
    return tuple(tuple(sorted(stack, key=lambda each: (each.y, each.x))) for stack in found)
