"""Members of one's organisation: create, change, assign, reset, lock; and their roles (ORG-USER, ORG-ROLE)."""

from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.parts import address, list_page
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.formats import count, day, plural, text
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.records import facts, table
from dashboard.parts.rows import Tone
from models.core.actor import current_actor
from models.core.errors import Refused
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow
from models.identity import custom_roles, members, queries, rules, service
from models.identity.custom_roles import RoleRow
from models.identity.lists import TYPES
from models.identity.queries import UserRow
from models.identity.roles import role_book
from models.identity.rules import ACCOUNT_DIRECTOR, ACCOUNT_MANAGER, UserStatus

TABS = {"users": "Users", "roles": "Roles"}


# ---- users ----


NEW_USER = {
    "username": "Username", "name": "Name", "email": "E-mail", "mobile": "Mobile number",
    "password": "First password", "again": "First password again", "phone": "Office phone (optional)",
}  # fmt: skip
HELP = {"username": "Cannot be changed later.", "email": "The person signs in with it."}


def forget_user() -> None:
    """Begin with empty fields next time."""
    st.session_state.pop("new_user", None)


@dialog("Create user", on_dismiss=forget_user)
def create_user() -> None:
    """First who it is, then what it may do (ORG-USER-01)."""
    empty = {"step": 1, "problems": {}, **dict.fromkeys(NEW_USER, "")}
    draft = st.session_state.setdefault("new_user", empty)
    if draft["step"] == 1:
        specify(draft)
    else:
        give_roles(draft)


def specify(draft: dict[str, Any]) -> None:
    """The first step: every required field; what is wrong stands below it."""
    st.caption("Step 1 of 2 · User information")
    with st.form("who", border=False):
        columns = st.columns(2)
        for place, (name, label) in enumerate(NEW_USER.items()):
            secret = name in ("password", "again")
            with columns[place % 2]:
                st.text_input(
                    label, draft[name], key=f"new:{name}", help=HELP.get(name),
                    type="password" if secret else "default", autocomplete="new-password" if secret else "off",
                )  # fmt: skip
                for problem in draft["problems"].get(name, ()):
                    st.html(f'<div class="k"><div class="err"><span class="i">error</span>{text(problem)}</div></div>')
        st.form_submit_button("Next", type="primary", on_click=check_user)


def check_user() -> None:
    """Keep what was typed; go on when nothing is missing."""
    draft = st.session_state["new_user"]
    draft |= {name: st.session_state[f"new:{name}"] for name in NEW_USER}
    problems: dict[str, list[str]] = {
        name: [f"Enter the {NEW_USER[name].lower()}."] for name in ("username", "name", "email", "mobile")
        if not draft[name].strip()
    }  # fmt: skip
    terms = rules.PasswordTerms(settings().password_length)
    for problem in rules.password_problems(draft["password"], draft["again"], terms):
        problems.setdefault("again" if problem.field == "repeated" else "password", []).append(problem.text)
    draft["problems"], draft["step"] = problems, 1 if problems else 2


def back_to_user() -> None:
    """Show the first step again with what was typed."""
    st.session_state["new_user"]["step"] = 1


def give_roles(draft: dict[str, Any]) -> None:
    """The second step: roles, then the user is made."""
    st.caption(f"Step 2 of 2 · What {draft['name']} may do")
    chosen = pick_roles((), key="new_roles")
    with st.container(horizontal=True):
        st.button("Back", on_click=back_to_user)
        if st.button("Create user", type="primary", key="make_user"):
            done = f"{draft['name']} may sign in now and then chooses an own password."
            with outcome(done=done):
                new = service.NewUser(
                    draft["email"], draft["name"], draft["password"], tuple(chosen), PARTNER, draft["username"],
                    draft["mobile"], draft["phone"] or None,
                )  # fmt: skip
                with unit_of_work() as uow:
                    service.create_user(uow, new)
                forget_user()


def pick_roles(chosen: tuple[str, ...], *, key: str) -> list[str]:
    """The roles of a member; says at once what cannot stand together (ORG-ROLE-09)."""
    words = {role.key: role.name for role in ROLES}
    picked = st.pills(
        "Roles, at most three", list(words), selection_mode="multi", format_func=words.__getitem__, key=key,
        default=[role for role in chosen if role in words],
        help="\n".join(f"- **{role.name}**: {role.description}" for role in ROLES),
    )  # fmt: skip
    if picked:
        for problem in rules.role_problems(picked):
            st.warning(problem.text, icon=":material/rule:")
    return picked


