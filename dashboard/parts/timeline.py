"""The timeline of a case, the same for partner, reviewer and manager; and the line over its whole life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.due import due_words
from models.applications.case_view import CaseView
from models.applications.queries import role_words
from models.applications.timeline import TimelineRow
from models.engines.workflow.road import Stop


def phases(view: CaseView) -> None:
    """The phases of the case's life as a line: those behind with their days, the present one, those ahead."""
    names = view.type.phases
    at = len(names) if view.type.succeeded(view.state.outcome) else _place(names, view.row.phase)
    spans, ahead = _spans(view), _ahead_by_phase(view)
    parts = []
    for place, name in enumerate(names):
        kind = "ok" if place < at else "now" if place == at else ""
        first, last = spans.get(name, (None, None))
        if place < at:
            said = _between(first, last)
        elif place == at:
            said = _present(view, first)
        else:
            said = f"by ~{_day(ahead[name])}" if name in ahead else ""
        current = ' aria-current="step"' if place == at else ""
        parts.append(
            f'<div class="{kind}" role="listitem"{current}><b>{formats.text(name)}</b><br>'
            f"{formats.text(said) if said else ''}</div>"
        )
    st.html(f'<div class="k life" role="list" style="--n:{len(names)}">{"".join(parts)}</div>')


def _present(view: CaseView, first: datetime | None) -> str:
    """What is said of the phase where the case stands, or where it came to its end."""
    if view.state.ended_at is not None:
        return f"ended {_day(view.state.ended_at)}"
    return f"now, since {_day(first)}" if first else "now"


def _day(at: datetime) -> str:
    return formats.day(formats.business(at))


def _between(first: datetime | None, last: datetime | None) -> str:
    if first is None:
        return "Done"
    if last is None or _day(first) == _day(last):
        return _day(first)
    return f"{_day(first)} – {_day(last)}"


def _spans(view: CaseView) -> dict[str, tuple[datetime, datetime | None]]:
    """By phase: when the case came there first, and when it left it last."""
    found: dict[str, tuple[datetime, datetime | None]] = {}
    before = ""
    for row in view.timeline:
        if row.current or row.phase == before:
            continue
        if before in found:
            found[before] = (found[before][0], row.at)
        found.setdefault(row.phase, (row.at, None))
        before = row.phase
    if before in found:
        found[before] = (found[before][0], view.state.ended_at)
    return found


def _ahead_by_phase(view: CaseView) -> dict[str, datetime]:
    """By phase: until when it is promised to be over."""
    return {stop.phase: stop.latest for stop in view.road if stop.latest}


def _place(names: Sequence[str], phase: str) -> int:
    return names.index(phase) if phase in names else 0


def timeline(view: CaseView, *, road: bool = True) -> None:
    """What happened, whom the case waits for and until when, and (`road`) what comes then."""
    done = "".join(map(_done, (row for row in view.timeline if not row.current)))
    now = "".join(map(_current, (row for row in view.timeline if row.current)))
    ahead = "".join(_ahead(view, stop) for stop in view.road if road)
    if not done and not now:
        st.html('<p class="k mu">Nothing has happened yet.</p>')
        return
    st.html(f'<div class="k tl">{done}{now}{ahead}</div>')


def _done(row: TimelineRow) -> str:
    said = " ".join(part for part in (row.reason, f"“{row.comment}”" if row.comment else "") if part)
    status = f'<span class="pill t-gray">{formats.text(row.status)}</span>' if row.status else ""
    given = " · ".join(f"{label} {words}" for label, words in row.given)
    below = "".join(f"<br>{formats.text(each)}" for each in (given, said) if each)
    return _line(row.icon, f"t-{row.tone}", f"<b>{formats.text(row.title)}</b> {status}{below}",
                 formats.text(row.by), formats.instant(row.at))  # fmt: skip


def _current(row: TimelineRow) -> str:
    words, tone = due_words(row.due_at, paused=row.paused)
    until = f'<span class="t-{tone}">{formats.text(words)}</span>' if row.due_at or row.paused else ""
    title = f'<b>{formats.text(row.title)}</b> <span class="mu">now</span>'
    since = f"since {formats.text(formats.clock_or_day(row.at))}"
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
