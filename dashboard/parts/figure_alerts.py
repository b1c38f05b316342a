"""Alerts on figures: set one from any figure, change it, let it sleep, remove it; and how a rule reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.outcome import flash, outcome, show_problems
from models.core.clock import business_date
from models.core.errors import DomainError, Problem, Refused
from models.core.money import exact_text
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import Unit
from models.expenditures.queries import ExpenditureFilter
from models.statistics import catalogue, service
from models.statistics.asking import answer
from models.statistics.asks import EACH, Ask, Compared
from models.statistics.queries import AlertRow

KINDS = {
    "threshold": "passes a limit",
    "change": "changes by a lot",
    "anomaly": "is unusual for its weekday or month",
}
DIRECTIONS = {"either": "either way", "up": "more only", "down": "less only"}
AGAINST = {"previous": "the period before", "year": "the same period a year ago"}
THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d*)?$")
"""A number as our pages write it: `1,250.00`. Otherwise a comma is a decimal point."""
SLEEPS = {"Until tomorrow": 1, "A week": 7, "A month": 30}


def alert_button(ask: Ask, *, key: str, label: str = "Alert me") -> None:
    """A button that sets an alert on a figure: the first measure of a question, within its filters."""
    if st.button(
        label, key=key, icon=":material/notification_add:", help="Be told when this figure deserves attention"
    ):
        set_dialog(ask.changed(measures=ask.measures[:1]))


def of_expenditures(asked: ExpenditureFilter) -> Ask:
    """What the expenditure page shows as a question that moves with the calendar: the last full month, its filters."""
    more: dict[str, Any] = {"currency": asked.currency}
    if asked.conversion:
        more = {
            "convert": {"base": asked.conversion.base, "source": asked.conversion.source, "on": asked.conversion.on}
        }
    return Ask.of("expenditure", where={each.dimension: each.values for each in asked.filters}, **more)


@dialog("Alert on this figure")
def set_dialog(ask: Ask) -> None:
    """Name, when to tell, and what the rule says of the figure now."""
    measure = catalogue.measure(ask.measures[0])
    st.caption(watched(ask))
    name = st.text_input("Name", value=measure.words, key="figure_alert_name", max_chars=120)
    rule, against = _rule_fields(ask, {}, "new")
    if st.button("Set alert", type="primary", key="figure_alert_set"):
        try:
            with unit_of_work() as uow:
                _, found = service.set_alert(uow, name, _compared(ask, against), _checked(rule))
        except DomainError as error:
            show_problems(error)
        else:
            flash(f"“{name.strip() or measure.words}” is watched. Now: {found.words}", link=("Alerts", "figure-alerts"))
            st.rerun()


@dialog("Change this alert")
def change_dialog(row: AlertRow) -> None:
    """Another name or rule; a sleeping alert wakes."""
    st.caption(watched(row.ask))
    name = st.text_input("Name", value=row.name, key=f"figure_alert_name:{row.id}", max_chars=120)
    rule, against = _rule_fields(row.ask, row.rule, str(row.id))
    if st.button("Save changes", type="primary", key=f"figure_alert_save:{row.id}"):
        with outcome(done="The alert is changed."), unit_of_work() as uow:
            ask = _compared(row.ask, against)
            service.change_alert(uow, row.id, name, ask, _checked(rule), expected=row.version)


@dialog("Let this alert sleep")
def snooze_dialog(row: AlertRow) -> None:
    """Until when it keeps still."""
    today = business_date()
    choice = st.radio("For how long", list(SLEEPS), key=f"figure_alert_sleep:{row.id}")
    until = today + timedelta(days=SLEEPS[choice or "A week"] - 1)
    st.caption(f"It keeps still until the end of {formats.day(until)} (GMT+08:00), then looks again.")
    if st.button("Let it sleep", type="primary", key=f"figure_alert_snooze:{row.id}"):
        with outcome(done=f"“{row.name}” sleeps until {formats.day(until)}."), unit_of_work() as uow:
            service.snooze(uow, row.id, until)


@dialog("Remove this alert")
def remove_dialog(row: AlertRow) -> None:
    """Asks once: what it told goes with it."""
    st.write(f"“{formats.plain(row.name)}” is watched no longer, and what it told is removed.")
    if st.button("Remove alert", type="primary", key=f"figure_alert_remove:{row.id}"):
        with outcome(done="Removed."), unit_of_work() as uow:
            service.remove(uow, row.id)


def watched(ask: Ask) -> str:
    """What an alert watches: `Expenditure by customer, last month, within 2 filters`."""
    measure = catalogue.measure(ask.measures[0])
    names = catalogue.dimensions()
    by = f" by {names[ask.by[0]].words.lower()}" if ask.by and ask.by[0] in names else ""
    period = str(getattr(ask.period, "value", "a fixed period")).replace("_", " ")
    within = f", within {formats.plural(len(ask.where), 'filter')}" if ask.where else ""
    return f"{measure.words}{by}, {period}{within}"


def rule_words(rule: Mapping[str, Any], unit: Unit) -> str:
    """A rule in words: `above 100`, `changes by more than 30 %, less only`."""
    kind = rule.get("kind")
    if kind == "threshold":
        limits = [f"{side} {_shown(rule[side], unit)}" for side in ("above", "below") if rule.get(side) is not None]
        return " or ".join(limits)
    way = "" if rule.get("direction") == "either" else f", {DIRECTIONS[str(rule.get('direction'))]}"
    if kind == "change":
        least = Decimal(str(rule.get("least") or 0))
        more = f" and at least {_shown(least, unit)}" if least else ""
        return f"changes by more than {formats.exact(Decimal(str(rule['percent'])))} %{more}{way}"
    return f"is unusual for its weekday or month by {formats.exact(Decimal(str(rule['percent'])))} % or more{way}"


def _currency(ask: Ask) -> str:
    """In which currency its amounts are shown; nothing where that is not one, or cannot be said now."""
    if ask.currency == EACH:
        return ""
    with suppress(DomainError), unit_of_work(read_only=True) as uow:
        return answer(uow, ask).currency
    return ""


def _rule_fields(ask: Ask, rule: Mapping[str, Any], mark: str) -> tuple[dict[str, Any], str]:
    """The fields of a rule, and with what a change is compared; typed values stand as text until they are checked."""
    unit = catalogue.measure(ask.measures[0]).unit

    def key(name: str) -> str:
        return f"figure_alert_{name}:{mark}"

    kinds = list(KINDS)
    kind = st.selectbox(
        "Tell me when it", kinds, index=kinds.index(rule.get("kind", "threshold")), format_func=KINDS.__getitem__,
        key=key("kind"),
    )  # fmt: skip
    if kind == "threshold":
        words = {Unit.SHARE: "%", Unit.DURATION: "hours", Unit.MONEY: _currency(ask)}.get(unit, "")
        suffix = f" (in {words})" if words else ""
        left, right = st.columns(2)
        above = left.text_input(f"Above{suffix}", value=_typed(rule.get("above"), unit), key=key("above"))
        below = right.text_input(f"Below{suffix}", value=_typed(rule.get("below"), unit), key=key("below"))
        return {"kind": kind, "above": _given(above, unit), "below": _given(below, unit)}, ""
    left, right = st.columns(2)
    percent = left.text_input("By more than (in %)", value=str(rule.get("percent") or "20"), key=key("percent"))
    ways = list(DIRECTIONS)
    way = right.selectbox(
        "Which way", ways, index=ways.index(rule.get("direction", "either")), format_func=DIRECTIONS.__getitem__,
        key=key("way"),
    )  # fmt: skip
    found = {"kind": kind, "percent": percent.strip().replace(",", "."), "direction": way}
    if kind == "anomaly":
        st.caption("Compared with the median of the same weekdays (or months) before. The newest day may still grow and"
                   " is left out.")  # fmt: skip
        return found, ""
    options = list(AGAINST)
    now = next((each.value for each in ask.against if each.value in AGAINST), "previous")
    against = left.selectbox(
        "Against", options, index=options.index(now), format_func=AGAINST.__getitem__, key=key("against")
    )
    least = right.text_input("And at least", value=_typed(rule.get("least"), unit), key=key("least"),
                             help="Smaller changes are left out, however large in percent.")  # fmt: skip
    return {**found, "least": _given(least, unit) or "0"}, against


def _compared(ask: Ask, against: str) -> Ask:
    return ask.changed(against=(Compared(against),)) if against else ask


def _typed(value: Any, unit: Unit) -> str:
    """A stored value as a person types it: shares in percent, durations in hours."""
    if value is None or Decimal(str(value)) == 0:
        return ""
    number = Decimal(str(value))
    number = number * 100 if unit is Unit.SHARE else number / 3600 if unit is Unit.DURATION else number
    return exact_text(number)


def _given(text: str, unit: Unit) -> str | None:
    """What was typed as the rule holds it; what is no number is kept as it is, for the rule to refuse in words."""
    plain = text.strip().removesuffix("%").replace("−", "-").replace(" ", "")
    if not plain:
        return None
    try:
        number = Decimal(plain.replace(",", "") if THOUSANDS.match(plain) else plain.replace(",", "."))
    except InvalidOperation:
        return plain
    number = number / 100 if unit is Unit.SHARE else number * 3600 if unit is Unit.DURATION else number
    return str(number)


def _checked(rule: dict[str, Any]) -> dict[str, Any]:
    """A typed rule without what was left open.

    Raises:
        Refused: something typed is no number.
    """
    for name in ("above", "below", "percent", "least"):
        try:
            Decimal(str(rule.get(name) or 0))
        except InvalidOperation as error:
            text = f"{rule[name]!r} is no number. Type it like 1250.50."
            raise Refused(Problem("ALERT-NUMBER", text, name)) from error
    return {name: value for name, value in rule.items() if value is not None}


def _shown(value: Any, unit: Unit) -> str:
    number = Decimal(str(value))
    if unit is Unit.SHARE:
        return f"{formats.exact(number * 100)} %"
    if unit is Unit.DURATION:
        return f"{formats.exact(number / 3600)} hours"
    return formats.amount(number) if unit is Unit.MONEY else formats.exact(number)
