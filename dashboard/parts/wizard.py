"""Draws any form: steps, inputs, rows, files, agreements, live totals and what a reviewer will check; kept as typed.

A page hands over a `Paper` and a `Desk` (`wizard_work.py`), read anew in every run. Callbacks of inputs only take over
what was typed; the run that follows keeps it, in the person's name and before anything is drawn.
Source: BEN-COM-03 (steps), BEN-COM-05 (counters), BEN-COM-06 (uploads), BEN-MDA-05 (asks once).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.dialog import dialog
from dashboard.parts.head import section
from dashboard.parts.outcome import flash
from dashboard.parts.shell import style
from dashboard.parts.wizard_fields import Sheet, earlier, entry, figures, is_figure, take
from dashboard.parts.wizard_files import agreement, files
from dashboard.parts.wizard_panel import bar, findings_panel, trouble
from dashboard.parts.wizard_rows import in_grid, rows, take_rows
from dashboard.parts.wizard_words import marked
from dashboard.parts.wizard_work import Desk, Paper, Place, Work, at_work
from models.core.errors import DomainError, Problem
from models.engines.forms.schema import Field, Form
from models.engines.forms.validation import problems
from models.engines.forms.values import Filled, columns_of
from models.engines.forms.words import words
from models.engines.workflow.findings import Finding, Verdict

__all__ = ["Desk", "Paper", "wizard"]

_PARAM = "step"
_ONE_BY_ONE = ("text", "email", "phone", "choice", "yes_no", "date", "count", "usd", "long_text")
_WIDE = ("long_text", "rows", "files", "agreement", "note", "earlier")


def wizard(paper: Paper, desk: Desk, *, key: str) -> None:
    """Draw a form at its step; `key` tells one paper from another (the case and its form).

    The step stands in the address (`step=2`), so that *back* and a sent link work.
    """
    with st.container(key=f"{key}:wizard-hidden-style"):
        style("wizard.css")
    form, work = paper.form, at_work(key, paper)
    step = _step(form, work.step)
    work.save(desk, step)
    work.begin_drawing()
    wrong = problems(form, work.data, versions={name: each.version for name, each in paper.agreements.items()})
    found = desk.findings(work.data)
    sheet = Sheet(paper, desk, work, _said(form, work, wrong, found))
    bar(form, step, _marks(form, step, wrong, work), work)
    trouble(form, work)
    left, right = st.columns([2.1, 1], gap="large") if found or paper.after else (st.container(), None)
    with left:
        _summary(form, step, wrong, work)
        _fields(form, step, sheet)
        work.end_drawing()
        _buttons(paper, step, work)
    if right is not None:
        with right, st.container(key=f"{key}:aside", gap="xsmall"):
            if found:
                findings_panel(found)
            if paper.after:
                paper.after()
    _ask(paper, desk, work, found)


def _step(form: Form, saved: int) -> int:
    text = address.get(_PARAM)
    step = int(text) - 1 if text.isdecimal() else saved
    return min(max(step, 0), len(form.steps) - 1)


def _go(step: int) -> None:
    address.put(**{_PARAM: str(step + 1)})


# ---- what is wrong ----


def _said(form: Form, work: Work, wrong: Sequence[Problem], found: Sequence[Finding]) -> dict[str, list[str]]:
    """What is said at each place: what is missing only where somebody wanted to go on."""
    said: dict[str, list[str]] = {}
    for problem in wrong:
        if problem.field and (problem.code != "FORM-REQUIRED" or form.step_of(problem.field) in work.told):
            said.setdefault(problem.field, []).append(problem.text)
    more = [(problem.field, problem.text) for problem in work.refused]
    more += [(each.field, each.text or each.label) for each in found if each.verdict is Verdict.FIX]
    for field, text in more:
        if field and text not in said.get(field, ()):
            said.setdefault(field, []).append(text)
    return said


def _marks(form: Form, step: int, wrong: Sequence[Problem], work: Work) -> list[str]:
    bad = {form.step_of(problem.field) for problem in (*wrong, *work.refused) if problem.field}
    return [
        "wrong" if number in bad and number in work.told else "done" if number not in bad and number < step else ""
        for number in range(len(form.steps))
    ]


def _summary(form: Form, step: int, wrong: Sequence[Problem], work: Work) -> None:
    """What keeps one from going on, above the inputs; what belongs to no input of this step is named here."""
    there = [*wrong, *work.refused]
    here = [problem for problem in there if problem.field and form.step_of(problem.field) == step]
    if here and step in work.told:
        things = formats.plural(len(here), "thing")
        st.error(f"{things} to put right in this step, marked below.", icon=":material/error:")
    for problem in work.refused:
        if not problem.field or form.step_of(problem.field) is None:
            st.error(f"{problem.text} ({problem.code})", icon=":material/error:")
    _other_steps(form, step, there, work)


def _other_steps(form: Form, step: int, there: Sequence[Problem], work: Work) -> None:
    """The way to each other step with something to put right."""
    counted = Counter(form.step_of(problem.field) for problem in there if problem.field)
    others = [number for number in range(len(form.steps)) if counted[number] and number != step and number in work.told]
    if not others:
        return
    with st.container(horizontal=True, gap="xsmall", key=f"{work.key}:mend"):
        for number in others:
            things = formats.plural(counted[number], "thing")
            st.button(
                f"{things} to put right in step {number + 1}: {marked(form.steps[number].title)}",
                key=f"{work.key}:mend{number}", icon=":material/arrow_forward:", on_click=_go, args=(number,),
            )  # fmt: skip


# ---- the step ----


def _fields(form: Form, step: int, sheet: Sheet) -> None:
    part, filled = form.steps[step], Filled(form, sheet.work.data)
    if part.note:
        st.html(f'<p class="k mu">{formats.text(part.note)}</p>')
    for group in _groups([field for field in part.fields if filled.shown(field)]):
        first = group.fields[0]
        if first.section and not (first.type == "rows" and first.section == first.label):
            section(first.section)
        if group.figures:
            figures(group.fields, filled.data, sheet)
        elif _is_wide(group.fields[0]):
            _field(group.fields[0], sheet, filled)
        else:
            for place, field in zip(st.columns(2, gap="medium"), group.fields, strict=False):
                with place:
                    _field(field, sheet, filled)


@dataclass(frozen=True, slots=True)
class _Line:
    """Fields that stand side by side: up to two inputs, one wide one, or a strip of figures."""

    fields: list[Field]
    figures: bool


def _groups(fields: Sequence[Field]) -> list[_Line]:
    """The lines of a step; a section begins one."""
    lines: list[_Line] = []
    for at, field in enumerate(fields):
        last = lines[-1] if lines else None
        next_to = [*fields[at + 1 : at + 2], *([fields[at - 1]] if last and last.figures else [])]
        figure = any(is_figure(field, other) for other in (*next_to, None))
        joins = last is not None and not field.section and last.figures == figure
        room = figure or (last is not None and len(last.fields) == 1 and not _is_wide(last.fields[0]))
        if last is not None and joins and room and (figure or not _is_wide(field)):
            last.fields.append(field)
        else:
            lines.append(_Line([field], figure))
    return lines


def _is_wide(field: Field) -> bool:
    return field.wide or (field.type in _WIDE and (field.type != "earlier" or field.shows == "rows"))


def _field(field: Field, sheet: Sheet, filled: Filled) -> None:
    place, needed = Place(sheet.work, field.name), filled.demanded(field)
    match field.type:
        case "rows":
            rows(field, sheet, needed=needed)
        case "files":
            files(field, place, sheet, needed=needed)
        case "agreement":
            agreement(field, place, sheet, needed=needed)
        case "earlier":
            earlier(field, sheet)
        case "note":
            st.html(f'<p class="k">{formats.text(field.label)}</p>')
        case _:
            entry(field, place, sheet, needed=needed)


def _take_all(form: Form, work: Work, step: int) -> None:
    """Take over everything that stands in the inputs of a step: the click may come before the input's own word."""
    for field in form.steps[step].fields:
        if field.type in _ONE_BY_ONE:
            take(field, Place(work, field.name))
        elif field.type == "rows" and in_grid(field):
            take_rows(field, work)
        elif field.type == "rows":
            found = work.data.get(field.name)
            for number in range(max(len(field.fixed), len(found) if isinstance(found, list) else 0)):
                for column in columns_of(field, number):
                    if column.type in _ONE_BY_ONE:
                        take(column, Place(work, field.name, number, column.name))


