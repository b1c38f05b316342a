"""Reference data: exchange rates that amounts are converted at; services, products and regions that imports met."""

from decimal import Decimal, InvalidOperation

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.empty import state
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.tables import Column, grid_of_many
from models.catalog import queries, service
from models.core.actor import current_actor
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work

VIEWS = {"rates": "Exchange rates", "services": "Services", "products": "Products", "regions": "Regions"}
BASE = settings().base_currency
current_actor().demand("catalog.manage")


def number(text: str) -> Decimal:
    """What was typed as an exact number; what is none becomes NaN, which the service refuses in words."""
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return Decimal("NaN")


def rates() -> None:
    """The newest rate of each currency, and a form for another."""
    with unit_of_work(read_only=True) as uow:
        known, today = queries.rates(uow, base=BASE), uow.today
    words = f"<b>{formats.plural(len(known), 'currency', 'currencies')}</b> can be converted into {BASE}."
    answer(words if known else f"No currency can be converted into <b>{BASE}</b> yet: enter a rate.")
    listed, form = st.columns([3, 2], gap="large")
    with listed:
        section("Newest rates", aside=f"one unit in {BASE}")
        if known:
            cells = [
                {"currency": code, "value": format(rate.value.normalize(), "f"), "on": formats.day(rate.on),
                 "source": rate.source}
                for code, rate in sorted(known.items())
            ]  # fmt: skip
            columns = [Column("currency", "Currency"), Column("value", f"Value in {BASE}"), Column("on", "Date"),
                       Column("source", "Source")]  # fmt: skip
            grid_of_many(cells, columns, key="rates", alt=f"The newest rates of {len(known)} currencies.")
        else:
            state("empty", "No rate yet", "Amounts of other currencies stand on their own until a rate is entered.")
    with form, st.form("rate", border=False):
        section("Enter a rate", note="The same source and date again corrects it; earlier dates stay as they are.")
        source = st.text_input("Source", placeholder="Who says so, such as Month-end rates")
        on = st.date_input("Date", today)
        currency = st.text_input("Currency", max_chars=3, placeholder="EUR").upper()
        value = st.text_input(f"One unit in {BASE}", placeholder="1.0842")
        if st.form_submit_button("Enter rate", type="primary"):
            with outcome(done=f"{currency} is entered."), unit_of_work() as uow:
                service.enter_rate(uow, source=source, on=on, currency=currency, base=BASE, value=number(value))


def things(view: str) -> None:
    """What imports met, as a list."""
    with unit_of_work(read_only=True) as uow:
        if view == "services":
            cells = [{"family": row.family, "name": row.name} for row in queries.services(uow)]
            columns = [Column("family", "Service family", width=320), Column("name", "Service type", width=480)]
        elif view == "products":
            cells = [{"code": p.code, "name": p.name, "service": p.service_type} for p in queries.products(uow)]
            columns = [Column("name", "Product", width=320), Column("service", "Service type", width=320),
                       Column("code", "Code", width=240)]  # fmt: skip
        else:
            cells = [{"code": row.code, "name": row.name} for row in queries.regions(uow)]
            columns = [Column("name", "Region", width=420), Column("code", "Code", width=320)]
    answer(f"<b>{formats.plural(len(cells), VIEWS[view].lower().rstrip('s'))}</b> known; imports add new ones.")
    if cells:
        grid_of_many(cells, columns, key=view, alt=f"{len(cells)} {VIEWS[view].lower()}.")
    else:
        state("empty", "Nothing yet", "They come with the first import.", link=("Import a delivery", "imports"))


page_head("Catalogue and rates", line=["Reference data, the same for everybody"])
chosen = address.get("view") if address.get("view") in VIEWS else "rates"
bound = address.bound("catalogue_view", chosen, lambda value: address.put(view=value))
picked = st.segmented_control("View", list(VIEWS), format_func=VIEWS.__getitem__, label_visibility="collapsed", **bound)
if (picked or chosen) == "rates":
    rates()
else:
    things(picked or chosen)
