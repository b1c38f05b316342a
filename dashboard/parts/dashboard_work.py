"""What somebody does to a dashboard while building it: noted by widgets, saved at the top of the next run.

Each change is saved at once. What a colleague saved meanwhile is not overwritten: the page says so and offers theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import streamlit as st

from dashboard.designer.grid import Arrangement, arranged
from dashboard.parts import address
from dashboard.parts.outcome import show_problems
from models.core.errors import ChangedMeanwhile, DomainError
from models.core.unit_of_work import unit_of_work
from models.dashboards import queries, service
from models.dashboards.content import SIZES, USUAL, Content, Placed
from models.dashboards.queries import OpenDashboard
from models.statistics.asks import Ask
from models.statistics.tiles import ChartKind, Tile

GRID = "dashboard_grid"
DEEP = 50
"""Steps that can be undone."""
Change = Callable[[Content], Content]


@dataclass
class _Bench:
    """One person's work on one dashboard: what was seen last, the steps back, and what waits to be done."""

    version: int = 0
    before: list[Content] = field(default_factory=list)
    after: list[Content] = field(default_factory=list)
    noted: list[Change] = field(default_factory=list)
    step: str = ""
    drawn: int = 0
    """Counts how often values came from elsewhere than the widgets, which then begin anew."""


def bench(dashboard_id: UUID) -> _Bench:
    """The work on a dashboard in this session."""
    name = f"bench:{dashboard_id}"
    if not isinstance(st.session_state.get(name), _Bench):
        st.session_state[name] = _Bench()
    found: _Bench = st.session_state[name]
    return found


def note(dashboard_id: UUID, change: Change) -> None:
    """Remember a change; for callbacks of widgets."""
    bench(dashboard_id).noted.append(change)


def ask_step(dashboard_id: UUID, step: str) -> None:
    """Ask for `undo`, `redo` or `theirs`; for callbacks of buttons."""
    bench(dashboard_id).step = step


def carry_out(dashboard_id: UUID, default: Ask) -> OpenDashboard:
    """Save what was noted and arranged, and open the dashboard as it is then. New tiles begin with `default`.

    Raises:
        NotFound: there is none that the actor may change.
    """
    work = bench(dashboard_id)
    with unit_of_work(read_only=True) as uow:
        opened = queries.edit(uow, dashboard_id)
    if not work.version or work.step == "theirs":
        work.version, work.before, work.after = opened.version, [], []
        work.drawn += 1
    work.noted, noted = [], work.noted
    work.step, step = "", work.step
    wanted, back = opened.content, step in ("undo", "redo")
    if arrangement := arranged(GRID):
        address.put(tile=arrangement.selected or "")
        noted.append(lambda content: placed_anew(content, arrangement, default))
    try:
        wanted = _stepped(work, opened.content, step) if back else _changed(wanted, noted)
        if wanted != opened.content:
            opened = _saved(work, opened, wanted, remember=not back)
    except ChangedMeanwhile as error:
        show_problems(error)
        st.button("Show what is there now", key="dashboard:theirs", on_click=ask_step, args=(dashboard_id, "theirs"))
    except DomainError as error:
        show_problems(error)
        work.drawn += 1
    return opened


def placed_anew(content: Content, arrangement: Arrangement, default: Ask) -> Content:
    """The dashboard with its tiles as they were arranged: moved, sized, added, taken away.

    Raises:
        Refused: the arrangement is none.
    """
    tiles = []
    for put in arrangement.tiles:
        there = content.placed(put.id)
        tile = there.tile if there else _new(put.id, put.kind, default)
        if tile is not None:
            tiles.append({"tile": tile.model_dump(mode="json"), "x": put.x, "y": put.y, "w": put.w, "h": put.h})
    return service.parsed({**content.model_dump(mode="json"), "tiles": tiles})


def _new(key: str, kind: str, default: Ask) -> Tile | None:
    if kind not in list(ChartKind):
        return None
    chart = ChartKind(kind)
    ask = default
    if chart in (ChartKind.LINE, ChartKind.COLUMNS):
        ask = default.changed(by=(), granularity="month")
    elif chart in (ChartKind.FIGURE, ChartKind.WORDS):
        ask = default.changed(by=())
    return Tile(key=key, ask=ask, chart=chart, months=12 if ask.granularity else None)


def size_of(kind: ChartKind) -> tuple[int, int]:
    """Columns and rows with which a new tile of a kind begins."""
    return SIZES.get(kind, USUAL)


def _changed(content: Content, noted: list[Change]) -> Content:
    for change in noted:
        content = service.parsed(change(content).model_dump(mode="json"))
    return content


def _stepped(work: _Bench, content: Content, step: str) -> Content:
    of, to = (work.before, work.after) if step == "undo" else (work.after, work.before)
    if not of:
        return content
    to.append(content)
    work.drawn += 1
    return of.pop()


def _saved(work: _Bench, opened: OpenDashboard, wanted: Content, *, remember: bool) -> OpenDashboard:
    with unit_of_work() as uow:
        version = service.save(uow, opened.row.id, wanted, expected=work.version)
    work.version = version
    if remember:
        work.before = [*work.before[-DEEP:], opened.content]
        work.after = []
    with unit_of_work(read_only=True) as uow:
        return queries.edit(uow, opened.row.id)


def with_tile(key: str, make: Callable[[Placed], Tile]) -> Change:
    """A change of one tile; nothing where it is gone."""

    def change(content: Content) -> Content:
        there = content.placed(key)
        return content if there is None else content.with_tile(key, make(there))

    return change