# ---- on and back ----


def _buttons(paper: Paper, step: int, work: Work) -> None:
    form, last = paper.form, step == len(paper.form.steps) - 1
    keys = None if work.open else "ctrl+enter"  # keys behind an open dialog would still fire
    with st.container(horizontal=True, vertical_alignment="center", key=f"{work.key}:way"):
        if step:
            st.button(
                "Previous", icon=":material/arrow_back:", key=f"{work.key}:previous", on_click=_previous,
                args=(form, work, step),
            )  # fmt: skip
        st.html('<div class="k mu leave">You can leave any time: everything is kept.</div>')
        if last:
            st.button(
                _action(paper, work), type="primary", key=f"{work.key}:submit", shortcut=keys, on_click=_submit,
                args=(paper, work),
            )  # fmt: skip
        else:
            st.button(
                f"Next: {marked(_lower(form.steps[step + 1].title))}", type="primary", icon=":material/arrow_forward:",
                icon_position="right", key=f"{work.key}:next", shortcut=keys, on_click=_next, args=(paper, work, step),
            )  # fmt: skip


def _lower(title: str) -> str:
    """`Activity materials` goes on in lower case; a title with other capitals is a name."""
    return title[:1].lower() + title[1:] if title[1:].islower() else title


def _action(paper: Paper, work: Work) -> str:
    """The last button: a verb, with the amount where money moves."""
    field = paper.form.field(paper.form.amount)
    value = Filled(paper.form, work.data).value(paper.form.amount) if field else None
    if field is None or value in (None, "0"):
        return paper.form.action
    return f"{paper.form.action} {words(field, value)} {paper.currency}"


