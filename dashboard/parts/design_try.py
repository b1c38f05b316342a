"""Try a case on a draft: somebody does something, the case moves; what was tried is kept and tried again later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_try_checks import answer_lines, offer_of, overrides, shown_to_reviewer, whose
from dashboard.parts.design_work import act
from dashboard.parts.head import section
from models.core.unit_of_work import unit_of_work
from models.design import scenarios
from models.design.scenarios import Kept
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.scenario import Expected, Move, Scenario
from models.engines.workflow.terms import Term
from models.engines.workflow.trying import Tried

NOW = "design:scenario"
EXAMPLES = {"usd": "8640.00", "date": "2026-05-21", "count": "12"}
LATER = ("1 working day", "3 working days", "10 days", "30 days", "100 days")


def try_it(made: ApplicationType | None, *, editable: bool) -> None:
    """What could be done next, how the case has gone, and the scenarios that are kept."""
    if made is None:
        st.html('<p class="k mu">A case can be tried when the problems below are mended.</p>')
        return
    scenario = _at_hand(made)
    with unit_of_work(read_only=True) as uow:
        days, looked_at = scenarios.calendar(uow, made), scenarios.records(uow, made, scenario)
        play = scenarios.play(made, scenario, days, looked_at)
        found = scenarios.kept(uow, made.key)
        plays = [
            (each, scenarios.play(made, each.scenario, days, scenarios.records(uow, made, each.scenario)))
            for each in found
        ]
        offered = offer_of(uow, made, scenario)
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        _story(made, scenario, play)
        shown_to_reviewer(play)
    with right:
        whose(scenario, offered, take=partial(_take, made))
        _next(made, scenario, play)
        overrides(made, scenario, of_records=looked_at is not None, take=partial(_take, made))
    _kept(made, scenario, play, plays, editable=editable)


def _at_hand(made: ApplicationType) -> Scenario:
    found = st.session_state.get(NOW)
    if isinstance(found, Scenario) and st.session_state.get(f"{NOW}:key") == made.key:
        return found
    found = scenarios.beginning(made, "A case")
    _take(made, found)
    return found


def _take(made: ApplicationType, scenario: Scenario) -> None:
    st.session_state[NOW], st.session_state[f"{NOW}:key"] = scenario, made.key


def _story(made: ApplicationType, scenario: Scenario, play: Tried) -> None:
    """How the case has gone, move by move."""
    here = ", ".join(made.label(visit.node) for visit in play.state.visits)
    ended = f"It ended: {play.state.outcome.replace('_', ' ')}." if play.state.outcome else f"It stands at {here}."
    section("How the case goes", aside=f"{play.state.status} · {ended}")
    lines = []
    for stand in play.stands:
        move = scenario.moves[stand.move - 1] if stand.move else None
        said = "The case begins" if move is None else _capital(_words(made, move))
        wrong = "".join(
            f'<div class="err"><span class="i" aria-hidden="true">block</span>{formats.text(problem.text)}</div>'
            for problem in stand.problems
            if not any(problem in answer.problems() for answer in stand.answers)
        )
        at = ", ".join(made.label(visit.node) for visit in stand.visits) or "at its end"
        lines.append(
            f"<tr><td class='nw'>{formats.instant(stand.at)}</td>"
            f"<td><b>{formats.text(said)}</b>{wrong}{answer_lines(stand.answers)}</td>"
            f"<td>{formats.text(at)}<br><span class='mu sm'>{formats.text(stand.status)}</span></td></tr>"
        )
    head = "<tr><th>When</th><th>What happens</th><th>Then it stands at</th></tr>"
    st.html(f'<div class="k scroll"><table>{head}{"".join(lines)}</table></div>')
    for problem in play.problems:
        st.warning(formats.plain(problem.text), icon=":material/rule:")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _words(made: ApplicationType, move: Move) -> str:
    after = f"After {move.after}: " if move.after else ""
    node = made.label(move.node) if move.node else ""
    match move.do:
        case "submit":
            return f"{after}the applicant sends {node}"
        case "decide":
            return f"{after}{node}: {move.by} chooses {move.decision.replace('_', ' ')}"
        case "check":
            how = {None: "is done", True: "passes", False: "fails"}
            return f"{after}{node} {how[move.passed]}"
        case "wait":
            return f"{after}nobody does anything"
    return f"{after}{'the applicant' if move.by == 'applicant' else move.by}: {move.do}"


def _next(made: ApplicationType, scenario: Scenario, play: Tried) -> None:
    """A button for everything that could be done."""
    section("What happens next")
    facts = _facts(made, everything=scenario.partner is not None and scenario.sample is None)
    for number, option in enumerate(scenarios.options(made, scenario, play)):
        st.button(option.words, key=f"design:try:{len(scenario.moves)}:{number}", width="stretch", on_click=_move,
                  args=(made, scenario, option.move, facts))  # fmt: skip
    if play.state.outcome is None:
        span = st.selectbox("Nobody does anything for", LATER, key="design:try:span")
        st.button("Let that time pass", icon=":material/schedule:", key="design:try:wait", on_click=_move,
                  args=(made, scenario, Move(do="wait", after=Term.parse(span)), {}))  # fmt: skip
    with st.container(horizontal=True):
        if scenario.moves:
            fewer = scenario.model_copy(update={"moves": scenario.moves[:-1]})
            st.button("Take the last step back", icon=":material/undo:", on_click=_take, args=(made, fewer))
            st.button("Begin again", icon=":material/restart_alt:", on_click=_take,
                      args=(made, scenario.model_copy(update={"moves": ()})))  # fmt: skip


def _facts(made: ApplicationType, *, everything: bool) -> dict[str, Any]:
    """What the next form says: what decisions of the workflow look at, or everything that a check might."""
    nodes = json.dumps(made.model_dump(mode="json")["workflow"]["nodes"])
    asked = [name for name in made.facts if everything or name in nodes]
    if not asked:
        return {}
    given: dict[str, Any] = {}
    with st.expander("What the form says", icon=":material/edit_note:"):
        for name in asked:
            kind, label, key = made.facts[name], name.replace("_", " ").capitalize(), f"design:try:fact:{name}"
            if kind == "yes_no":
                given[name] = st.toggle(label, key=key)
                continue
            typed = st.text_input(label, key=key, placeholder=EXAMPLES.get(kind, "")).strip()
            if typed:
                given[name] = int(typed) if kind == "count" and typed.isdecimal() else typed
    return given


def _move(made: ApplicationType, scenario: Scenario, move: Move, facts: dict[str, Any]) -> None:
    """One step more; a form takes the facts with it."""
    if move.do == "submit" and facts:
        move = move.model_copy(update={"facts": facts})
    _take(made, scenario.model_copy(update={"moves": (*scenario.moves, move)}))


def _kept(
    made: ApplicationType, scenario: Scenario, play: Tried, plays: Sequence[tuple[Kept, Tried]], *, editable: bool
) -> None:
    """Scenarios that are kept: each is tried on what is looked at; what none of them has passed is named."""
    passed = scenarios.covered(made, [each for _, each in plays])
    section("Scenarios", aside=f"tried on what you look at · they pass {passed.percent} % of its nodes and ways")
    for each, one in plays:
        wrong = [problem.text for problem in one.problems]
        wrong += [problem.text for stand in one.stands for problem in stand.problems]
        left, middle, right = st.columns([5, 1, 1], vertical_alignment="center")
        sign, tone = ("error", "t-red") if wrong else ("check_circle", "t-green")
        name, said = formats.text(each.scenario.name), formats.text(wrong[0] if wrong else "goes as expected")
        icon = f'<span class="i {tone}" aria-hidden="true">{sign}</span>'
        left.html(f'<div class="k">{icon} <b>{name}</b> <span class="mu">{said}</span></div>')
        middle.button("Open", key=f"design:open:{each.id}", type="tertiary", on_click=_take, args=(made, each.scenario))
        if editable and right.button("Forget", key=f"design:forget:{each.id}", type="tertiary"):
            with unit_of_work() as uow:
                scenarios.forget(uow, each.id)
            st.rerun()
    if missing := sorted(made.label(node) for node in passed.missing_nodes):
        st.html(f'<p class="k mu">Not passed by any: {formats.text(formats.listing(missing, most=8))}</p>')
    if editable and scenario.moves:
        _keep(made, scenario, play)


def _keep(made: ApplicationType, scenario: Scenario, play: Tried) -> None:
    with st.popover("Keep this case as a scenario", icon=":material/bookmark_add:"):
        name = st.text_input("Name", value=scenario.name, key="design:scenario_name")
        place = play.state.visits[0].node if play.state.visits else ""
        expect = Expected(outcome=play.state.outcome or "", at=place)
        if st.button("Keep it", type="primary", key="design:scenario_keep"):
            wanted = scenario.model_copy(update={"name": name, "expect": expect})
            if act(f"The scenario {name} is kept.", lambda uow: scenarios.keep(uow, made.key, wanted)):
                st.rerun()
