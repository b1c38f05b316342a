"""The saved views of a list, as the menu of views shows them."""

from __future__ import annotations

from functools import partial

from dashboard.parts import saved_views
from dashboard.parts.list_page_state import Shown, open_view
from dashboard.parts.saved_views import Shelf
from models.lists import service
from models.lists.queries import VIEW


def views_menu(shown: Shown) -> None:
    """The views there are and what can be done with the one that is open."""
    made = shown.opened.source.definition
    saved_views.menu(
        Shelf(
            VIEW, "list", f"All {made.many or made.one + 's'}",
            "A view keeps filters, search, order and columns under a name.",
            shown.opened.views, shown.question.view, shown.question.changed, partial(open_view, shown),
            lambda uow, name: service.save_view(uow, shown.key, name, shown.asked),
            lambda uow, view: service.change_view(uow, view.id, shown.asked, expected=view.version),
            lambda uow, view_id: service.open_with(uow, shown.key, view_id),
        )
    )  # fmt: skip
