"""The dashboard that stands on somebody's home page, below the work."""

from __future__ import annotations

from dashboard.parts.dashboard_view import answered, draw
from dashboard.parts.empty import lake_readable
from dashboard.parts.head import section
from models.core.unit_of_work import unit_of_work
from models.dashboards import queries


def home_dashboard() -> None:
    """Draw it, where there is one."""
    with lake_readable():
        with unit_of_work(read_only=True) as uow:
            chosen = queries.home(uow)
            if chosen is None:
                return
            opened = queries.look_at(uow, chosen)
            drawn = answered(uow, opened.content)
        section(opened.content.title, note=opened.content.description)
        draw(drawn, controls=False)
