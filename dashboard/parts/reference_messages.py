"""The words of messages: what each says, changed with a preview; earlier words and the way back to them."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.head import answer, section
from dashboard.parts.outcome import outcome, show_problems
from dashboard.parts.reference_files import files
from dashboard.parts.reference_parts import history
from dashboard.parts.rows import Row, rows
from models.core.errors import Refused
from models.core.unit_of_work import unit_of_work
from models.reference import queries, wording
from models.reference.messages import SAMPLE, WORDS, filled, wording_problems
from models.reference.wording import MessageRow, TextRow


def messages(key: str, *, may_change: bool) -> None:
    """All messages, or the one that the address names."""
    with unit_of_work(read_only=True) as uow:
        found = wording.messages(uow)
        earlier = wording.texts(uow, key)
        changes = queries.history(uow, *queries.MESSAGES)
    chosen = next((row for row in found if row.key == key), None)
    if chosen:
        _one(chosen, earlier, may_change=may_change)
        history([each for each in changes if each.changes.get("message") == key])
        return
    changed = sum(row.changed is not None for row in found)
    answer(
        f"<b>{formats.plural(len(found), 'message')}</b>, "
        f"{f'<b>{changed}</b>' if changed else 'none'} of them not as delivered.",
        beside="Each stands on the home page of whoever is told, and goes out by e-mail."
    )  # fmt: skip
    opened = rows(
        [
            Row(row.key, row.message.name, f"{row.message.to}: {filled(row.subject, SAMPLE)}",
                note=f"Changed by {row.changed.by}" if row.changed else "As delivered",
                tone="blue" if row.changed else "gray", icon="mail")
            for row in found
        ],
        key="messages", label="Messages; open one to read or change it",
    )  # fmt: skip
    files("messages", may_change=may_change)
    if opened:
        address.put(message=opened)
        st.rerun()


def _one(row: MessageRow, earlier: list[TextRow], *, may_change: bool) -> None:
    """What one message says, and an example of it."""
    st.button("All messages", icon=":material/arrow_back:", type="tertiary", on_click=address.put,
              kwargs={"message": None})  # fmt: skip
    section(row.message.name, aside=f"told to: {row.message.to.lower()}")
    seen = row.changed.id if row.changed else None
    writing, preview = st.columns(2, gap="large")
    with writing:
        # Widgets are new with each wording, so that they show what is in force after a change.
        subject = st.text_input("Subject", row.subject, key=f"message:{row.key}:{seen}:subject",
                                disabled=not may_change)  # fmt: skip
        text = st.text_area("Text", row.text, key=f"message:{row.key}:{seen}:text", height=140,
                            disabled=not may_change)  # fmt: skip
        known = "".join(
            f"<span><b>{{{formats.text(name)}}}</b></span><span>{formats.text(WORDS[name])}</span>"
            for name in row.message.placeholders
        )
        st.html(f'<div class="k"><div class="dl">{known}</div></div>')
    with preview:
        _preview(row, subject, text)
        if may_change:
            _actions(row, subject, text, seen)
    _earlier(row, earlier, seen, may_change=may_change)


def _preview(row: MessageRow, subject: str, text: str) -> None:
    facts = {name: SAMPLE[name] for name in row.message.placeholders}
    body = formats.text(filled(text, facts)).replace("\n", "<br>") if filled(text, facts) else ""
    st.html(
        f'<div class="k card"><p class="mu">Example</p><b>{formats.text(filled(subject, facts))}</b><p>{body}</p></div>'
    )
    if problems := wording_problems(row.message, subject, text):
        show_problems(Refused(problems))


def _actions(row: MessageRow, subject: str, text: str, seen: UUID | None) -> None:
    changed = (subject.strip(), text.strip()) != (row.subject, row.text)
    with st.container(horizontal=True):
        if st.button("Save", type="primary", disabled=not changed, key="message:save"):
            with outcome(done=f"{row.message.name}: the new words are told from now on."), unit_of_work() as uow:
                wording.set_words(uow, row.key, subject, text, expected=seen)
        if seen and st.button("As delivered", icon=":material/undo:", key="message:restore"):
            with outcome(done=f"{row.message.name} says what it came with."), unit_of_work() as uow:
                wording.roll_back(uow, row.key, None, expected=seen)


def _earlier(row: MessageRow, earlier: list[TextRow], seen: UUID | None, *, may_change: bool) -> None:
    past = [each for each in earlier if each.until is not None]
    if not past:
        return
    section("Earlier words")
    for each in past:
        until = formats.instant(each.until)
        with st.expander(formats.plain(f"{each.subject} ({formats.instant(each.since)} to {until}, by {each.by})")):
            st.text(each.text or "No text.")
            if may_change and st.button("Say this again", key=f"message:back:{each.id}"):
                with outcome(done=f"{row.message.name} says this again."), unit_of_work() as uow:
                    wording.roll_back(uow, row.key, each.id, expected=seen)
