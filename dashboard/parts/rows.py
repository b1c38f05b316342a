"""A dense list of rows that lead somewhere: real buttons, arrow keys, two lines a row, three on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

Tone = Literal["red", "orange", "green", "blue", "gray"]

_CSS = """
:host { display: block }
.box { container-type: inline-size }
.rows { font-family: var(--st-font); font-size: 13px; color: var(--ink); line-height: 1.42; }
button { all: unset; box-sizing: border-box; display: grid; width: 100%; cursor: pointer;
  grid-template-columns: 20px minmax(0, 1fr) max-content minmax(0, 168px) 14px; gap: 0 12px; align-items: center;
  padding: 7px 6px; border-bottom: 1px solid var(--line2) }
button:last-child { border-bottom: 0 }
button:hover { background: var(--sunk) }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 6px }
.words { min-width: 0 }
.t, .s { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.t { font-weight: 500 }
.s { color: var(--ink2); font-size: 12px }
.a { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.d { font-size: 12px; font-weight: 500; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.red { color: var(--red) } .orange { color: var(--orange) } .green { color: var(--green) }
.blue { color: var(--accent) }
.gray { color: var(--ink2); font-weight: 400 }
.i { font-family: "Material Symbols Rounded"; font-size: 18px; line-height: 1.1; font-feature-settings: "liga" }
.go { color: var(--ink2); opacity: .55 }
@container (max-width: 520px) {
  button { grid-template-columns: 22px minmax(0, 1fr) max-content }
  .d { grid-column: 2 / 4; grid-row: 2 }
  .go { display: none }
  .a { grid-column: 3; grid-row: 1 }
}
"""
_JS = """
export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const list = parentElement.querySelector('.rows');
  list.parentElement.classList.add('box');
  list.setAttribute('aria-label', data.label);
  const span = (name, text, hidden) => {
    const node = document.createElement('span');
    node.className = name;
    node.textContent = text;
    if (hidden) node.setAttribute('aria-hidden', 'true');
    return node;
  };
  list.replaceChildren(...data.rows.map((row) => {
    const button = document.createElement('button');
    button.type = 'button';
    const words = document.createElement('div');
    words.className = 'words';
    words.append(span('t', row.title), span('s', row.sub));
    button.append(span('i ' + row.tone, row.icon, true), words, span('a', row.amount), span('d ' + row.tone, row.note),
      span('i go', 'chevron_right', true));
    button.onclick = () => setTriggerValue('open', row.id);
    return button;
  }));
  list.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const buttons = [...list.children];
    const next = buttons[buttons.indexOf(list.getRootNode().activeElement) + step];
    if (next) { next.focus(); event.preventDefault(); }
  };
}
"""
_component = st.components.v2.component("kontor_rows", html='<div class="rows" role="group"></div>', css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do or look at. `note` says in words what the tone says in colour."""

    id: str
    title: str
    sub: str
    amount: str = ""
    note: str = ""
    tone: Tone = "gray"
    icon: str = "chevron_right"


def rows(items: Sequence[Row], *, key: str, label: str) -> str | None:
    """Draw the list; returns the key of the row that was opened in this run. `label` names the list for a listener."""
    result = _component(data={"rows": [asdict(item) for item in items], "label": label}, key=key, on_open_change=_noted)
    opened = getattr(result, "open", None)
    return opened if isinstance(opened, str) else None


def _noted() -> None:
    """A trigger is delivered only to components that name a callback."""
