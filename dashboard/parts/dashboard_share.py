"""Sharing a dashboard: for whom, on whose home page, why; what was shared before and the way back."""

from __future__ import annotations

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dashboard_work import bench
from dashboard.parts.dialog import dialog
from dashboard.parts.outcome import outcome
from dashboard.parts.records import table
from models.core.unit_of_work import unit_of_work
from models.dashboards import queries, service
from models.dashboards.queries import EVERYBODY, OpenDashboard
from models.identity.roles import role_book


def role_options() -> dict[str, str]:
    """Every role that a dashboard can be shared with, everybody first."""
    book = role_book()
    roles = {key: role.name for key, role in book.vendor.items()}
    roles |= {key: f"{role.name} (partner)" for key, role in book.partner.items()}
    return {EVERYBODY: "Everybody who reads statistics", **roles}


@dialog("Share this dashboard")
def share(opened: OpenDashboard) -> None:
    """Let roles see it as it is now; each reader sees the figures of the own scope."""
    options = role_options()
    st.write(
        f"**{formats.plain(opened.content.title)}** as it is now. Each reader sees figures of their own scope only."
    )
    kept = [role for role in opened.row.roles if role in options]
    roles = st.multiselect("For whom", list(options), kept, format_func=options.__getitem__, key="share_roles")
    home = st.toggle("Put it on their home pages", key="share_home", help="Of those who chose no other themselves.")
    note = st.text_input("Why", max_chars=200, key="share_note", placeholder="What it is for, or what changed")
    with st.container(horizontal=True):
        if st.button("Share", type="primary", key="share_now"):
            with outcome(done=f"{opened.content.title} is shared."), unit_of_work() as uow:
                service.share(uow, opened.row.id, roles, home=home, note=note, expected=opened.version)
                bench(opened.row.id).version = 0
        if opened.shared is not None and st.button("Take it back", key="share_back"):
            with outcome(done=f"Only you see {opened.content.title} now."), unit_of_work() as uow:
                service.take_back(uow, opened.row.id, expected=opened.version)
                bench(opened.row.id).version = 0


@dialog("What was shared", width="large")
def history(opened: OpenDashboard) -> None:
    """Every version that was shared; an earlier one can be brought back."""
    with unit_of_work(read_only=True) as uow:
        versions = queries.versions(uow, opened.row.id)
    table(
        ("Version", "Shared", "By", "Tiles", "Why"),
        [
            (f"{each.number}{' (seen now)' if each.number == opened.shared else ''}", formats.instant(each.at),
             formats.text(each.by_name), formats.count(len(each.content.tiles)), formats.text(each.note))
            for each in versions
        ],
    )  # fmt: skip
    earlier = [each.number for each in versions if each.number != opened.shared]
    if not earlier:
        return
    number = st.selectbox("Bring back version", earlier, key="back_number")
    if st.button(f"Bring version {number} back", key="back_now"):
        with outcome(done=f"Version {number} is seen again."), unit_of_work() as uow:
            service.roll_back(uow, opened.row.id, number, expected=opened.version)
            bench(opened.row.id).version = 0
