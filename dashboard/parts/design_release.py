"""How a draft comes into force on a page: the difference it makes, proposing, agreeing, declining, rolling back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_work import act
from dashboard.parts.dialog import dialog
from models.core.unit_of_work import UnitOfWork
from models.design import drafting, publishing
from models.design.difference import Difference
from models.engines.definitions import versions
from models.engines.definitions.tables import DefinitionPublication

_SIGNS = {"new": ("add", "t-green"), "gone": ("remove", "t-red"), "changed": ("edit", "t-orange")}
_WORDS = {"new": "New", "gone": "Taken away", "changed": "Changed"}


OPEN = "design:dialog"
"""Where the session keeps which dialog is open."""


def asked(what: str, *, pressed: bool) -> bool:
    """Whether a dialog is to be drawn: its button was pressed in this run or before, and it was not closed since."""
    if pressed:
        st.session_state[OPEN] = what
    return bool(st.session_state.get(OPEN) == what)


def closed() -> None:
    """No dialog is open any more."""
    st.session_state.pop(OPEN, None)


def difference_list(found: Sequence[Difference], *, most: int = 40) -> None:
    """What a draft changes, a line each."""
    if not found:
        st.html('<p class="k mu">Nothing that concerns a case differs from the version in force.</p>')
        return
    lines = "".join(map(_line, found[:most]))
    more = f'<p class="mu">and {formats.plural(len(found) - most, "more change")}</p>' if len(found) > most else ""
    st.html(f'<div class="k diff">{lines}{more}</div>')


def _line(each: Difference) -> str:
    sign, tone = _SIGNS[each.kind]
    about, text = formats.text(each.about), formats.text(each.text) if each.text else ""
    values = ""
    if each.kind == "changed" and (each.before or each.after):
        values = f" <s>{formats.text(each.before)}</s> → <b>{formats.text(each.after)}</b>"
    return (
        f'<div><span class="i {tone}" role="img" aria-label="{_WORDS[each.kind]}">{sign}</span>'
        f"<span><b>{about}</b>{': ' if about and text else ' '}{text}{values}</span></div>"
    )


def unstaffed_list(waits: Sequence[tuple[str, str]]) -> None:
    """Stages that nobody decides now: where, and why."""
    for where, text in waits:
        st.warning(formats.plain(f"{where}: {text}"), icon=":material/person_off:")


@dialog("Propose this draft", width="large", on_dismiss=lambda: closed())
def propose(draft_id: UUID, found: Sequence[Difference], waits: Sequence[tuple[str, str]]) -> None:
    """Ask for somebody's agreement; `waits` are stages that nobody decides now."""
    st.markdown("Somebody else has to agree. Then new cases begin under it; those under way keep their version.")
    unstaffed_list(waits)
    difference_list(found)
    note = st.text_area(
        "What changes, and why", key="design:note", max_chars=1000, placeholder="Whoever agrees reads it."
    )
    _buttons("Propose", lambda: "Proposed. Whoever may agree was told.",
             lambda uow: publishing.propose(uow, draft_id, note=note))  # fmt: skip


@dialog("Agree to this change", width="large", on_dismiss=lambda: closed())
def agree(
    draft_id: UUID, name: str, by: str, note: str, found: Sequence[Difference], waits: Sequence[tuple[str, str]]
) -> None:
    """Read what changes, and let it come into force."""
    st.markdown(formats.plain(f"{by}: {note}"))
    unstaffed_list(waits)
    difference_list(found)
    st.markdown(formats.plain(f"From then on new cases of {name} begin under it. It can be taken back at any time."))
    _buttons("Agree and publish", lambda: f"{name} is published.", lambda uow: publishing.publish(uow, draft_id))


@dialog("Decline this change", on_dismiss=lambda: closed())
def decline(draft_id: UUID, by: str) -> None:
    """Say no, and why."""
    reason = st.text_area("What is missing", key="design:reason", max_chars=1000)
    _buttons("Decline", lambda: f"Declined. {by} was told why.",
             lambda uow: publishing.decline(uow, draft_id, reason=reason))  # fmt: skip


@dialog("Give up this draft", on_dismiss=lambda: closed())
def give_up(draft_id: UUID, name: str) -> None:
    """Close a draft without publishing it."""
    st.markdown(formats.plain(f"The draft of {name} is closed; the version in force stays. Its steps are kept."))
    _buttons("Give up the draft", lambda: f"The draft of {name} was given up.",
             lambda uow: drafting.discard(uow, draft_id))  # fmt: skip


@dialog("Roll back", on_dismiss=lambda: closed())
def roll_back(key: str, name: str, version: int) -> None:
    """Let new cases begin under an earlier version again."""
    words = versions.words(version)
    st.markdown(
        formats.plain(f"New cases of {name} begin under version {words} again; those under way keep their version.")
    )
    note = st.text_area("Why", key="design:why", max_chars=1000)
    _buttons("Roll back", lambda: f"New cases of {name} begin under version {words}.",
             lambda uow: publishing.roll_back(uow, key, version, note=note))  # fmt: skip


def _buttons(verb: str, done: Callable[[], str], action: Callable[[UnitOfWork], object]) -> None:
    left, right = st.columns(2)
    if left.button(verb, type="primary", width="stretch", key="design:do") and act(done(), action):
        closed()
        st.rerun()
    if right.button("Not yet", width="stretch", key="design:not_yet"):
        closed()
        st.rerun()


def history_list(found: Sequence[DefinitionPublication]) -> None:
    """Who published what, the newest first."""
    rows = "".join(
        f"<tr><td class='nw'>{formats.instant(each.at)}</td><td>Version {versions.words(each.version)}</td>"
        f"<td>{formats.text(each.wanted_by_name)}, agreed by {formats.text(each.agreed_by_name)}</td>"
        f"<td>{formats.text(each.note)}</td></tr>"
        for each in found
    )
    head = "<tr><th>When</th><th>Came into force</th><th>Who</th><th>What and why</th></tr>"
    st.html(f'<div class="k scroll"><table>{head}{rows}</table></div>')
