"""Whose records a tried case is carried through, what its checks answered, and what is said by hand instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.head import section
from models.applications.rows import CaseRow
from models.core.clock import business_date, business_midnight
from models.core.unit_of_work import UnitOfWork
from models.design import scenarios
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.answers import Answer, By
from models.engines.workflow.findings import Verdict
from models.engines.workflow.scenario import Scenario
from models.engines.workflow.trying import Tried
from models.partners import queries as partners

Take = Callable[[Scenario], None]
TENTH = timedelta(hours=10)
"""When the day begins on which a tried case begins."""
NOBODY = ""
"""The choice of no partner, and of no case."""
PASSED, FAILED, RECORDS = "passes", "fails", ""
MARKS = {
    Verdict.PASSED: ("check_circle", "t-green", "Passed"), Verdict.LOOK: ("warning", "t-orange", "Look at it"),
    Verdict.FIX: ("block", "t-red", "Failed"), Verdict.LATER: ("hourglass_empty", "mu", "Cannot be said yet"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """The partners to choose among, and the cases of the chosen one whose forms may be taken."""

    partners: dict[UUID, str]
    samples: list[CaseRow]


def offer_of(uow: UnitOfWork, made: ApplicationType, scenario: Scenario) -> Offer:
    """What can be chosen for a scenario by whoever tries it."""
    taken = scenarios.samples(uow, made, scenario.partner) if scenario.partner else []
    return Offer(partners.options(uow), taken)


def whose(scenario: Scenario, offered: Offer, *, take: Take) -> None:
    """The partner whose records count, the case whose forms are sent, and the day it begins."""
    section("Whose case it is")
    _bound("design:try:partner", scenario.partner or NOBODY)
    st.selectbox(
        "Partner", [NOBODY, *offered.partners], format_func=lambda each: offered.partners.get(each, "No partner"),
        key="design:try:partner", on_change=_partner, args=(scenario, take),
        help="Checks and rules of forms are asked of this partner's records. Nothing is changed by it.",
    )  # fmt: skip
    if scenario.partner is None:
        st.html('<p class="k mu sm">Choose one to run its checks for real. Until then they are taken as passed.</p>')
        return
    if scenario.partner not in offered.partners:
        st.html('<p class="k mu sm">You may not see this partner: its checks are taken as passed.</p>')
        return
    rows = {row.id: row for row in offered.samples}
    if rows:
        _bound("design:try:sample", scenario.sample if scenario.sample in rows else NOBODY)
        st.selectbox(
            "Forms filled in as in", [NOBODY, *rows], key="design:try:sample", on_change=_sample,
            args=(scenario, rows, take), format_func=lambda each: _sample_words(rows.get(each)),
        )  # fmt: skip
    else:
        st.html('<p class="k mu sm">It has sent none of these yet: type what the form says below.</p>')
    _bound("design:try:began", business_date(scenario.began))
    st.date_input("It begins on", key="design:try:began", on_change=_began, args=(scenario, take))


def _sample_words(row: CaseRow | None) -> str:
    return f"{row.number} · {row.title}" if row else "What you type below"


def _bound(key: str, value: object) -> None:
    """Show what the scenario says, also after another one was opened."""
    st.session_state[key] = value


def _partner(scenario: Scenario, take: Take) -> None:
    chosen = st.session_state["design:try:partner"] or None
    take(scenario.model_copy(update={"partner": chosen, "sample": None}))


def _sample(scenario: Scenario, rows: dict[UUID, CaseRow], take: Take) -> None:
    """Times are judged as they were when the sample was begun."""
    chosen = st.session_state["design:try:sample"] or None
    began = rows[chosen].opened_at if chosen else scenario.began
    take(scenario.model_copy(update={"sample": chosen, "began": began}))


def _began(scenario: Scenario, take: Take) -> None:
    if chosen := st.session_state["design:try:began"]:
        take(scenario.model_copy(update={"began": _morning(chosen)}))


def _morning(day: date) -> datetime:
    return business_midnight(day) + TENTH


def answer_lines(answers: Iterable[Answer]) -> str:
    """A line for each answer, as HTML: a sign and a word, what was found, and what it looked at."""
    return "".join(_line(answer) for answer in answers)


def _line(answer: Answer) -> str:
    label = scenarios.check_words(answer.check)
    sign, tone, word = _mark(answer)
    found = " ".join(dict.fromkeys(each.text for each in answer.findings if each.text))
    said = {By.HAND: "Said by hand.", By.NOBODY: answer.failed or "Not asked: taken as passed.", By.RECORDS: ""}
    more = [f"Looked at {formats.listing(list(answer.looked), most=8)}."] if answer.looked else []
    more += [f"Not given: {formats.listing(list(answer.lacking), most=6)}."] if answer.lacking else []
    text = " ".join(part for part in (said[answer.by], found if answer.by is not By.NOBODY else "") if part)
    return (
        f'<div class="tried"><span class="i {tone}" aria-hidden="true">{sign}</span><span><b>{formats.text(label)}</b> '
        f'<span class="{tone}">{word}</span>{_html(" ", text)}{_html("<br>", " ".join(more), "mu sm")}</span></div>'
    )


def _html(before: str, text: str, style: str = "") -> str:
    return f'{before}<span class="{style}">{formats.text(text)}</span>' if text else ""


def _mark(answer: Answer) -> tuple[str, str, str]:
    if answer.failed and answer.by is By.NOBODY:
        return "help", "t-orange", "Could not be asked"
    if answer.by is not By.RECORDS:
        return MARKS[Verdict.PASSED if answer.passed else Verdict.FIX]
    order = (Verdict.FIX, Verdict.LOOK, Verdict.LATER, Verdict.PASSED)
    found = {finding.verdict for finding in answer.findings}
    return MARKS[next((verdict for verdict in order if verdict in found), Verdict.PASSED)]


def shown_to_reviewer(play: Tried) -> None:
    """What checks say to whoever reviews the case where it stands."""
    if play.shown:
        section("What its reviewer is shown now")
        st.html(f'<div class="k">{answer_lines(play.shown)}</div>')


def overrides(made: ApplicationType, scenario: Scenario, *, of_records: bool, take: Take) -> None:
    """What checks answer whatever the records say."""
    asked = scenarios.asked_checks(made, of_records=of_records)
    if not asked:
        return
    first = "As the records say" if of_records else "Not asked: taken as passed"
    words = {RECORDS: first, PASSED: "Passes", FAILED: "Fails"}
    with st.expander("Say yourself what checks answer", icon=":material/rule:"):
        for name, label in asked.items():
            key = f"design:try:check:{name}"
            said = scenario.checks.get(name)
            _bound(key, RECORDS if said is None else PASSED if said else FAILED)
            st.selectbox(label, list(words), format_func=words.__getitem__, key=key, on_change=_say,
                         args=(scenario, name, key, take))  # fmt: skip


def _say(scenario: Scenario, name: str, key: str, take: Take) -> None:
    rest = {check: said for check, said in scenario.checks.items() if check != name}
    chosen = st.session_state[key]
    take(scenario.model_copy(update={"checks": rest | ({name: chosen == PASSED} if chosen else {})}))
