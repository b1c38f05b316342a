"""The menu of saved views, of a list or of a page: open one, keep what is shown as one, share it, remove it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.outcome import outcome
from models.core.actor import current_actor
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.identity.roles import role_book
from models.lists import service
from models.lists.queries import EVERYBODY, PUBLISH, ViewRow


@dataclass(frozen=True, slots=True)
class Shelf:
    """The views that there are of what is shown, and how one of them is opened and kept.

    `param` of the address names the one that is open, and keeps two menus of a page apart. `whole` names what is shown
    without any; `view` is the one that is open, `changed` whether it asks for something else than what is shown.
    `opens` says how a view becomes what one begins with; None: it cannot.
    """

    param: str
    what: str
    whole: str
    keeps: str
    views: Sequence[ViewRow]
    view: ViewRow | None
    changed: bool
    open: Callable[[ViewRow | None], None]
    save: Callable[[UnitOfWork, str], UUID]
    change: Callable[[UnitOfWork, ViewRow], None]
    opens: Callable[[UnitOfWork, UUID | None], None] | None = None

    @property
    def menu(self) -> str:
        """The key of the menu."""
        return f"views:{self.param}"

    def closed(self, then: Callable[..., None] | None = None, *args: object) -> None:
        """Close the menu, so that it does not lie over what comes of it."""
        st.session_state[self.menu] = False
        if then:
            then(*args)


def menu(shelf: Shelf) -> None:
    """The views there are and what can be done with the one that is open."""
    label = "Views"
    if shelf.view is not None:
        label = f"{formats.plain(shelf.view.name)}{' (changed)' if shelf.changed else ''}"
    with st.popover(label, icon=":material/bookmark:", type="tertiary", key=shelf.menu, on_change="rerun"):
        _offered(shelf)
        if shelf.view is not None:
            _of_view(shelf, shelf.view)
        _save(shelf)


def _offered(shelf: Shelf) -> None:
    if not shelf.views:
        st.caption(shelf.keeps)
        return
    st.button(
        shelf.whole,
        type="tertiary",
        icon=":material/list:",
        key=f"{shelf.param}:all",
        on_click=shelf.closed,
        args=(shelf.open, None),
    )
    for view in shelf.views:
        open_ = shelf.view is not None and shelf.view.id == view.id
        icon = "check" if open_ else "bookmark" if view.mine else "group"
        whose = "" if view.mine else f" · {view.owner_name}"
        st.button(
            formats.plain(f"{view.name}{whose}"), type="tertiary", icon=f":material/{icon}:",
            key=f"{shelf.param}:{view.id}", on_click=shelf.closed, args=(shelf.open, view),
            help=f"The {shelf.what} opens with it." if view.opens_for_me or view.opens_by_role else None,
        )  # fmt: skip


def _of_view(shelf: Shelf, view: ViewRow) -> None:
    """What can be done with the view that is open."""
    st.divider()
    if shelf.opens:
        st.toggle(
            f"Open this {shelf.what} with it", view.opens_for_me, key=f"view_opens:{view.id}:{view.opens_for_me}",
            on_change=_opens, args=(shelf.opens, view),
        )  # fmt: skip
    if not (view.mine or current_actor().may(PUBLISH)):
        return
    if shelf.changed and st.button(
        "Save the changes", icon=":material/save:", key=f"{shelf.param}_change", on_click=shelf.closed
    ):
        with outcome(done=f"The view {view.name} is saved."), unit_of_work() as uow:
            shelf.change(uow, view)
    if st.button("Rename, share or delete", icon=":material/tune:", key=f"{shelf.param}_manage", on_click=shelf.closed):
        manage(shelf, view)


def _opens(choose: Callable[[UnitOfWork, UUID | None], None], view: ViewRow) -> None:
    with unit_of_work() as uow:
        choose(uow, None if view.opens_for_me else view.id)


def _save(shelf: Shelf) -> None:
    if shelf.views:
        st.divider()
    with st.form(f"{shelf.param}_new", border=False, clear_on_submit=False):
        name = st.text_input("Save what you see as a view", placeholder="Name", max_chars=service.LONGEST_NAME)
        pressed = st.form_submit_button("Save view", icon=":material/bookmark_add:", on_click=shelf.closed)
    if pressed:
        with outcome(done=f"The view {name.strip()} is saved. You find it under Views."):
            with unit_of_work() as uow:
                saved = shelf.save(uow, name)
            st.query_params[shelf.param] = str(saved)


def roles_offered() -> dict[str, str]:
    """Everybody, and every preset role, by key."""
    book = role_book()
    named = {key: role.name for key, role in {**book.vendor, **book.partner}.items()}
    return {EVERYBODY: "Everybody", **named}


@dialog("View")
def manage(shelf: Shelf, view: ViewRow) -> None:
    """Rename a view, share it with roles, delete it."""
    with st.form("view_name", border=False):
        name = st.text_input("Name", view.name, max_chars=service.LONGEST_NAME)
        if st.form_submit_button("Rename"):
            with outcome(done=f"The view is called {name.strip()} now."), unit_of_work() as uow:
                service.rename_view(uow, view.id, name, expected=view.version)
    if current_actor().may(PUBLISH):
        share(view, opens=f"Their {shelf.what} opens with it" if shelf.opens else "")
    sure = st.popover("Delete view")
    sure.write(f"The view {formats.plain(view.name)} is removed{' for everybody' if view.published else ''}.")
    if sure.button("Delete it", type="primary", key="view_delete"):
        with outcome(done=f"The view {view.name} is deleted."):
            with unit_of_work() as uow:
                service.delete_view(uow, view.id, expected=view.version)
            shelf.open(None)


def share(view: ViewRow, *, opens: str = "Their list opens with it") -> None:
    """The form that publishes a view to roles; `opens` asks whether what they see opens with it, if it can."""
    with unit_of_work(read_only=True) as uow:
        has = service.roles_of_views(uow, [view.id]).get(view.id, ())
    words = roles_offered()
    with st.form(f"view_share:{view.id}", border=False):
        roles = st.multiselect(
            "Share with", list(words), [role for role, _ in has], format_func=words.__getitem__,
            placeholder="Nobody else", key=f"view_roles:{view.id}",
            help="People see in it only what they may see anyway.",
        )  # fmt: skip
        first = bool(opens) and st.toggle(opens, any(on for _, on in has), key=f"view_first:{view.id}")
        if st.form_submit_button("Share", type="primary"):
            done = f"The view {view.name} is shared with {service.role_words(roles)}."
            with outcome(done=done), unit_of_work() as uow:
                service.publish_view(uow, view.id, roles, opens=first, expected=view.version)


def from_address(views: Sequence[ViewRow], named: str) -> ViewRow | None:
    """The view that an address names, among those that one may use."""
    return next((view for view in views if str(view.id) == named), None)


def differs(view: ViewRow | None, params: Mapping[str, Sequence[str]]) -> bool:
    """Whether what is shown is something else than what the view keeps."""
    return view is not None and {name: list(values) for name, values in view.params.items()} != {
        name: list(values) for name, values in params.items()
    }
