"""Users of the vendor: who may sign in and with which roles; create, change, reset, lock."""

from uuid import UUID

import streamlit as st

from dashboard.parts import list_page
from dashboard.parts.dialog import dialog
from dashboard.parts.head import answer, page_head
from dashboard.parts.outcome import outcome
from dashboard.parts.rows import Tone
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow
from models.identity import queries, service
from models.identity.queries import UserRow
from models.identity.roles import role_book
from models.identity.rules import UserStatus

ROLES = {key: role.name for key, role in role_book().vendor.items()}


def role_help() -> str:
    """What each role is for."""
    return "\n".join(f"- **{role.name}**: {role.description}" for role in role_book().vendor.values())


@dialog("New user")
def new_user() -> None:
    with st.form("new", border=False):
        name = st.text_input("Name")
        email = st.text_input("E-mail", help="The person signs in with it.")
        roles = st.multiselect("Roles", list(ROLES), format_func=ROLES.__getitem__, help=role_help())
        password = st.text_input("First password", type="password", help="The person changes it at the first sign-in.")
        if st.form_submit_button("Create user", type="primary"):
            with outcome(done=f"{name} may sign in now."), unit_of_work() as uow:
                service.create_user(uow, service.NewUser(email, name, password, tuple(roles)))


@dialog("User", on_dismiss=list_page.dismissed)
def edit_user(row: UserRow) -> None:
    with st.form("edit", border=False):
        name = st.text_input("Name", row.name)
        email = st.text_input("E-mail", row.email)
        roles = st.multiselect("Roles", list(ROLES), list(row.roles), format_func=ROLES.__getitem__, help=role_help())
        locked = st.toggle("Locked", row.status is UserStatus.LOCKED, help="A locked user cannot sign in.")
        if st.form_submit_button("Save", type="primary"):
            status = UserStatus.LOCKED if locked else UserStatus.NORMAL
            with outcome(done=f"{name} saved."), unit_of_work() as uow:
                service.change_user(
                    uow, row.id, name=name, email=email, mobile=row.mobile, office_phone=row.office_phone,
                    status=status, expected=row.version,
                )  # fmt: skip
                service.set_roles(uow, row.id, roles)
    with st.expander("Reset password"), st.form("reset", border=False):
        password = st.text_input("New password", type="password", autocomplete="new-password")
        repeated = st.text_input("New password again", type="password", autocomplete="new-password")
        if st.form_submit_button("Reset password"):
            done = f"{row.name} signs in with the new password and then chooses an own one."
            with outcome(done=done), unit_of_work() as uow:
                service.reset_password(uow, row.id, password, repeated)
    left, right = st.columns(2)
    if left.button("Sign out everywhere", width="stretch"):
        with outcome(done=f"{row.name} is signed out everywhere."), unit_of_work() as uow:
            service.end_all_sessions(uow, row.id)
    sure = right.popover("Delete user", width="stretch")
    sure.write(f"{row.name} will not be able to sign in any more. What they did keeps their name.")
    if sure.button(f"Delete {row.name}", type="primary"):
        with outcome(done=f"{row.name} is deleted."), unit_of_work() as uow:
            service.delete_user(uow, row.id)


def look(row: ListRow) -> tuple[Tone, str]:
    """A locked user stands out."""
    return ("red", "lock") if row.values["status"] is UserStatus.LOCKED else ("gray", "person")


with unit_of_work(read_only=True) as uow:
    shown = list_page.ask(uow, "users", more=["status"])
    locked = (
        sum(row.values["status"] is UserStatus.LOCKED for row in shown.rows) if shown.whole
        else list_page.count_also(uow, shown, "status", UserStatus.LOCKED.value)
    )  # fmt: skip
title, action = st.columns([4, 1], vertical_alignment="bottom")
with title:
    page_head("Users", line=["Members of the vendor"])
if action.button("New user", type="primary", icon=":material/person_add:", width="stretch"):
    new_user()
list_page.toolbar(shown)
answer(f"<b>{list_page.total_words(shown)}</b>" + (f", {locked} of them locked." if locked else ", none locked."))
opened = list_page.draw(shown, label="Users; open one to change it", look=look)
if opened:
    with unit_of_work(read_only=True) as uow:
        chosen = queries.user(uow, UUID(opened))
    edit_user(chosen)