def _previous(form: Form, work: Work, step: int) -> None:
    _take_all(form, work, step)
    _go(step - 1)


def _next(paper: Paper, work: Work, step: int) -> None:
    _take_all(paper.form, work, step)
    work.told.add(step)
    versions = {name: each.version for name, each in paper.agreements.items()}
    if not problems(paper.form, work.data, step=step, versions=versions):
        _go(step + 1)


def _submit(paper: Paper, work: Work) -> None:
    last = len(paper.form.steps) - 1
    _take_all(paper.form, work, last)
    work.told |= set(range(last + 1))
    versions = {name: each.version for name, each in paper.agreements.items()}
    work.refused = []
    if not problems(paper.form, work.data, versions=versions):
        work.open = "submit"


def _ask(paper: Paper, desk: Desk, work: Work, found: Sequence[Finding]) -> None:
    """Ask once, then send; what has to be put right first is said instead."""
    if work.open != "submit":
        return
    if standing := [each for each in found if each.verdict is Verdict.FIX]:
        work.refused = [Problem(each.code, f"{each.label}: {each.text}", each.field or None) for each in standing]
    if standing or not work.saved:
        work.open = ""
        st.rerun()
    if paper.form.confirm:
        _confirm(paper, desk, work, found)
    else:
        _send(paper, desk, work)


def _confirm(paper: Paper, desk: Desk, work: Work, found: Sequence[Finding]) -> None:
    def closed() -> None:
        work.open = ""

    @dialog(f"{paper.form.action} {paper.form.title}?", on_dismiss=closed)
    def ask() -> None:
        st.markdown(marked(paper.form.confirm))
        for each in found:
            if each.verdict is Verdict.LOOK:
                st.warning(f"{each.label}: {each.text}", icon=":material/warning:")
        with st.container(horizontal=True):
            if st.button(_action(paper, work), type="primary", key=f"{work.key}:send"):
                _send(paper, desk, work)
            if st.button("Not yet", key=f"{work.key}:not_yet"):
                closed()
                st.rerun()

    ask()


def _send(paper: Paper, desk: Desk, work: Work) -> None:
    """Send what is kept; a refusal stands at its fields, and nothing is lost."""
    work.open = ""
    try:
        desk.submit(work.data)
    except DomainError as error:
        work.refused = list(error.problems)
    else:
        st.session_state.pop(f"{work.key}:work", None)
        flash(paper.form.done)
    st.rerun()
