"""Draws a dashboard as its readers see it: chips above, tiles at their places; a click filters or leads on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st

from dashboard.parts import formats, statistics_page, tiles
from dashboard.parts.empty import state
from dashboard.parts.figures import MOST, Figure, figures
from dashboard.parts.lines_link import lines_link
from dashboard.parts.statistics_controls import chips
from dashboard.parts.statistics_view import View, view_from_address
from dashboard.parts.tiles_words import Written
from models.core.actor import Actor
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork
from models.dashboards.content import COLUMNS, Content, Placed, bands, stacks
from models.engines.statistics import Facts, Unit
from models.statistics import asking, catalogue
from models.statistics.asks import Ask
from models.statistics.findings import finding
from models.statistics.pages import Shown, StatisticsPage, Tab, sees_partners
from models.statistics.results import Result
from models.statistics.tiles import ChartKind, Tile

ROW = 118
"""Pixels of one row of the grid, less than half of them for the title."""
TITLE = 56
NAMED = frozenset({ChartKind.BARS, ChartKind.SHARES, ChartKind.TABLE})


@dataclass(frozen=True, slots=True)
class Drawn:
    """A dashboard with all its answers, in one state of the address; `hidden` tiles ask what is not for the reader."""

    content: Content
    view: View
    whole: Result
    today: date
    answers: Mapping[str, tiles.Answer]
    hidden: int

    @property
    def as_of(self) -> datetime | None:
        """The oldest state that any of its figures is of."""
        return min((each.as_of for each in self.answers.values() if isinstance(each, Result) and each.as_of),
                   default=None)  # fmt: skip


def answered(uow: UnitOfWork, content: Content) -> Drawn | None:
    """Ask everything that stands on it and is for the actor; None when that is nothing.

    Raises:
        LakeAway: the lake cannot be read.
    """
    open_ = [placed for placed in content.tiles if _open(placed.tile, uow.actor)]
    if not open_:
        return None
    page = _as_page(content, [placed.tile for placed in open_], uow.actor)
    view = view_from_address(uow, page)
    if view is None:
        return None
    strip = Tile(key="strip", ask=Ask.of(page.tabs[0].figures[0].measure))
    whole = asking.answer(uow, strip.within(view.asked, today=uow.today))
    answers = tiles.ask_tiles(uow, [placed.tile for placed in open_], view.asked)
    shown = content.model_copy(update={"tiles": tuple(open_)})
    return Drawn(shown, view, whole, uow.today, answers, len(content.tiles) - len(open_))


def draw(drawn: Drawn | None, *, controls: bool = True) -> None:
    """Draw it; without `controls` the chips are left out (on the home page)."""
    if drawn is None:
        state("empty", "Nothing on this dashboard is for you", "Its figures need permissions that your roles lack.")
        return
    if controls:
        chips(drawn.view, drawn.whole, drawn.today)
    for problem in drawn.view.problems:
        st.caption(f":material/info: {formats.plain(problem)}")
    for band in bands(drawn.content):
        _band(drawn, band)
    if drawn.hidden:
        st.caption(f"{formats.plural(drawn.hidden, 'tile')} more, whose figures are not for your roles.")


def _open(tile: Tile, actor: Actor) -> bool:
    """Whether the actor may ask it; what only tells partners apart is for whoever sees several."""
    try:
        allowed = tile.open_to(actor)
    except DomainError:  # a measure that a newer version of Kontor no longer has
        return True
    return allowed and (sees_partners(actor) or "partner" not in tile.ask.by)


def _as_page(content: Content, drawn: Sequence[Tile], actor: Actor) -> StatisticsPage:
    """The dashboard as pages of statistics describe themselves, so that chips and address work alike."""
    by_facts: dict[Facts, str] = {}
    for name in (name for tile in drawn for name in tile.ask.measures if name in catalogue.measures()):
        by_facts.setdefault(catalogue.facts_of(name), name)
    names = list(by_facts.values())[:4]
    known = {name for facts in by_facts for name in facts.dimensions}
    return StatisticsPage(
        key="dashboard", title=content.title, address="dashboard",
        filters=tuple(name for name in content.filters if name in known),
        tabs=(Tab(key="all", title=content.title, answer="", figures=tuple(Shown(measure=each) for each in names)),),
        period=content.period, compare=content.compare,
    )  # fmt: skip


def _band(drawn: Drawn, band: Sequence[Placed]) -> None:
    """One band of tiles beside each other, with the gaps that the grid leaves."""
    if all(placed.tile.chart is ChartKind.FIGURE for placed in band) and 1 < len(band) <= MOST:
        figures([_figure(drawn.answers[placed.key]) for placed in band])
        return
    widths: list[int] = []
    columns = stacks(tuple(band))
    at = 0
    for stack in columns:
        left, right = min(each.x for each in stack), max(each.x + each.w for each in stack)
        if left > at:
            widths.append(left - at)
        widths.append(right - max(left, at))
        at = right
    gaps = _gaps(columns)
    if at < COLUMNS:
        widths.append(COLUMNS - at)
    places = iter(st.columns(widths, gap="medium"))
    for gap, stack in zip(gaps, columns, strict=True):
        if gap:
            next(places)
        with next(places):
            for placed in stack:
                _tile(drawn, placed)


def _gaps(columns: Sequence[Sequence[Placed]]) -> list[bool]:
    found, at = [], 0
    for stack in columns:
        found.append(min(each.x for each in stack) > at)
        at = max(each.x + each.w for each in stack)
    return found


def _tile(drawn: Drawn, placed: Placed) -> None:
    found = drawn.answers[placed.key]
    if placed.tile.chart is ChartKind.FIGURE:
        figures([_figure(found)])
        return
    # Bars and rows take the room that their names need, however low the tile: crowded ones cannot be read.
    height = 0 if placed.tile.chart in NAMED else max(placed.h * ROW - TITLE, 110)
    clicked = tiles.draw(placed.tile, found, page=drawn.view.asked, height=height)
    if clicked and isinstance(found, Result):
        statistics_page.follow(drawn.view, placed.tile, clicked, found)


def _figure(found: tiles.Answer) -> Figure:
    """A value with its change; where there is none, why."""
    if isinstance(found, DomainError):
        return Figure("No answer", "--", "", " ".join(problem.text for problem in found.problems))
    measure, total = found.measures[0], found.total
    written = Written.of(measure, total.currency, [total.now[0]])
    label = f"{measure.words}, {total.currency}" if measure.unit is Unit.MONEY else measure.words
    help_ = f"{measure.definition} {finding(found)}."
    return Figure(label, written.text(total.now[0]), written.change(total, 0), help_, link=lines_link(found))
