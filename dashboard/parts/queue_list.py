"""The queue as a list: three lines a case, the open one marked; real buttons, arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from dashboard.parts.rows import Tone

_CSS = """
:host { display: block }
.rows { font-family: var(--st-font); font-size: 13px; color: var(--ink); line-height: 1.42; overflow-y: auto;
  max-height: var(--max, none); scrollbar-width: thin }
button { all: unset; box-sizing: border-box; display: block; width: 100%; cursor: pointer; position: relative;
  padding: 8px 10px 8px 12px; border-bottom: 1px solid var(--line2) }
.l { display: flex; justify-content: space-between; gap: 10px }
.l > :first-child { min-width: 0 }
.l > :last-child { flex: none; max-width: 62% }
button:last-child { border-bottom: 0 }
button:hover { background: var(--sunk) }
button[aria-current=true] { background: var(--accent-bg) }
button[aria-current=true]::before { content: ""; position: absolute; left: 0; top: 0; bottom: 0; width: 3px;
  background: var(--accent-fill); border-radius: 0 2px 2px 0 }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 6px }
.t { font-weight: 500; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.s { display: block; color: var(--ink2); font-size: 12px; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis }
.a { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.d { font-size: 12px; font-weight: 500; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.red { color: var(--red) } .orange { color: var(--orange) } .green { color: var(--green) }
.blue { color: var(--accent) }
.gray { color: var(--ink2); font-weight: 400 }
"""
_JS = """
const once = (event) => {
  // A key that is still held when the next case comes up must not decide it.
  if (event.repeat && event.key.length === 1 && !event.composedPath()[0].matches?.('input, textarea'))
    event.stopImmediatePropagation();
};
export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  window.removeEventListener('keydown', window.kontorOnce, true);
  window.kontorOnce = once;
  window.addEventListener('keydown', once, true);
  const list = parentElement.querySelector('.rows');
  list.setAttribute('aria-label', data.label);
  list.style.setProperty('--max', data.max);
  const span = (name, text) => {
    const node = document.createElement('span');
    node.className = name;
    node.textContent = text;
    return node;
  };
  list.replaceChildren(...data.rows.map((row) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('aria-current', String(row.id === data.selected));
    const line = (first, second) => {
      const node = document.createElement('span');
      node.className = 'l';
      node.append(first, second);
      return node;
    };
    button.append(line(span('t', row.title), span('a', row.amount)), span('s', row.sub),
      line(span('d ' + row.tone, row.due), span('s a', row.age)));
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
  const open = list.querySelector('[aria-current=true]');
  if (open) open.scrollIntoView({ block: 'nearest' });
}
"""
_component = st.components.v2.component("kontor_queue", html='<div class="rows" role="group"></div>', css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case that waits: who asks, how much, at which stage and what for, until when, since when."""

    id: str
    title: str
    amount: str
    sub: str
    due: str
    tone: Tone
    age: str


def queue_list(items: Sequence[Waiting], *, selected: str, key: str, label: str) -> str | None:
    """Draw the queue; the case that was opened in this run."""
    data = {
        "rows": [asdict(item) for item in items],
        "selected": selected,
        "label": label,
        "max": "calc(100vh - 15rem)",
    }
    opened = getattr(_component(data=data, key=key, on_open_change=_noted), "open", None)
    return opened if isinstance(opened, str) else None


def _noted() -> None:
    """A trigger is delivered only to components that name a callback."""
