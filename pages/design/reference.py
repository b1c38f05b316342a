"""Reference data: what every application type counts with, and what belongs to none: calendars, taxes, permissions."""

import streamlit as st

from dashboard.parts import address
from dashboard.parts.head import page_head
from dashboard.parts.reference_calendars import calendars
from dashboard.parts.reference_messages import messages
from dashboard.parts.reference_tables import permissions, values
from dashboard.parts.reference_taxes import taxes
from models.core.actor import current_actor

PARTS = {
    "": "All types",
    "calendars": "Calendars",
    "taxes": "Rates and taxes",
    "messages": "Messages",
    "permissions": "Permissions",
}

me = current_actor()
me.demand("reference.view")
page_head("Reference data", line=["What counts everywhere, since when, and who changed it", "GMT+08:00"])
part = address.get("part") if address.get("part") in PARTS else ""
st.segmented_control(
    "Part", list(PARTS), format_func=PARTS.__getitem__, label_visibility="collapsed",
    **address.bound("reference:part", part, lambda value: address.put(part=value or "")),
)  # fmt: skip
may_change = me.may("reference.manage")
if part == "calendars":
    calendars(address.get("country"), may_change=may_change)
elif part == "taxes":
    taxes(may_change=may_change, may_see_rates=me.may("catalog.manage"))
elif part == "messages":
    messages(address.get("message"), may_change=may_change)
elif part == "permissions":
    permissions()
else:
    values(may_design=me.may("design.edit"))
