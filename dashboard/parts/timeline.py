"""The timeline of a case, the same for partner, reviewer and manager; and the line over its whole life."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.due import due_words
from models.applications.case_view import CaseView
from models.applications.queries import role_words
from models.applications.timeline import TimelineRow
from models.engines.workflow.road import Stop


def phases(view: CaseView) -> None:
    """The phases of the case's life as a line: those behind, the present one, those ahead."""
    names = view.type.phases
    at = len(names) if view.state.outcome and view.state.outcome != "deleted" else _place(names, view.row.phase)
    parts = []
    for place, name in enumerate(names):
        kind, word = ("ok", "Done") if place < at else ("now", view.row.status) if place == at else ("", "")
        current = ' aria-current="step"' if place == at else ""
        parts.append(
            f'<div class="{kind}"{current}><b>{formats.text(name)}</b><br>{formats.text(word) if word else ""}</div>'
        )
    st.html(f'<div class="k life" role="list" style="--n:{len(names)}">{"".join(parts)}</div>')


def _place(names: Sequence[str], phase: str) -> int:
    return names.index(phase) if phase in names else 0


def timeline(view: CaseView) -> None:
    """What happened, whom the case waits for and until when, and what comes then."""
    done = "".join(map(_done, (row for row in view.timeline if not row.current)))
    now = "".join(map(_current, (row for row in view.timeline if row.current)))
    ahead = "".join(_ahead(view, stop) for stop in view.road)
    if not done and not now:
        st.html('<p class="k mu">Nothing has happened yet.</p>')
        return
    st.html(f'<div class="k tl">{done}{now}{ahead}</div>')


def _done(row: TimelineRow) -> str:
    said = " ".join(part for part in (row.reason, f"“{row.comment}”" if row.comment else "") if part)
    status = f'<span class="pill t-gray">{formats.text(row.status)}</span>' if row.status else ""
    below = f"<br>{formats.text(said)}" if said else ""
    return _line(row.icon, f"t-{row.tone}", f"<b>{formats.text(row.title)}</b> {status}{below}",
                 formats.text(row.by), formats.instant(row.at))  # fmt: skip


def _current(row: TimelineRow) -> str:
    words, tone = due_words(row.due_at, paused=row.paused)
    until = f'<span class="t-{tone}">{formats.text(words)}</span>' if row.due_at or row.paused else ""
    title = f'<b>{formats.text(row.title)}</b> <span class="mu">now</span>'
    since = f"since {formats.text(formats.instant(row.at))}"
    return _line("radio_button_checked", "t-blue", title, formats.text(row.by), until or since, cls=" cur")


def _ahead(view: CaseView, stop: Stop) -> str:
    who = role_words(stop.roles) if stop.roles else "Partner" if stop.kind == "form" else ""
    label = "Completed" if stop.kind == "end" else view.type.label(stop.node)
    when = f"~{formats.day(formats.business(stop.latest))}" if stop.latest else ""
    return _line("radio_button_unchecked", "t-gray", f'<span class="mu">{formats.text(label)}</span>',
                 formats.text(who) if who else "", formats.text(when) if when else "")  # fmt: skip


def _line(icon: str, tone: str, words: str, who: str, when: str, cls: str = "") -> str:
    return (
        f'<div class="r{cls}"><span class="i {tone}" aria-hidden="true">{icon}</span><span>{words}</span>'
        f'<span class="wh">{who}</span><span class="num">{when}</span></div>'
    )
