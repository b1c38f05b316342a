"""One tile: its question, its finding as title, its picture, and the way to what is behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.navigation import entries_for
from dashboard.parts import address, formats
from dashboard.parts.head import section
from dashboard.parts.lines_link import lines_link
from dashboard.parts.tiles_chart import Clicked, chart
from dashboard.parts.tiles_words import Written
from models.core.actor import Actor
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import LakeAway
from models.statistics import catalogue
from models.statistics.asking import answer
from models.statistics.asks import Ask
from models.statistics.findings import finding
from models.statistics.results import Result
from models.statistics.tiles import ChartKind, Tile

Answer = Result | DomainError
"""What a tile's question came to: an answer, or why there is none."""


def ask_tiles(uow: UnitOfWork, tiles: Sequence[Tile], page: Ask) -> Mapping[str, Answer]:
    """The answers of tiles within what a page filters, by their keys; one that cannot be answered says why.

    Raises:
        LakeAway: the lake cannot be read: no figure of the page could.
    """
    found: dict[str, Answer] = {}
    for tile in tiles:
        try:
            found[tile.key] = answer(uow, tile.within(page, today=uow.today))
        except LakeAway:
            raise
        except DomainError as error:
            found[tile.key] = error
    return found


def draw(tile: Tile, found: Answer, *, page: Ask, height: int = 0, of: str = "") -> Clicked | None:
    """Draw a tile; returns what of its picture was clicked on. `of` is the address of the page it stands on."""
    if isinstance(found, DomainError):
        section(tile.title or tile.question or "No answer")
        st.caption(formats.plain(" ".join(problem.text for problem in found.problems)))
        return None
    if tile.chart is ChartKind.WORDS:
        _card(tile, found)
        return None
    title = tile.title or finding(found)
    section(title, note=_note(tile, found, page), links=_lines(found, of))
    if found.empty:
        st.caption("Nothing counts here with these filters. Choose another period, or take a filter off.")
        return None
    return chart(found, tile.chart, key=f"tile:{tile.key}:{_mark(found.ask)}", alt=_alt(title, found), height=height)


def _lines(found: Result, of: str) -> list[tuple[str, str]]:
    """The way to the lines of each measure; nothing where nothing counts."""
    if found.empty:
        return []
    several = len(found.measures) > 1
    return [(f"Lines: {each.words}" if several else "Lines", lines_link(found, place, of=of))
            for place, each in enumerate(found.measures)]  # fmt: skip


def cards(tiles: Sequence[Tile], answers: Mapping[str, Answer], link: Callable[[str], str] = str) -> None:
    """Tiles of words beside each other: each a question, its answer, and the way to the page behind it.

    `link` makes the address of what a tile leads to, with the state of the page.
    """
    body = "".join(_card_html(tile, answers[tile.key], link) for tile in tiles)
    st.html(f'<div class="k cards">{body}</div>')


def _card(tile: Tile, found: Result) -> None:
    st.html(f'<div class="k cards one">{_card_html(tile, found, str)}</div>')


def _card_html(tile: Tile, found: Answer, link: Callable[[str], str]) -> str:
    if isinstance(found, DomainError):
        words, to = " ".join(problem.text for problem in found.problems), ""
    else:
        words, to = f"{tile.title or finding(found)}.", "" if found.empty else lines_link(found)
    question = formats.text(tile.question)
    spoken = f'aria-label="{question} See more"'
    to = link(tile.drill) if tile.drill else to
    way = f'<a href="{formats.text(to)}" target="_self" {spoken}>See more</a>' if to else ""
    return f'<div class="card"><h2>{question}</h2><p>{formats.text(words)}</p>{way}</div>'


def _note(tile: Tile, found: Result, page: Ask) -> str:
    """The question, unit, period and what it does not heed, below the title."""
    written = Written.of(found.measures[0], found.currency, [row.now[0] for row in found.rows])
    scale = written.scale([row.now[0] for row in found.rows])
    in_full = tile.chart in (ChartKind.TABLE, ChartKind.SHARES)
    unit = written.unit if in_full else scale.of(written.unit)
    words = [each.words for each in found.measures] if len(found.measures) < 4 else [found.measures[0].words]
    what = formats.listing(words, most=4)
    step = f" a {found.ask.granularity.value}" if found.ask.granularity else ""
    parts = [f"{what}{step}{f', {unit}' if unit else ''}"]
    if not found.ask.granularity:
        parts.append(found.words)
    stands = catalogue.facts_of(found.measures[0].name).ended is not None
    if found.comparisons and not found.ask.granularity and tile.chart is ChartKind.BARS and not stands:
        parts.append(f"tick = {found.comparisons[0].words}")
    if (through := found.through) and found.ask.granularity:
        parts.append(f"the last until {formats.day(through)}")
    if skipped := tile.unheeded(page):
        named = [catalogue.dimensions()[name].words.lower() for name in skipped]
        parts.append(f"not filtered by {formats.listing(named)}")
    lead = f"{tile.question} " if tile.question else ""
    return lead + "; ".join(parts) + "."


def _alt(title: str, found: Result) -> str:
    written = Written.of(found.measures[0], found.currency, [row.now[0] for row in found.rows])
    rows = [f"{' '.join(row.labels) or row.start}: {written.text(row.now[0])}" for row in found.rows[:12]]
    return f"{title}. {'; '.join(rows)} {written.unit}."


def _mark(ask: Ask) -> str:
    """Another key for another question: what was clicked on in the picture of one is nothing in that of the next."""
    return hashlib.sha256(ask.model_dump_json().encode()).hexdigest()[:10]


RECORDS = ("partner", "customer")
"""Dimensions whose groups have a page of the same address."""


def drill_address(actor: Actor, clicked: Clicked, found: Result, *, of: str = "") -> str:
    """Where a click on a group leads when the page cannot filter by it: to its page, or to its lines."""
    key, name = clicked.key, clicked.dimension
    if name in RECORDS and len(key) == 36 and any(entry.address == name for entry in entries_for(actor)):
        return address.link(name, {"id": key})
    return lines_link(found, of=of, only={name: key})