@dialog("User", on_dismiss=list_page.dismissed)
def show_user(row: UserRow) -> None:
    """Details of a user and everything that can be done with it (ORG-USER-03 to 07)."""
    with unit_of_work(read_only=True) as uow:
        director = queries.names(uow, [row.director_id]).get(row.director_id) if row.director_id else None
    facts([
        ("Username", text(row.username)), ("Roles", text(role_names(row))), ("E-mail", text(row.email)),
        ("Mobile number", text(row.mobile)), ("Office phone", text(row.office_phone)),
        ("Status", row.status.capitalize()), ("Created", day(row.created_at.date())),
        *([("Account director", text(director))] if ACCOUNT_MANAGER in row.roles else []),
    ])  # fmt: skip
    if not MANAGES:
        return
    with st.expander("Modify"):
        modify(row)
    with st.expander("Assign role"):
        assign_roles(row)
    with st.expander("Reset password"):
        reset_password(row)
    with st.popover("Delete user"):
        st.write(f"{row.name} will not be able to sign in any more. What they did keeps their name.")
        if st.button(f"Delete {row.name}", type="primary"):
            with outcome(done=f"{row.name} is deleted."), unit_of_work() as uow:
                service.delete_user(uow, row.id)


def modify(row: UserRow) -> None:
    """Change a user's data (ORG-USER-04)."""
    with st.form("modify", border=False):
        st.text_input("Username", row.username, disabled=True)
        name, email = st.text_input("Name", row.name), st.text_input("E-mail", row.email)
        mobile = st.text_input("Mobile number", row.mobile or "")
        phone = st.text_input("Office phone", row.office_phone or "")
        status = st.radio("Status", ["normal", "locked"], int(row.status is UserStatus.LOCKED), horizontal=True,
                          format_func=str.capitalize, help="A locked user cannot sign in.")  # fmt: skip
        director = row.director_id
        with unit_of_work(read_only=True) as uow:
            directors = members.directors(uow, PARTNER) if ACCOUNT_MANAGER in row.roles else {}
        if directors:
            choices = [None, *directors]
            place = choices.index(director) if director in choices else 0
            director = st.selectbox(
                "Account director", choices, place, format_func=lambda key: directors[key] if key else "None"
            )
        if st.form_submit_button("Save", type="primary"):
            with outcome(done=f"{name} is saved."), unit_of_work() as uow:
                if not mobile.strip():
                    raise Refused("Enter the mobile number.")
                service.change_user(
                    uow, row.id, name=name, email=email, mobile=mobile, office_phone=phone or None,
                    status=UserStatus(status), expected=row.version,
                )  # fmt: skip
                if director != row.director_id:
                    members.set_director(uow, row.id, director)


def assign_roles(row: UserRow) -> None:
    """Give a user other roles; says who loses the director (ORG-USER-05, ORG-ROLE-11)."""
    picked = pick_roles(row.roles, key=f"roles:{row.id}")
    led: list[str] = []
    if ACCOUNT_DIRECTOR in row.roles and ACCOUNT_DIRECTOR not in picked:
        with unit_of_work(read_only=True) as uow:
            led = members.led_by(uow, row.id)
    if led:
        st.warning(f"{', '.join(led)} will have no account director until you choose a new one.")
    if st.button("Assign", type="primary"):
        with outcome(done=f"{row.name} has the new roles."), unit_of_work() as uow:
            service.set_roles(uow, row.id, picked)


def reset_password(row: UserRow) -> None:
    """Give a user a new password (ORG-USER-06)."""
    with st.form("reset", border=False):
        password = st.text_input("New password", type="password", autocomplete="new-password")
        repeated = st.text_input("New password again", type="password", autocomplete="new-password")
        if st.form_submit_button("Reset password", type="primary"):
            done = f"{row.name} signs in with the new password and then chooses an own one."
            with outcome(done=done), unit_of_work() as uow:
                service.reset_password(uow, row.id, password, repeated)


def role_names(row: UserRow) -> str:
    """A user's roles in words."""
    words = {role.key: role.name for role in ROLES}
    return ", ".join(words.get(role, "Deleted role") for role in row.roles)


def look(row: ListRow) -> tuple[Tone, str]:
    """A locked user stands out."""
    return ("red", "lock") if row.values["status"] is UserStatus.LOCKED else ("gray", "person")


def users_tab(shown: list_page.Shown, locked: int, managers: int) -> None:
    """The users that the filters find."""
    answer(
        f"<b>{list_page.total_words(shown)}</b>, {plural(managers, 'account manager')} among them"
        + (f"; <b>{count(locked)}</b> locked." if locked else "; none locked.")
    )
    if opened := list_page.draw(shown, label="Users; open one to see or change it", look=look):
        with unit_of_work(read_only=True) as uow:
            chosen = queries.user(uow, UUID(opened))
        show_user(chosen)


# ---- roles ----


