"""Dashboards: tiles of figures arranged by hand, kept for oneself or shared with roles, without code."""

from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.designer.grid import Kind, TileBox, grid
from dashboard.parts import address, dashboard_tile, formats
from dashboard.parts.dashboard_share import history, share
from dashboard.parts.dashboard_view import answered, draw
from dashboard.parts.dashboard_work import GRID, ask_step, bench, carry_out, note, size_of
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.go import go_to
from dashboard.parts.head import Badge, Crumb, answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.period_chip import PRESETS
from dashboard.parts.rows import Row, rows
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.dashboards import queries, service
from models.dashboards.content import LONGEST_TITLE, Content, Placed
from models.dashboards.queries import SHARE, VIEW, DashboardRow, OpenDashboard
from models.statistics import catalogue
from models.statistics.asks import Ask
from models.statistics.tiles import ChartKind

ADDRESS = "dashboard-builder"


def default_ask() -> Ask:
    """What a new tile asks: the first figure that the person is offered, by its first field."""
    offer = catalogue.offered(current_actor())[0]
    by = tuple(dimension.name for dimension in offer.dimensions[:1])
    return Ask.of(offer.measure.name, by=by, top=10)


def every_dashboard() -> None:
    """The dashboards there are, and the way to a new one."""
    with unit_of_work(read_only=True) as uow:
        found = queries.usable(uow)
        changeable = {row.id for row in found if queries.may_change(uow, row)}
    mine = sum(row.mine for row in found)
    page_head("Dashboards", line=["Figures arranged by hand, for oneself or for roles"])
    answer(f"<b>{formats.plural(len(found), 'dashboard')}</b>, <b>{mine}</b> of them yours.")
    with st.form("new_dashboard", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            "A new dashboard", max_chars=LONGEST_TITLE, placeholder="What it answers", key="new_title"
        )
        if st.form_submit_button("Begin", type="primary", icon=":material/add:"):
            begin(title)
    if not found:
        state("empty", "No dashboards yet", "Give one a name above: then drag figures, trends and lists onto it.")
        return
    opened = rows([row_of(row) for row in found], key="dashboards", label="Dashboards; open one")
    if opened and UUID(opened) in changeable:
        address.only(id=opened)
        st.rerun()
    if opened:
        go_to(f"/dashboard?id={opened}")


def begin(title: str) -> None:
    """Make an empty dashboard and open it."""
    with outcome(done="Drag what you want to see onto it. Every change is saved."), unit_of_work() as uow:
        address.only(id=str(service.make(uow, title)))


def row_of(row: DashboardRow) -> Row:
    """One dashboard in the list."""
    seen = f"seen by {service.role_words(row.roles)}" if row.roles else "yours alone"
    notes = [each for each in ("on your home page" if row.home else "", "changed since" if row.changed else "") if each]
    return Row(
        str(row.id), row.title, f"{formats.plural(row.tiles, 'tile')} · by {row.owner_name} · {seen}",
        note=", ".join(notes).capitalize() or formats.clock_or_day(row.saved_at),
        tone="blue" if row.home else "gray", icon="dashboard" if row.mine else "group",
    )  # fmt: skip


def build(dashboard_id: UUID) -> None:
    """One dashboard: the grid left, the chosen tile right, the whole below as its readers see it."""
    opened = carry_out(dashboard_id, default_ask())
    content = opened.content
    chosen = content.placed(address.get("tile"))
    head(opened)
    left, right = st.columns([2, 1], gap="large")
    with left:
        grid(boxes(content), kinds(), selected=chosen.key if chosen else None, key=GRID)
    with right:
        if chosen is None:
            whole(dashboard_id, content)
        else:
            dashboard_tile.panel(dashboard_id, chosen)
    section("As its readers see it", note="Each with the figures of their own scope.")
    if not content.tiles:
        state("empty", "Nothing on it yet", "Drag a chart onto the grid, or press one.")
        return
    with lake_readable():
        with unit_of_work(read_only=True) as uow:
            drawn = answered(uow, content)
        draw(drawn)


