"""Working calendars of countries: the year's holidays, the vendor's own exceptions and hours, and who changed them."""

from __future__ import annotations

from datetime import date, time, timedelta

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.head import answer, section
from dashboard.parts.outcome import outcome
from dashboard.parts.records import country as country_name
from dashboard.parts.reference_files import files
from dashboard.parts.reference_parts import closed, end_button, ended, history, is_open, open_dialog, table, valid
from models.core.calendars import WorkingCalendar, holiday_names
from models.core.clock import business_date
from models.core.countries import country_codes
from models.core.unit_of_work import unit_of_work
from models.reference import queries, service
from models.reference.queries import ExceptionRow, HoursRow
from models.reference.rules import DayKind


def calendars(country: str, *, may_change: bool) -> None:
    """The calendar of one country, which the address names."""
    chosen = _choose(country)
    with unit_of_work(read_only=True) as uow:
        calendar = queries.calendar(uow, chosen)
        exceptions, hours = queries.exceptions(uow, chosen), queries.hours(uow, chosen)
        changes, today = queries.history(uow, *queries.CALENDARS), uow.today
    opens, closes = calendar.hours_on(today)
    answer(
        f"<b>{formats.text(country_name(chosen))}</b> works {opens:%H:%M} to {closes:%H:%M} (GMT+08:00); "
        f"the next day off is <b>{_next_off(calendar, today)}</b>.",
        beside="Due times count with what is entered here from the moment it is saved; what is due already stays so.",
    )
    if may_change:
        with st.container(horizontal=True):
            for what, words, icon in (
                ("holiday", "Add holiday", "event_busy"), ("workday", "Add working day", "work"),
                ("hours", "Change hours", "schedule"),
            ):  # fmt: skip
                key = f"calendar:{what}"
                st.button(words, icon=f":material/{icon}:", key=key, on_click=open_dialog, args=(key,))
        for kind in DayKind:
            if is_open(f"calendar:{kind}"):
                add_days(chosen, kind, _usual(calendar, kind, today))
        if is_open("calendar:hours"):
            change_hours(chosen, opens, closes)
    section("The vendor's own days")
    if exceptions:
        _exceptions(exceptions, may_change=may_change)
    else:
        state("empty", "No own days", "The country's weekends and public holidays count as they are.")
    if hours:
        section("Working hours")
        _hours(hours, may_change=may_change)
    _public(chosen, today)
    files("days", "hours", may_change=may_change)
    history([each for each in changes if each.changes.get("country") == chosen])


def _choose(country: str) -> str:
    codes = sorted(country_codes(), key=country_name)
    chosen = country if country in country_codes() else "CN"
    bound = address.bound("reference:country", chosen, lambda value: address.put(country=value or "CN"))
    picked = st.selectbox("Country", codes, format_func=country_name, **bound)
    return str(picked or chosen)


def _next_off(calendar: WorkingCalendar, today: date) -> str:
    days = (today + timedelta(days=ahead) for ahead in range(1, 367))
    off = next((day for day in days if not calendar.works_on(day) and day.weekday() < 5), None)
    return f"{off:%A}, {formats.day(off)}" if off else "no weekday"


def _exceptions(rows: list[ExceptionRow], *, may_change: bool) -> None:
    table(
        ("Days", "What", "Name", "", "Entered"),
        [(valid(row.validity), row.kind.words, formats.text(row.name), ended(row), _entered(row)) for row in rows],
    )
    end_button([(row, f"{row.name}, {valid(row.validity)}") for row in rows], queries.CALENDARS[0], may_change)


def _hours(rows: list[HoursRow], *, may_change: bool) -> None:
    table(
        ("Valid", "Hours", "", "Entered"),
        [(valid(row.validity), f"{row.opens:%H:%M} to {row.closes:%H:%M}", ended(row), _entered(row)) for row in rows],
    )
    words = [(row, f"{row.opens:%H:%M} to {row.closes:%H:%M}, {valid(row.validity)}") for row in rows]
    end_button(words, queries.CALENDARS[1], may_change)


def _entered(row: ExceptionRow | HoursRow) -> str:
    return f"{formats.text(formats.instant(row.created_at))} by {formats.text(row.created_by)}"


def _public(country: str, today: date) -> None:
    """The country's public holidays from today to the end of next year."""
    found = [
        (day, name) for year in (today.year, today.year + 1) for day, name in holiday_names(country, year).items()
        if day >= today
    ]  # fmt: skip
    section("Public holidays to come", aside="kept by Kontor; an own working day overrides one")
    if found:
        table(("Day", "Weekday", "Name"), [(formats.day(day), f"{day:%A}", formats.text(name)) for day, name in found])
    else:
        state("empty", "No list for this country", "Only weekends are off: add its holidays as own days.")


def _usual(calendar: WorkingCalendar, kind: DayKind, today: date) -> date:
    """The next day that the entry would change."""
    works, day = kind is DayKind.WORKDAY, today + timedelta(days=1)
    while calendar.works_on(day) is works:
        day += timedelta(days=1)
    return day


def add_days(country: str, kind: DayKind, usual: date) -> None:
    """Enter days that are off, or worked."""

    @dialog(f"{country_name(country)}: {kind.words.lower()}", on_dismiss=closed)
    def ask() -> None:
        with st.form("days", border=False):
            name = st.text_input("Name", placeholder="Company day")
            first = st.date_input("First day", usual)
            last = st.date_input("Last day, included", None)
            if st.form_submit_button("Save", type="primary"):
                with outcome(done=f"{name} is in the calendar."):
                    with unit_of_work() as uow:
                        service.add_exception(uow, country, kind, name, first, last)
                    closed()

    ask()


def change_hours(country: str, opens: time, closes: time) -> None:
    """Enter when the day begins and ends."""

    @dialog(f"{country_name(country)}: working hours", on_dismiss=closed)
    def ask() -> None:
        with st.form("hours", border=False):
            begins, ends = st.time_input("Opens", opens), st.time_input("Closes", closes)
            first = st.date_input("From", business_date())
            last = st.date_input("Until, included", None, help="Empty: until others are entered.")
            if st.form_submit_button("Save", type="primary"):
                with outcome(done="The working hours are saved."):
                    with unit_of_work() as uow:
                        service.set_hours(uow, country, begins, ends, first, last)
                    closed()

    ask()
