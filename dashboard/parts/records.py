"""How records are named on pages: countries in words, tones of states, people, and what the history says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.head import Badge
from dashboard.parts.rows import Tone
from models.core.countries import country as country
from models.core.history import HistoryRow
from models.partners.rules import PartnerStatus

NOBODY = UUID(int=0)
_TONES: dict[PartnerStatus, Tone] = {
    PartnerStatus.ACTIVE: "green",
    PartnerStatus.DORMANT: "orange",
    PartnerStatus.SUSPENDED: "red",
    PartnerStatus.LEFT: "gray",
}
_ACTIONS = {
    "partner.changed": "Standing changed",
    "partner.manager_changed": "Ecosystem manager changed",
    "partner.program_joined": "Program joined",
    "partner.program_left": "Program left",
    "customer.assigned": "Account manager assigned",
    "customer.unassigned": "Account manager unassigned",
}
_QUOTAS = {"quota.raised": 1, "quota.lowered": -1}
"""Which way a change of a quota went."""


_ICONS = {
    PartnerStatus.ACTIVE: "check_circle",
    PartnerStatus.DORMANT: "bedtime",
    PartnerStatus.SUSPENDED: "block",
    PartnerStatus.LEFT: "logout",
}


def status_tone(status: PartnerStatus) -> Tone:
    """The colour of a partner's state; the word stands beside it."""
    return _TONES[status]


def status_badge(status: PartnerStatus) -> Badge:
    """A partner's state beside its name."""
    return Badge(status.words, _TONES[status], _ICONS[status])


def facts(pairs: Sequence[tuple[str, str]]) -> None:
    """Facts in two columns, as ready HTML on the right."""
    body = "".join(f"<span>{formats.text(name)}</span><span>{value or formats.NOTHING}</span>" for name, value in pairs)
    st.html(f'<div class="k"><div class="dl">{body}</div></div>')


def table(headers: Sequence[str], lines: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()) -> None:
    """A short table as HTML; cells are ready HTML. `numbers` are the columns that align right."""
    kind = [' class="num"' if place in numbers else "" for place in range(len(headers))]
    head = "".join(f"<th{kind[place]}>{formats.text(header)}</th>" for place, header in enumerate(headers))
    body = "".join(
        "<tr>" + "".join(f"<td{kind[place]}>{cell}</td>" for place, cell in enumerate(line)) + "</tr>" for line in lines
    )
    st.html(f'<div class="k scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')


def history(entries: Sequence[HistoryRow], names: Mapping[UUID, str] | None = None) -> None:
    """What was done, newest first: when, what changed, by whom; `names` of the subjects where they differ."""
    if not entries:
        st.html('<p class="k mu">Nothing was changed yet.</p>')
        return
    st.html(
        '<div class="k">'
        + "".join(_entry(entry, (names or {}).get(entry.subject_id or NOBODY, "")) for entry in entries)
        + "</div>"
    )


def _entry(entry: HistoryRow, name: str) -> str:
    words = _ACTIONS.get(entry.action, entry.action.replace(".", " ").replace("_", " ").capitalize())
    words = f"{words} · {name}" if name else words
    if entry.action in _QUOTAS:
        changed = _quota(entry.changes, _QUOTAS[entry.action])
    else:
        changed = "; ".join(_change(name, value) for name, value in entry.changes.items() if value not in (None, []))
    return (
        f'<div class="ev"><span class="at">{formats.text(formats.clock_or_day(entry.at))}</span>'
        f'<span class="i t-gray" aria-hidden="true">history</span>'
        f"<span><b>{formats.text(words)}</b>{f'<br>{formats.text(changed)}' if changed else ''}"
        f'<br><span class="mu sm">{formats.text(entry.actor_name)}</span></span></div>'
    )


def _quota(changes: Mapping[str, Any], way: int) -> str:
    """`MDF: +5,000.00 USD. A second fair.`"""
    pool = changes.get("name") or str(changes["pool"]).upper()  # old entries hold the key alone
    return f"{pool}: {formats.signed(way * Decimal(changes['amount']))} {changes['currency']}. {changes['reason']}"


def _change(name: str, value: Any) -> str:
    label = name.replace("_", " ").capitalize()
    if isinstance(value, list) and len(value) == 2:
        before, after = (_word(each) for each in value)
        return f"{label}: {before} → {after}"
    return f"{label}: {_word(value)}"


def _word(value: Any) -> str:
    if value is None:
        return formats.NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).replace("_", " ")
