"""Personal tokens on one's account page: made, shown once, revoked; administrators see those of their people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.head import section
from dashboard.parts.outcome import outcome, show_problems
from dashboard.parts.rows import Row, rows
from models.core.actor import current_actor
from models.core.clock import now
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.tokens import queries, service
from models.tokens.queries import TokenRow
from models.tokens.rules import LONGEST_NAME, TokenArea

OPEN = "tokens"
"""Where the session keeps which dialog is open: `new`, or the key of a token."""
MADE = "token_made"
"""Where the session keeps the secret of a new token until its dialog is closed."""
LIVES = (30, 90, 365)
"""Days that are offered, as far as the vendor lets a token live."""
SOON = timedelta(days=7)


def own_tokens() -> None:
    """The section of one's own account: what there is, and the way to a new one."""
    with unit_of_work(read_only=True) as uow:
        found = queries.own_tokens(uow)
    section(
        "Tokens for programs",
        note="With a token a program reads through the API what you may see, in your name. It is shown once. "
        "Tokens end when you change your password or sign out everywhere.",
        aside=formats.plural(len(found), "token") if found else "",
    )
    if found:
        _listed(found, key="own_tokens", label="Your tokens; open one to revoke it")
    else:
        st.html('<p class="k mu">No program reads in your name.</p>')
    st.button("New token", icon=":material/key:", key="token_new", on_click=_open, args=("new",))
    st.html('<p class="k mu"><a href="/api/v1/docs" target="_blank">What the API answers</a></p>')
    _show_dialog(found)


def managed_tokens() -> None:
    """Tokens of the people whom the actor manages; nothing for anybody else."""
    actor = current_actor()
    if not actor.may("users.manage" if actor.is_vendor else "members.manage"):
        return
    with unit_of_work(read_only=True) as uow:
        found = queries.managed_tokens(uow)
    if not found:
        return
    note = "Programs that read in the name of people you manage. They see what that person may see, no more."
    section("Tokens of others", note=note, aside=formats.plural(len(found), "token"))
    _listed(found, key="managed_tokens", label="Tokens of others; open one to revoke it")
    _show_dialog(found, new=False)


def _open(what: str) -> None:
    st.session_state[OPEN] = what


def _closed() -> None:
    st.session_state.pop(OPEN, None)
    st.session_state.pop(MADE, None)


def _listed(found: Sequence[TokenRow], *, key: str, label: str) -> None:
    if opened := rows([_row(each) for each in found], key=key, label=label):
        _open(opened)


def _row(each: TokenRow) -> Row:
    used = f"last used {formats.instant(each.last_used_at)}" if each.last_used_at else "never used"
    areas = formats.listing([area.capitalize() for area in each.areas])
    whose = f"{each.person} · " if each.user_id != current_actor().user_id else ""
    ends = each.expires_at - now() < SOON
    return Row(
        str(each.id), each.name, f"{whose}{areas} · ends on {each.hint} · {used}", "",
        f"Until {formats.instant(each.expires_at)}", "orange" if ends else "gray", "key",
    )  # fmt: skip


def _show_dialog(found: Sequence[TokenRow], *, new: bool = True) -> None:
    what = st.session_state.get(OPEN, "")
    chosen = next((each for each in found if str(each.id) == what), None)
    if what == "new" and new:
        _new_token()
    elif chosen:
        _revoke(chosen)


@dialog("New token", on_dismiss=_closed)
def _new_token() -> None:
    if secret := st.session_state.get(MADE):
        _shown_once(secret)
        return
    longest = service.terms().longest_days
    lives = [days for days in LIVES if days <= longest] or [longest]
    with st.form("token", border=False):
        name = st.text_input("Program", max_chars=LONGEST_NAME, placeholder="Nightly report")
        areas = st.multiselect(
            "It opens", list(TokenArea), [TokenArea.STATISTICS], format_func=lambda area: TokenArea(area).words
        )
        days = st.selectbox("It lives", lives, index=min(1, len(lives) - 1), format_func=lambda days: f"{days} days")
        asked = st.form_submit_button("Make token", type="primary")
    if not asked:
        return
    try:
        with unit_of_work() as uow:
            made = service.create(uow, name, areas, days)
    except DomainError as error:
        show_problems(error)
        return
    st.session_state[MADE] = made.secret
    st.rerun()  # the dialog comes again, now with the secret


def _shown_once(secret: str) -> None:
    st.write("Copy the token now, to where the program keeps its secrets. It is not shown again.")
    st.code(secret, language=None, wrap_lines=True)
    if st.button("I have copied it", type="primary", key="token_copied"):
        _closed()
        st.rerun()


def _revoke(token: TokenRow) -> None:
    whose = f" of {token.person}" if token.user_id != current_actor().user_id else ""

    @dialog(f"Token “{token.name}”{whose}", on_dismiss=_closed)
    def ask() -> None:
        opens = " ".join(f"{TokenArea(area).words}." for area in token.areas)
        st.write(formats.plain(f"{opens} Made {formats.instant(token.created_at)}."))
        st.write("Programs that use it are refused from the moment it is revoked.")
        if st.button("Revoke", type="primary", key="token_revoke", icon=":material/key_off:"):
            with outcome(done=f"“{token.name}” opens nothing any more."):
                with unit_of_work() as uow:
                    service.revoke(uow, UUID(str(token.id)))
                _closed()

    ask()
