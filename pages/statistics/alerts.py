"""Alerts: the figures that one watches, what they told, and each as the view that was filtered for it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts import figure_alerts as parts
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.head import Badge, Crumb, answer, page_head, pill, section
from dashboard.parts.outcome import flash, outcome, show_problems
from dashboard.parts.tiles_chart import chart
from dashboard.parts.tiles_words import Written
from models.core.actor import current_actor
from models.core.clock import business_date
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.statistics import catalogue, queries, service
from models.statistics.asking import answer as ask_figure
from models.statistics.asks import Ask
from models.statistics.findings import finding
from models.statistics.judging import around
from models.statistics.queries import AlertRow, ToldRow
from models.statistics.results import Result
from models.statistics.rules import AlertState, Happening
from models.statistics.tiles import ChartKind

BADGES = {
    AlertState.NEW: Badge("Not looked at yet", "gray", "schedule"),
    AlertState.QUIET: Badge("Quiet", "green", "check_circle"),
    AlertState.RAISED: Badge("Deserves attention", "orange", "warning"),
    AlertState.UNKNOWN: Badge("Too little history", "gray", "hourglass_empty"),
    AlertState.FAILED: Badge("Could not be looked at", "red", "error"),
}
SLEEPING = Badge("Sleeps", "gray", "bedtime")
actor = current_actor()


def wake(key: UUID) -> None:
    """Noted by a button, done at the top of the next run."""
    st.session_state["figure_alert_wake"] = key


def look(key: UUID) -> None:
    """The same for a look by hand."""
    st.session_state["figure_alert_look"] = key


def carry_out() -> None:
    """What a button asked for."""
    if key := st.session_state.pop("figure_alert_wake", None):
        with outcome(done="The alert is awake again."), unit_of_work() as uow:
            service.snooze(uow, key, None)
    if key := st.session_state.pop("figure_alert_look", None):
        done = "It is looked at in the background; you are told when it deserves attention."
        with outcome(done=done), unit_of_work() as uow:
            service.ask_for_look(uow, key)


def one(row: AlertRow, today: date) -> None:
    """An alert: what it watches, by which rule, what the last look found; and what can be done with it."""
    badge = SLEEPING if row.sleeps(today) else BADGES[row.state]
    known = row.question["measures"][0] in catalogue.measures()
    rule = parts.rule_words(row.rule, catalogue.measure(row.question["measures"][0]).unit) if known else ""
    watches = parts.watched(row.ask) if known else "A measure that is gone"
    until = f", until {formats.day(row.snoozed_until)}" if row.sleeps(today) and row.snoozed_until else ""
    looked = f" · looked at {formats.instant(row.looked_at)}" if row.looked_at else ""
    with st.container(key=f"figure_alert:{row.id}", border=True):
        sleeping = f'<span class="mu sm">{formats.text(until)}</span>' if until else ""
        st.html(
            f'<div class="k"><b>{formats.text(row.name)}</b> {pill(badge)}{sleeping}'
            f'<br><span class="mu sm">{formats.text(watches)} · {formats.text(rule)}</span>'
            f'<p>{formats.text(row.words)}<span class="mu sm">{formats.text(looked)}</span></p></div>'
        )
        with st.container(horizontal=True, gap="xsmall"):
            st.button("Look now", key=f"look:{row.id}", icon=":material/refresh:", on_click=look, args=(row.id,))
            if row.sleeps(today):
                st.button("Wake", key=f"wake:{row.id}", icon=":material/alarm:", on_click=wake, args=(row.id,))
            elif st.button("Sleep", key=f"sleep:{row.id}", icon=":material/bedtime:"):
                parts.snooze_dialog(row)
            if known and st.button("Change", key=f"change:{row.id}", icon=":material/edit:"):
                parts.change_dialog(row)
            if st.button("Remove", key=f"remove:{row.id}", icon=":material/delete:"):
                parts.remove_dialog(row)


def told(rows: Sequence[ToldRow]) -> None:
    """What was told, each opening its view."""
    section("What you were told", note="Open one to see the figure as it was filtered")
    if not rows:
        state("empty", "Nothing was told yet", "When a figure deserves attention it stands here, and you get a notice.")
        return
    lines = "".join(
        f'<tr><td>{formats.instant(row.at)}</td><td><a href="figure-alerts?told={row.id}" target="_self">'
        f"{formats.text(row.name)}</a></td><td>{formats.text(row.words)}</td></tr>"
        for row in rows
    )
    head = "<tr><th>When</th><th>Alert</th><th>What</th></tr>"
    st.html(f'<div class="k scroll"><table>{head}{lines}</table></div>')


def view(row: ToldRow) -> None:
    """The figure that an alert told of, along the time around it and by its groups."""
    page_head(row.name, line=[formats.instant(row.at), "GMT+08:00"], crumbs=[Crumb("Alerts", "figure-alerts")])
    answer(formats.text(row.words))
    if row.kind is Happening.FAILED:
        return
    try:
        with unit_of_work(read_only=True) as uow:
            along = ask_figure(uow, around(row.ask))
            groups = ask_figure(uow, row.ask) if row.ask.by else None
    except DomainError as error:
        show_problems(error)
        return
    for problem in along.problems:
        st.caption(formats.plain(problem))
    picture(along, "along")
    if groups:
        picture(groups, "groups")
    if actor.may("explore.use"):
        st.html(f'<div class="k after"><a href="{formats.text(further(row.ask))}" target="_self">Ask further</a></div>')


def picture(found: Result, key: str) -> None:
    """An answer with its finding as the title."""
    words = finding(found)
    values = [row.now[0] for row in found.rows]
    written = Written.of(found.measures[0], found.currency, values)
    unit = written.scale(values).of(written.unit)
    step = f" a {found.ask.granularity.value}" if found.ask.granularity else ""
    section(words, note=f"{found.measures[0].words}{step}{f', {unit}' if unit else ''}.")
    chart(found, ChartKind.LINE, key=f"figure_alert_{key}", alt=words)


def further(ask: Ask) -> str:
    """The question on the desk of Explore."""
    return address.link("explore", ask.to_address())


def everything() -> None:
    """The list of one's alerts, and what they told."""
    today = business_date()
    with unit_of_work(read_only=True) as uow:
        rows, past = queries.alerts(uow), queries.told(uow)
    page_head("Alerts", line=[actor.name, "looked at every day at 06:30 GMT+08:00"])
    if not rows:
        text = "Open any figure under Statistics and choose Alert me."
        state("empty", "You watch no figure yet", text, link=("Statistics", "expenditures"))
        return
    attention = sum(row.state in (AlertState.RAISED, AlertState.FAILED) and not row.sleeps(today) for row in rows)
    verb = "deserves" if attention == 1 else "deserve"
    words = f"<b>{formats.plural(attention, 'figure')}</b> of {len(rows)} you watch {verb} attention."
    answer(words if attention else f"<b>All quiet</b>: none of the {formats.plural(len(rows), 'figure')} you watch.")
    for row in rows:
        one(row, today)
    told(past)


carry_out()
with lake_readable("Alerts"):
    chosen = address.key("told")
    with unit_of_work(read_only=True) as uow:
        opened = next((row for row in queries.told(uow, most=500) if row.id == chosen), None) if chosen else None
    if chosen and opened is None:
        flash("That alert was removed meanwhile.")
    if opened:
        view(opened)
    else:
        everything()
