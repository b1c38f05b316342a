"""What stands around the inputs of a form: the bar of steps, whether all is kept, what a reviewer will check."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.wizard_work import Work
from models.engines.forms.changes import changes
from models.engines.forms.schema import Form
from models.engines.workflow.findings import Finding, Verdict

_VERDICTS = {
    Verdict.PASSED: ("green", "check_circle", "Passed"),
    Verdict.LOOK: ("orange", "warning", "Look"),
    Verdict.FIX: ("red", "cancel", "Fix"),
    Verdict.LATER: ("gray", "do_not_disturb_on", "Later"),
}
_TO_TOP = """
export default function (component) {
  const last = component.parentElement.kontorStep;
  if (last !== undefined && last !== component.data.step) {
    document.querySelector('[data-testid=stMain]')?.scrollTo({ top: 0 });
  }
  component.parentElement.kontorStep = component.data.step;
}
"""
_to_top = st.components.v2.component("kontor_to_top", html="<i></i>", css=":host {\n  display: none;\n}", js=_TO_TOP)


def bar(form: Form, step: int, marks: Sequence[str], work: Work) -> None:
    """The numbered steps with those that are done, and when everything was kept last (BEN-COM-03)."""
    steps = "".join(_step(number, part.title, step, marks[number]) for number, part in enumerate(form.steps))
    where = f"Step {step + 1} of {len(form.steps)}"
    listed = f'<ol class="steps" aria-label="{where}">{steps}</ol>' if len(form.steps) > 1 else "<span></span>"
    st.html(f'<div class="k bar">{listed}{_kept(work)}</div>')
    with st.container(key=f"{work.key}:wizard-hidden-top"):
        _to_top(data={"step": step}, key=f"{work.key}:top")


def _step(number: int, title: str, step: int, mark: str) -> str:
    state = "now" if number == step else mark
    sign = {"done": "✓", "wrong": "!"}.get(state, str(number + 1))
    words = {"done": "done: ", "wrong": "to mend: ", "now": ""}.get(state, "")
    here = " aria-current=step" if number == step else ""
    dot = f'<span class="dot" aria-hidden="true">{sign}</span>'
    return f'<li class="{state}"{here}>{dot}<span><span class="sr">{words}</span>{formats.text(title)}</span></li>'


def _kept(work: Work) -> str:
    if work.trouble or work.theirs:
        return '<span class="kept t-red"><span class="i" aria-hidden="true">cloud_off</span> Not saved yet</span>'
    if work.saved_at is None:
        return '<span class="kept"><span class="i" aria-hidden="true">cloud</span> Kept as you type</span>'
    exact = f"{formats.instant(work.saved_at)} ({formats.preferences().zone_name})"
    return (
        f'<span class="kept" role="status" title="{formats.text(exact)}"><span class="i t-green" aria-hidden="true">'
        f"cloud_done</span> Saved {formats.text(formats.clock_or_day(work.saved_at))}</span>"
    )


def trouble(form: Form, work: Work) -> None:
    """Why something is not kept, and what somebody else saved meanwhile beside what stands here."""
    if work.trouble:
        st.error(
            f"Not saved: {work.trouble} What you typed stays here and is tried again with your next change.",
            icon=":material/cloud_off:",
        )
    if work.theirs:
        _choose(form, work)
    elif work.note:
        st.info(f"{work.note} What you both typed was put together.", icon=":material/group:")


def _choose(form: Form, work: Work) -> None:
    differing = changes(form, {**work.data, **work.theirs}, work.data)
    lines = "".join(
        f"<tr><td>{formats.text(change.label)}</td><td>{formats.text(change.before)}</td>"
        f"<td>{formats.text(change.after)}</td></tr>"
        for change in differing
    )
    with st.container(border=True, key=f"{work.key}:choose"):
        st.html(
            f'<div class="k" role="alert"><b>{formats.text(work.note)}</b> These fields differ; nothing is lost, and '
            "nothing is saved until you choose."
            f"<table><tr><th>Field</th><th>Saved meanwhile</th><th>Typed here</th></tr>{lines}</table></div>"
        )
        with st.container(horizontal=True):
            st.button("Keep what is typed here", key=f"{work.key}:mine", on_click=work.settle, kwargs={"mine": True})
            st.button("Take what was saved", key=f"{work.key}:theirs", on_click=work.settle, kwargs={"mine": False})


def findings_panel(found: Sequence[Finding], *, title: str = "What a reviewer will check", aside: str = "live") -> None:
    """The result of every rule in words, each with its verdict as icon, colour and word."""
    lines = "".join(_finding(finding) for finding in found)
    st.html(
        f'<div class="k"><div class="card finds"><div class="top"><b>{formats.text(title)}</b>'
        f'<span class="mu">{formats.text(aside) if aside else ""}</span></div>{lines}</div></div>'
    )


def _finding(finding: Finding) -> str:
    tone, icon, word = _VERDICTS[finding.verdict]
    link = f' <a href="{formats.text(finding.link)}" target="_self">Put it right</a>' if finding.link else ""
    text = f"<p>{formats.text(finding.text)}{link}</p>" if finding.text or link else ""
    sign = f'<span class="i t-{tone}" aria-hidden="true">{icon}</span>'
    said = f"<div><b>{formats.text(finding.label)}</b>{text}</div>"
    return f'<div class="find">{sign}{said}<span class="t-{tone}">{word}</span></div>'
