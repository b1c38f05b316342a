"""Dashboards that others shared, or one made oneself: the figures in one's own scope."""

from uuid import UUID

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.dashboard_view import answered, draw
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.go import go_to
from dashboard.parts.head import Crumb, answer, page_head
from dashboard.parts.outcome import outcome
from dashboard.parts.rows import Row, rows
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.dashboards import queries, service
from models.dashboards.queries import OpenDashboard

BUILDER = "dashboard-builder"


def every_dashboard() -> None:
    """The dashboards that the person may look at."""
    with unit_of_work(read_only=True) as uow:
        found = queries.usable(uow)
    page_head("Dashboards", line=["GMT+08:00"])
    if found:
        answer(f"<b>{formats.plural(len(found), 'dashboard')}</b> for you.")
    if current_actor().is_vendor and st.button("Make a dashboard", icon=":material/add:", key="make_dashboard"):
        go_to(f"/{BUILDER}")
    if not found:
        state("empty", "No dashboards yet", "What is shared with your roles appears here.")
        return
    opened = rows(
        [
            Row(str(row.id), row.title, row.description or f"{formats.plural(row.tiles, 'tile')} by {row.owner_name}",
                note="On your home page" if row.home else "", tone="blue" if row.home else "gray", icon="dashboard")
            for row in found
        ],
        key="dashboards", label="Dashboards; open one",
    )  # fmt: skip
    if opened:
        address.only(id=opened)
        st.rerun()


def one(dashboard_id: UUID) -> None:
    """One dashboard with its figures."""
    with lake_readable("Dashboard"):
        with unit_of_work(read_only=True) as uow:
            opened = queries.look_at(uow, dashboard_id)
            may_change = current_actor().is_vendor and queries.may_change(uow, opened.row)
            drawn = answered(uow, opened.content)
        fresh = f"data as of {formats.instant(drawn.as_of)}" if drawn and drawn.as_of else ""
        left, right = st.columns([3, 1.4], vertical_alignment="bottom")
        with left:
            line = ["GMT+08:00", fresh, f"by {opened.row.owner_name}"]
            page_head(opened.content.title, crumbs=[Crumb("Dashboards", "dashboard")], line=list(filter(None, line)))
        with right:
            acts(opened, may_change=may_change)
        if opened.content.description:
            answer(formats.text(opened.content.description))
        draw(drawn)


def acts(opened: OpenDashboard, *, may_change: bool) -> None:
    """Put it on the home page or take it off; change it, or copy it to change."""
    row = opened.row
    with st.container(horizontal=True, horizontal_alignment="right"):
        words, icon = ("Off my home page", "home") if row.home else ("On my home page", "add_home")
        if st.button(words, icon=f":material/{icon}:", type="tertiary", key="dashboard:home"):
            done = f"{row.title} stands on your home page." if not row.home else "Your home page has no dashboard now."
            with outcome(done=done), unit_of_work() as uow:
                service.put_on_home(uow, None if row.home else row.id)
        if may_change and st.button("Change", icon=":material/edit:", key="dashboard:change"):
            go_to(f"/{BUILDER}?id={row.id}")
        elif not may_change and current_actor().is_vendor and st.button("Copy", key="dashboard:copy"):
            with outcome(done="The copy is yours to change."), unit_of_work() as uow:
                address.only(id=str(service.copy(uow, row.id, f"{row.title} (copy)"[:80])))


if (asked := address.key()) is not None:
    one(asked)
else:
    every_dashboard()
