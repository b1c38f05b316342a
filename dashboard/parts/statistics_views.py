"""The saved views of a statistics page: what its address says, under a name."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.parts import address, saved_views
from dashboard.parts.saved_views import Shelf
from models.core.unit_of_work import unit_of_work
from models.lists.queries import VIEW, ViewRow
from models.statistics import views

OF_PAGE = "kept"
"""The parameter that names a page's view; a list on the page has its own."""
PASSING = (OF_PAGE, VIEW, *address.PLACE)
"""Parameters that no view keeps: which view it is, and where in a list one is."""


def views_menu(page: str) -> None:
    """The views of a page by its key, and what can be done with the one that is open."""
    with unit_of_work(read_only=True) as uow:
        found = views.views(uow, page)
    shown = {name: list(address.get_all(name)) for name in sorted(st.query_params) if name not in PASSING}
    view = saved_views.from_address(found, address.get(OF_PAGE))
    saved_views.menu(
        Shelf(
            OF_PAGE, "page", "The page as it opens", "A view keeps period, comparison, filters and tab under a name.",
            found, view, saved_views.differs(view, shown), _open,
            lambda uow, name: views.save(uow, page, name, shown),
            lambda uow, changed: views.change(uow, changed.id, shown, expected=changed.version),
        )
    )  # fmt: skip


def _open(view: ViewRow | None) -> None:
    """Let the address say what a view keeps, or nothing."""
    params: dict[str, str | Sequence[str]] = {**view.params, OF_PAGE: str(view.id)} if view else {}
    st.query_params.from_dict(params)