@dialog("Role", on_dismiss=list_page.dismissed)
def show_role(role: RoleRow) -> None:
    """Details of a role, its users, and for a custom one what can be done (ORG-ROLE-05 to 08)."""
    with unit_of_work(read_only=True) as uow:
        having = custom_roles.users_with(uow, PARTNER, role.key)
    st.html(f'<p class="k"><b>{text(role.name)}</b> · {TYPES["preset" if role.preset else "custom"]}<br>'
            f'<span class="mu">{text(role.description)}</span></p>')  # fmt: skip
    catalogue = role_book().permissions
    section("Permissions", aside=plural(len(role.permissions), "permission"))
    st.html('<ul class="k">' + "".join(f"<li>{text(catalogue.get(p, p))}</li>" for p in role.permissions) + "</ul>")
    section("Users with this role", aside=plural(len(having), "user"))
    if having:
        table(("Name", "Username"), [(text(name), text(username)) for name, username in having])
    if role.id is None or not current_actor().may("roles.create"):
        return
    with st.expander("Modify"):
        role_form(role)
    with st.popover("Delete role", disabled=bool(having), help="Only a role that nobody has can be deleted."):
        st.write(f"The role {role.name} is removed for good.")
        if st.button(f"Delete {role.name}", type="primary"):
            with outcome(done=f"The role {role.name} is deleted."), unit_of_work() as uow:
                custom_roles.delete_role(uow, role.id)


@dialog("Create custom role")
def create_role() -> None:
    role_form(None)


def role_form(role: RoleRow | None) -> None:
    """Name, description and permissions of a custom role; new when there is none (ORG-ROLE-02, ORG-ROLE-07)."""
    book = role_book()
    offered = [p for p in book.custom_role_permissions if p not in book.default_permissions]
    always = ", ".join(book.permissions[p] for p in book.default_permissions)
    with st.form(f"role:{role.key if role else 'new'}", border=False):
        name = st.text_input("Role name", role.name if role else "")
        description = st.text_input("Description", role.description if role else "")
        chosen = st.pills(
            "Permissions", offered, selection_mode="multi", format_func=lambda p: book.permissions.get(p, p),
            default=[p for p in offered if role and p in role.permissions],
        )  # fmt: skip
        st.caption(f"Added by itself: {always}.")
        if not st.form_submit_button("Save role" if role else "Create role", type="primary"):
            return
        with outcome(done=f"The role {name} is saved. It counts for its users at once."), unit_of_work() as uow:
            if role and role.id:
                custom_roles.change_role(
                    uow, role.id, name=name, description=description, permissions=chosen, expected=role.version
                )
            else:
                custom_roles.create_role(uow, PARTNER, name=name, description=description, permissions=chosen)


def roles_tab(shown: list_page.Shown) -> None:
    """The roles that the filters find."""
    own, limit = sum(not role.preset for role in ROLES), settings().custom_roles_per_partner
    preset = plural(sum(role.preset for role in ROLES), "system-defined role")
    answer(f"<b>{preset}</b> and <b>{count(own)} of {plural(limit, 'possible custom role')}</b>.")
    if opened := list_page.draw(shown, label="Roles; open one to see its users and permissions"):
        show_role(next(role for role in ROLES if str(role.list_key) == opened))


actor = current_actor()
actor.demand("members.view")
if actor.partner_id is None:
    state("empty", "You work for the vendor", "The vendor's users are under Administration; a partner's on its page.")
    st.stop()
PARTNER: UUID = actor.partner_id
MANAGES = actor.may("members.manage")
tab = address.get("tab") if address.get("tab") in TABS else "users"


def tabs() -> None:
    """The switch between users and roles."""
    bound = address.bound("members_tab", tab, lambda value: address.only(tab=value or "users"))
    st.segmented_control("Show", list(TABS), format_func=TABS.__getitem__, label_visibility="collapsed", **bound)


with unit_of_work(read_only=True) as uow:
    ROLES = custom_roles.roles(uow, PARTNER)
    if tab == "users":
        shown = list_page.ask(uow, "members", more=["status"])
        locked = list_page.count_also(uow, shown, "status", UserStatus.LOCKED.value)
        managers = list_page.count_also(uow, shown, "role", ACCOUNT_MANAGER)
    else:
        shown = list_page.ask(uow, "roles")

title, action = st.columns([4, 1.3], vertical_alignment="bottom")
with title:
    page_head("Members", line=["Who works here, and what they may do"])
if tab == "users" and MANAGES:
    if action.button("Create user", type="primary", icon=":material/person_add:", width="stretch"):
        create_user()
if tab == "roles" and actor.may("roles.create"):
    if action.button("Create custom role", type="primary", icon=":material/add:", width="stretch"):
        create_role()
if tab == "users":
    list_page.toolbar(shown, first=tabs)
    users_tab(shown, locked, managers)
else:
    list_page.toolbar(shown, first=tabs)
    roles_tab(shown)
