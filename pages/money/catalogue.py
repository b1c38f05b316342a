"""Reference data: exchange rates that amounts are converted at; services, products and regions that imports met."""

import streamlit as st

from dashboard.parts import address, list_page
from dashboard.parts.head import answer, page_head
from dashboard.parts.reference_rates import rates
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work

VIEWS = {"rates": "Exchange rates", "services": "Services", "products": "Products", "regions": "Regions"}
actor = current_actor()
actor.demand("catalog.manage")


def switch() -> None:
    """The switch between the parts of the page."""
    bound = address.bound("catalogue_part", part, lambda value: address.only(part=value or "rates"))
    st.segmented_control("Part", list(VIEWS), format_func=VIEWS.__getitem__, label_visibility="collapsed", **bound)


def things(key: str) -> None:
    """What imports met, as a list."""
    with unit_of_work(read_only=True) as uow:
        shown = list_page.ask(uow, key)
    list_page.toolbar(shown, first=switch)
    if shown.rows:
        answer(f"<b>{list_page.total_words(shown)}</b> known; imports add new ones.")
    list_page.draw(shown, label=VIEWS[key])


page_head("Catalogue and rates", line=["Reference data, the same for everybody"])
part = address.get("part") if address.get("part") in VIEWS else "rates"
if part == "rates":
    rates(switch, may_see_history=actor.may("reference.view"))
else:
    things(part)
