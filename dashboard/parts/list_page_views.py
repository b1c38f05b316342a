"""The menu of saved views: open one, keep what is asked as one, share it, let the list open with it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.list_page_state import Shown, open_view
from dashboard.parts.outcome import outcome
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.identity.roles import role_book
from models.lists import service
from models.lists.queries import EVERYBODY, PUBLISH, VIEW, ViewRow

MENU = "list_views"


def _closed(then: Callable[..., None] | None = None, *args: object) -> None:
    """Close the menu, so that it does not lie over what comes of it."""
    st.session_state[MENU] = False
    if then:
        then(*args)


def views_menu(shown: Shown) -> None:
    """The views there are and what can be done with the one that is open."""
    view = shown.question.view
    label = "Views" if view is None else f"{formats.plain(view.name)}{' (changed)' if shown.question.changed else ''}"
    with st.popover(label, icon=":material/bookmark:", type="tertiary", key=MENU, on_change="rerun"):
        _offered(shown)
        if view is not None:
            _of_view(shown, view)
        _save(shown)


def _offered(shown: Shown) -> None:
    views = shown.opened.views
    if not views:
        st.caption("A view keeps filters, search, order and columns under a name.")
        return
    open_ = shown.question.view
    st.button(
        f"All {shown.opened.source.definition.many or shown.opened.source.definition.one + 's'}", type="tertiary",
        icon=":material/list:", key="view:all", on_click=_closed, args=(open_view, shown, None),
    )  # fmt: skip
    for view in views:
        icon = "check" if open_ and open_.id == view.id else "bookmark" if view.mine else "group"
        whose = "" if view.mine else f" · {view.owner_name}"
        st.button(
            formats.plain(f"{view.name}{whose}"), type="tertiary", icon=f":material/{icon}:", key=f"view:{view.id}",
            on_click=_closed, args=(open_view, shown, view),
            help="The list opens with it." if view.opens_for_me or view.opens_by_role else None,
        )  # fmt: skip


def _of_view(shown: Shown, view: ViewRow) -> None:
    """What can be done with the view that is open."""
    st.divider()
    st.toggle(
        "Open this list with it", view.opens_for_me, key=f"view_opens:{view.id}:{view.opens_for_me}",
        on_change=_opens, args=(shown, view),
    )  # fmt: skip
    may_change = view.mine or current_actor().may(PUBLISH)
    if not may_change:
        return
    if shown.question.changed and st.button(
        "Save the changes", icon=":material/save:", key="view_change", on_click=_closed
    ):
        with outcome(done=f"The view {view.name} is saved."), unit_of_work() as uow:
            service.change_view(uow, view.id, shown.asked, expected=view.version)
    if st.button("Rename, share or delete", icon=":material/tune:", key="view_manage", on_click=_closed):
        manage(shown, view)


def _opens(shown: Shown, view: ViewRow) -> None:
    with unit_of_work() as uow:
        service.open_with(uow, shown.key, None if view.opens_for_me else view.id)


def _save(shown: Shown) -> None:
    if shown.opened.views:
        st.divider()
    with st.form("view_new", border=False, clear_on_submit=False):
        name = st.text_input("Save what you see as a view", placeholder="Name", max_chars=service.LONGEST_NAME)
        pressed = st.form_submit_button("Save view", icon=":material/bookmark_add:", on_click=_closed)
    if pressed:
        with outcome(done=f"The view {name.strip()} is saved. You find it under Views."):
            with unit_of_work() as uow:
                saved = service.save_view(uow, shown.key, name, shown.asked)
            st.query_params[VIEW] = str(saved)


def roles_offered() -> dict[str, str]:
    """Everybody, and every preset role, by key."""
    book = role_book()
    named = {key: role.name for key, role in {**book.vendor, **book.partner}.items()}
    return {EVERYBODY: "Everybody", **named}


@dialog("View")
def manage(shown: Shown, view: ViewRow) -> None:
    """Rename a view, share it with roles, delete it."""
    with st.form("view_name", border=False):
        name = st.text_input("Name", view.name, max_chars=service.LONGEST_NAME)
        if st.form_submit_button("Rename"):
            with outcome(done=f"The view is called {name.strip()} now."), unit_of_work() as uow:
                service.rename_view(uow, view.id, name, expected=view.version)
    if current_actor().may(PUBLISH):
        share(view)
    sure = st.popover("Delete view")
    sure.write(f"The view {formats.plain(view.name)} is removed{' for everybody' if view.published else ''}.")
    if sure.button("Delete it", type="primary", key="view_delete"):
        with outcome(done=f"The view {view.name} is deleted."):
            with unit_of_work() as uow:
                service.delete_view(uow, view.id, expected=view.version)
            open_view(shown, None)


def share(view: ViewRow) -> None:
    """The form that publishes a view to roles."""
    with unit_of_work(read_only=True) as uow:
        has = service.roles_of_views(uow, [view.id]).get(view.id, ())
    words = roles_offered()
    with st.form(f"view_share:{view.id}", border=False):
        roles = st.multiselect(
            "Share with", list(words), [role for role, _ in has], format_func=words.__getitem__,
            placeholder="Nobody else", key=f"view_roles:{view.id}",
            help="People see in it only what they may see anyway.",
        )  # fmt: skip
        opens = st.toggle("Their list opens with it", any(opens for _, opens in has), key=f"view_first:{view.id}")
        if st.form_submit_button("Share", type="primary"):
            done = f"The view {view.name} is shared with {service.role_words(roles)}."
            with outcome(done=done), unit_of_work() as uow:
                service.publish_view(uow, view.id, roles, opens=opens, expected=view.version)
