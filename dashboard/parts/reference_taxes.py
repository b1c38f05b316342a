"""Tax rates of countries with their validity."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.head import answer, section
from dashboard.parts.outcome import outcome
from dashboard.parts.records import country as country_name
from dashboard.parts.reference_files import files
from dashboard.parts.reference_parts import closed, end_button, ended, history, is_open, open_dialog, table, valid
from models.core.clock import business_date
from models.core.countries import country_codes
from models.core.unit_of_work import unit_of_work
from models.reference import queries, service
from models.reference.queries import Standing


def taxes(*, may_change: bool) -> None:
    """All rates, the ones in force counted."""
    with unit_of_work(read_only=True) as uow:
        rows, changes = queries.taxes(uow), queries.history(uow, *queries.TAXES)
    in_force = [row for row in rows if row.standing is Standing.IN_FORCE]
    countries = len({row.country for row in in_force})
    answer(
        f"<b>{formats.plural(len(in_force), 'tax rate')}</b> in force in "
        f"{formats.plural(countries, 'country', 'countries')}.",
        beside="MDF amounts include tax as the partner states it. Partners' bills and the invoice amounts "
        "of incentives will be worked out with these rates, by the partner's country and the day.",
    )  # fmt: skip
    if may_change:
        st.button("Enter tax rate", type="primary", icon=":material/percent:", on_click=open_dialog, args=("tax",))
        if is_open("tax"):
            enter()
    files("taxes", may_change=may_change)
    section("Tax rates")
    if not rows:
        state("empty", "No tax rate yet", "Enter what a tax is in a country, and from which day on.")
        return
    table(
        ("Country", "Tax", "Per cent", "Valid", "", "Entered"),
        [
            (
                formats.text(country_name(row.country)), formats.text(row.tax), f"{row.percent.normalize():f}",
                valid(row.validity), ended(row),
                f"{formats.text(formats.instant(row.created_at))} by {formats.text(row.created_by)}",
            )
            for row in rows
        ],
    )  # fmt: skip
    words = [(row, f"{row.country} {row.tax} {row.percent} %, {valid(row.validity)}") for row in rows]
    end_button(words, queries.TAXES[0], may_change)
    history(changes)


@dialog("Tax rate", on_dismiss=closed)
def enter() -> None:
    """A rate from a day on."""
    with st.form("tax", border=False):
        country = st.selectbox("Country", sorted(country_codes(), key=country_name), format_func=country_name)
        tax = st.text_input("Tax", placeholder="VAT")
        percent = st.text_input("Per cent", placeholder="19")
        first = st.date_input(
            "From", business_date(), help="A rate without an end that came before ends the day before."
        )
        last = st.date_input("Until, included", None, help="Empty: until another one is entered.")
        if st.form_submit_button("Enter", type="primary"):
            with outcome(done=f"{tax} is entered."):
                with unit_of_work() as uow:
                    service.set_tax(uow, country, tax, number(percent), first, last)
                closed()


def number(text: str) -> Decimal:
    """What was typed as an exact number; what is none becomes NaN, which the service refuses in words."""
    try:
        return Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return Decimal("NaN")
