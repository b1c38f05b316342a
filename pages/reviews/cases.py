"""All cases of all partners: where each stands, who holds it, until when."""

import streamlit as st

from dashboard.parts import address, listing
from dashboard.parts.case_list import PARAMS, case_list, chips_of, choices, order_from_address, wanted_from_address
from dashboard.parts.chips import chip_bar, filter_menu, removable
from dashboard.parts.formats import count, plural, text
from dashboard.parts.head import answer, page_head
from models.applications import queries
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work

current_actor().demand("reviews.view")
wanted = wanted_from_address()
with unit_of_work(read_only=True) as uow:
    counted = queries.count_by_status(uow, wanted)
page_head("All cases", line=["Everything partners have sent", "GMT+08:00"])
most = max(counted, key=lambda status: counted[status], default="")
total = sum(counted.values())
answer(
    f"<b>{plural(total, 'case')}</b>, <b>{count(counted[most])}</b> of them {text(most)}." if total
    else "<b>No case.</b>"
)  # fmt: skip
left, middle, right = st.columns([2, 0.9, 1.3], vertical_alignment="center")
with left, chip_bar():
    removable(chips_of())
    filter_menu(lambda: choices(counted), on=bool(chips_of()) or bool(address.get("q")), cleared=PARAMS)
with middle:
    order = order_from_address("cases")
with right:
    listing.search_box("Number, activity or partner", key="cases")
case_list(wanted, total, key="cases", partner=True, order=order)
