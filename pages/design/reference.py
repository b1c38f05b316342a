"""Reference data: what every application type counts with, and what belongs to none: calendars, rates,
taxes, messages, permissions."""

import streamlit as st

from dashboard.parts import address
from dashboard.parts.head import page_head
from dashboard.parts.reference_calendars import calendars
from dashboard.parts.reference_limits import MANAGE as LIMITS
from dashboard.parts.reference_limits import agreements, limits
from dashboard.parts.reference_messages import messages
from dashboard.parts.reference_rates import MANAGE as RATES
from dashboard.parts.reference_rates import rates
from dashboard.parts.reference_tables import permissions, values
from dashboard.parts.reference_taxes import taxes
from models.core.actor import current_actor

PARTS = {
    "": "All types",
    "calendars": "Calendars",
    "rates": "Exchange rates",
    "taxes": "Tax rates",
    "limits": "Limits",
    "agreements": "Agreements",
    "messages": "Messages",
    "permissions": "Permissions",
}
NEEDS = {"rates": RATES, "limits": LIMITS}

me = current_actor()
me.demand("reference.view")
page_head("Reference data", line=["What counts everywhere, since when, and who changed it", "GMT+08:00"])
part = address.get("part") if address.get("part") in PARTS else ""


def switch() -> None:
    """The switch between the parts of the page; some are theirs alone who may change them."""
    parts = [each for each in PARTS if me.may(NEEDS.get(each, "reference.view"))]
    bound = address.bound("reference:part", part, lambda value: address.only(part=value or ""))
    st.segmented_control("Part", parts, format_func=PARTS.__getitem__, label_visibility="collapsed", **bound)


may_change = me.may("reference.manage")
switch()
if part == "calendars":
    calendars(address.get("country"), may_change=may_change)
elif part == "rates" and me.may(RATES):
    rates(may_see_history=True)
elif part == "limits" and me.may(LIMITS):
    limits()
elif part == "agreements":
    agreements(may_design=me.may("design.edit"))
elif part == "taxes":
    taxes(may_change=may_change)
elif part == "messages":
    messages(address.get("message"), may_change=may_change)
elif part == "permissions":
    permissions()
else:
    values(may_design=me.may("design.edit"))