def head(opened: OpenDashboard) -> None:
    """Title, who sees it, and what can be done with it."""
    row, work = opened.row, bench(opened.row.id)
    seen = (
        Badge(f"Seen by {service.role_words(row.roles)}", "green", "group")
        if row.roles
        else Badge("Yours alone", "gray")
    )
    badges = [seen, *([Badge("Changed since it was shared", "orange", "edit")] if row.changed else [])]
    page_head(opened.content.title, crumbs=[Crumb("Dashboards", ADDRESS)], badges=badges,
              line=[f"Saved {formats.instant(row.saved_at)} by {opened.saved_by_name}"])  # fmt: skip
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        steps = (("Undo", "undo", work.before), ("Redo", "redo", work.after))
        for words, step, left in steps:
            st.button(words, icon=f":material/{step}:", type="tertiary", key=f"dashboard:{step}", disabled=not left,
                      on_click=ask_step, args=(row.id, step))  # fmt: skip
        if st.button("Look at it", icon=":material/visibility:", key="dashboard:look"):
            go_to(f"/dashboard?id={row.id}")
        if not row.roles and st.button("Delete", icon=":material/delete:", key="dashboard:delete"):
            with outcome(done=f"{row.title} is deleted."), unit_of_work() as uow:
                service.remove(uow, row.id, expected=opened.version)
                address.only()
        if opened.shared is not None and st.button("History", icon=":material/history:", key="dashboard:history"):
            history(opened)
        if current_actor().may(SHARE) and st.button(
            "Share", type="primary", icon=":material/group:", key="dashboard:share"
        ):
            share(opened)


def whole(dashboard_id: UUID, content: Content) -> None:
    """What is said about the whole dashboard; shown while no tile is chosen."""
    section("The whole dashboard")
    st.text_input("Title", content.title, max_chars=LONGEST_TITLE, **bound(dashboard_id, "title"))
    st.text_input("What it is for", content.description, max_chars=500, **bound(dashboard_id, "description"))
    periods = list(PRESETS)
    index = periods.index(content.period) if content.period in periods else 0
    st.selectbox("Opens with", periods, index, format_func=PRESETS.__getitem__, **bound(dashboard_id, "period"))
    shared = {name for placed in content.tiles for name in known_dimensions(placed)}
    options = {name: each.words for name, each in catalogue.dimensions().items() if name in shared}
    chosen = [name for name in content.filters if name in options]
    st.multiselect("Readers can filter by", list(options), chosen, format_func=options.__getitem__, max_selections=6,
                   **bound(dashboard_id, "filters"))  # fmt: skip
    st.caption("Choose a tile on the grid to say what it shows.")


def bound(dashboard_id: UUID, field: str) -> dict[str, Any]:
    """Arguments of a widget that changes one field of the whole dashboard."""
    key = f"whole:{field}:{bench(dashboard_id).drawn}"

    def noted() -> None:
        value = st.session_state[key]
        plain = tuple(value) if isinstance(value, list) else value.strip() if isinstance(value, str) else value
        note(dashboard_id, lambda content: content.model_copy(update={field: plain}))

    return {"key": key, "on_change": noted}


def known_dimensions(placed: Placed) -> tuple[str, ...]:
    """By what a tile can be filtered."""
    known = [name for name in placed.tile.ask.measures if name in catalogue.measures()]
    return catalogue.shared_dimensions(known) if known else ()


def boxes(content: Content) -> list[TileBox]:
    """The tiles as the grid shows them, each with what is wrong with it."""
    wrong = {each.field: each.text for each in service.problems_of(content) if each.field}
    measures, dimensions = catalogue.measures(), catalogue.dimensions()
    found = []
    for placed in content.tiles:
        ask = placed.tile.ask
        named = ", ".join(measures[name].words for name in ask.measures if name in measures)
        by = " and ".join(dimensions[name].words.lower() for name in ask.by if name in dimensions)
        step = f"by {ask.granularity.value}" if ask.granularity else ""
        sub = " ".join(filter(None, (f"by {by}" if by else "", step))) or placed.tile.chart.words
        found.append(
            TileBox(placed.key, placed.tile.chart.value, placed.tile.title or named, sub if not placed.tile.title
                    else f"{named} {sub}", placed.x, placed.y, placed.w, placed.h, wrong.get(placed.key, ""))
        )  # fmt: skip
    return found


def kinds() -> list[Kind]:
    """What can be added."""
    return [Kind(kind.value, kind.words, dashboard_tile.ICONS[kind], *size_of(kind)) for kind in ChartKind]


current_actor().demand(VIEW)
if (opened_id := address.key()) is not None:
    build(opened_id)
else:
    every_dashboard()
