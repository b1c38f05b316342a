"""Exchange rates: what currencies are worth, since when and until when, who entered it; one part for every page."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import streamlit as st

from dashboard.parts import formats, list_page
from dashboard.parts.dialog import dialog
from dashboard.parts.head import answer
from dashboard.parts.outcome import outcome
from dashboard.parts.reference_files import files
from dashboard.parts.reference_parts import closed, history, is_open, open_dialog
from dashboard.parts.rows import Tone
from models.catalog import queries, service
from models.core.clock import business_date
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow
from models.reference import queries as reference

MANAGE = "catalog.manage"


def rates(first: Callable[[], None] | None = None, *, may_see_history: bool) -> None:
    """All rates as a list, a form for another, files, and who changed what; `first` stands before its toolbar."""
    base = settings().base_currency
    with unit_of_work(read_only=True) as uow:
        known = queries.rates(uow, base=base)
        shown = list_page.ask(uow, "rates")
        changes = reference.history(uow, *reference.RATES) if may_see_history else []
    list_page.toolbar(shown, first=first)
    words = f"<b>{formats.plural(len(known), 'currency', 'currencies')}</b> can be converted into {base}."
    answer(
        words if known else f"No currency can be converted into <b>{base}</b> yet: enter a rate.",
        beside="A rate counts from its day until the next of its source; of several sources the newest rate converts.",
    )
    st.button("Enter rate", type="primary", icon=":material/currency_exchange:", on_click=open_dialog, args=("rate",))
    if is_open("rate"):
        enter(base)
    list_page.draw(shown, label="Exchange rates, the newest first", look=look)
    files("rates", may_change=True)
    history(changes)


def look(row: ListRow) -> tuple[Tone, str]:
    """A rate on a phone."""
    return "gray", "currency_exchange"


@dialog("Exchange rate", on_dismiss=closed)
def enter(base: str) -> None:
    """What one unit of a currency was worth on a day."""
    with st.form("rate", border=False):
        source = st.text_input("Source", placeholder="Who says so, such as Month-end rates", key="rate:source")
        on = st.date_input("Counts from", business_date(), key="rate:on")
        currency = st.text_input("Currency", max_chars=3, placeholder="EUR", key="rate:currency").strip().upper()
        value = st.text_input(f"One unit in {base}", placeholder="1.0842", key="rate:value")
        st.caption("The same source and day again corrects it; earlier days stay as they are.")
        if st.form_submit_button("Enter", type="primary"):
            with outcome(done=f"{currency} is entered."):
                with unit_of_work() as uow:
                    service.enter_rate(uow, source=source, on=on, currency=currency, base=base, value=number(value))
                closed()


def number(text: str) -> Decimal:
    """What was typed as an exact number; what is none becomes NaN, which the service refuses in words."""
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return Decimal("NaN")
