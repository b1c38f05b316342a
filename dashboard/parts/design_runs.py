"""Work over many cases on a page: what happened, carried through a draft; cases under way, moved to a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.again import again
from dashboard.parts.design_work import act
from dashboard.parts.head import section
from dashboard.parts.progress import Progress, job_progress
from models.core.actor import current_actor
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.design import runs
from models.design.rules import RunKind, RunStatus
from models.design.runs import RunCaseRow, RunRow
from models.engines.definitions import versions
from models.engines.workflow.migrating import suggested
from models.engines.workflow.schema import Workflow

UNDER_WAY = (RunStatus.WAITING, RunStatus.RUNNING)


def replay_view(draft_id: UUID, key: str, *, sound: bool) -> None:
    """Replay what happened through the draft, and what came of the last time."""
    section("Replay", aside="cases as they happened, carried through this draft: which would have gone differently?")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        months = st.selectbox("Cases of the last", [3, 6, 12, 24], index=1, key="design:months",
                              format_func=lambda each: f"{each} months, and those under way")  # fmt: skip
        st.button("Replay", type="primary", icon=":material/history:", disabled=not sound, key="design:replay",
                  on_click=_ask, args=(lambda uow: runs.replay(uow, draft_id, months=months),))  # fmt: skip
    _carry_out("The replay has begun. You can leave this page: you are told when it is done.")
    with unit_of_work(read_only=True) as uow:
        found = [each for each in runs.runs(uow, key, [RunKind.REPLAY]) if each.draft_id == draft_id]
    _latest(found, "No case would have gone differently.")


def migrate_view(key: str, olds: dict[int, Workflow], new: Workflow) -> None:
    """Move cases under way to the version in force: look first, then do it, or take it back."""
    section("Cases under way", aside="each keeps the version that it began with, until you move it")
    others = {version: flow for version, flow in olds.items() if flow is not new}
    if not others:
        st.html('<p class="k mu">All cases under way run on the version in force.</p>')
    elif not current_actor().may("design.publish"):
        st.html('<p class="k mu">Whoever may publish moves cases.</p>')
    else:
        mapping = _mapping(others, new)
        st.button("Look what would happen", icon=":material/visibility:", type="primary", key="design:dry",
                  on_click=_ask, args=(lambda uow: runs.dry_run(uow, key, mapping),))  # fmt: skip
    _carry_out("It has begun. You can leave this page: you are told when it is done.")
    with unit_of_work(read_only=True) as uow:
        found = runs.runs(uow, key, [RunKind.DRY_RUN, RunKind.MIGRATE, RunKind.UNDO])
    _latest(found, "")
    if found and found[0].status not in UNDER_WAY and current_actor().may("design.publish"):
        _next_step(found[0])


def _mapping(olds: dict[int, Workflow], new: Workflow) -> dict[str, str]:
    """What stages became that are not there any more: suggested, to be changed."""
    gone: dict[str, str] = {}
    labels = {name: _label(flow, name) for flow in (*olds.values(), new) for name in flow.nodes}
    for old in olds.values():
        gone |= {name: to for name, to in suggested(old, new).items() if name not in new.nodes}
        gone |= {name: "" for name in old.nodes if name not in new.nodes and name not in gone and _holds(old, name)}
    if not gone:
        return {}
    st.html('<p class="k mu">These stages are not there any more. Where do cases go on that stand there?</p>')
    options = ["", *(name for name in new.nodes if _holds(new, name))]
    return {
        name: chosen
        for name, to in gone.items()
        if (chosen := st.selectbox(formats.plain(labels[name]), options, key=f"design:map:{name}",
                                   index=options.index(to) if to in options else 0,
                                   format_func=lambda each: labels.get(each) or "Not moved"))
    }  # fmt: skip


def _label(flow: Workflow, name: str) -> str:
    return flow.nodes[name].label or name.rpartition(".")[2].replace("_", " ").capitalize()


def _holds(flow: Workflow, name: str) -> bool:
    return type(flow.nodes[name]).__name__ in ("FormNode", "ReviewNode", "WaitNode")


def _next_step(last: RunRow) -> None:
    movable = last.told - last.refused
    if last.kind is RunKind.DRY_RUN and last.status is RunStatus.DONE and movable:
        st.button(f"Move {formats.plural(movable, 'case')}", icon=":material/move_down:", key="design:migrate",
                  on_click=_ask, args=(lambda uow: runs.migrate(uow, last.id),))  # fmt: skip
    elif last.kind is RunKind.MIGRATE and movable:
        st.button("Undo this migration", icon=":material/undo:", key="design:undo_run", on_click=_ask,
                  args=(lambda uow: runs.undo(uow, last.id),))  # fmt: skip


def _ask(action: Callable[[UnitOfWork], UUID]) -> None:
    st.session_state["design:run"] = action


def _carry_out(done: str) -> None:
    if action := st.session_state.pop("design:run", None):
        act(done, action)
        st.rerun()


def _latest(found: Sequence[RunRow], nothing: str) -> None:
    """The newest run: how far it is, or what came of it, case by case."""
    if not found:
        return
    last = found[0]
    title = f"{runs.WORDS[last.kind]} of {formats.instant(last.asked_at)}, asked by {last.asked_by_name}"
    if last.status in UNDER_WAY:
        job_progress(title, Progress(last.looked_at, last.total, "cases", last.asked_at))
        if last.kind is RunKind.REPLAY or current_actor().may("design.publish"):
            st.button("Stop it", key="design:cancel_run", type="tertiary", on_click=_stop, args=(last.id,))
        again(1.5)
        return
    version = f" · version {versions.words(last.version)}" if last.version else ""
    section(runs.summary(last), aside=f"{title}{version}")
    with unit_of_work(read_only=True) as uow:
        told = runs.told(uow, last.id)
    if told and last.kind is RunKind.REPLAY:
        st.html('<p class="k mu">A stage that a case never met is taken as approved on the day it is due; the table '
                "says where.</p>")  # fmt: skip
    if told:
        _table(told, replay=last.kind is RunKind.REPLAY)
        if last.told > len(told):
            st.html(f'<p class="k mu">and {formats.plural(last.told - len(told), "more case")}</p>')
    elif nothing:
        st.html(f'<p class="k mu">{nothing}</p>')


def _stop(run_id: UUID) -> None:
    _ask(lambda uow: _cancelled(uow, run_id))


def _cancelled(uow: UnitOfWork, run_id: UUID) -> UUID:
    runs.cancel(uow, run_id)
    return run_id


def _table(told: Sequence[RunCaseRow], *, replay: bool) -> None:
    lines = "".join(
        f"<tr><td class='nw'><a href='{address.link('case', {'case': str(each.case_id)})}' target='_self'>"
        f"{formats.text(each.number)}</a></td><td>{formats.text(each.title)}</td>"
        f"<td>{formats.text(each.went)}</td><td>{formats.text(each.would)}</td>"
        f"<td class='{'t-red' if each.refused else ''}'>{formats.text(each.text) if each.text else ''}</td></tr>"
        for each in told
    )
    was, would = ("Went to", "Would have gone to") if replay else ("Stands at", "Goes on at")
    head = f"<tr><th>Case</th><th>Title</th><th>{was}</th><th>{would}</th><th>Why</th></tr>"
    st.html(f'<div class="k scroll"><table>{head}{lines}</table></div>')
