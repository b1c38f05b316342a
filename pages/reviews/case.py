"""One case with everything about it: the same for partner, reviewer and manager; what differs is what each may do."""

from uuid import UUID

import streamlit as st

from dashboard.parts import address
from dashboard.parts.case_partner import partner_actions
from dashboard.parts.case_screen import case_head, review_body, screen_of, where_it_is
from dashboard.parts.deciding import Turn, action_bar, carry_out
from dashboard.parts.empty import state
from dashboard.parts.head import Crumb, answer, page_head
from dashboard.parts.timeline import phases
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work

actor = current_actor()
above = Crumb("All cases", "cases") if actor.is_vendor else Crumb("Benefits", "benefits")


def asked_for() -> UUID | None:
    """The case that the address names."""
    try:
        return UUID(address.get("case").partition("/")[0])
    except ValueError:
        return None


carry_out()
case_id = asked_for()
if case_id is None:
    page_head("Case", crumbs=[above])
    state("empty", "No case is named", "Open one from a list.", link=(f"Go to {above.text.lower()}", above.address))
    st.stop()
try:
    with unit_of_work(read_only=True) as uow:
        screen = screen_of(uow, case_id)
except DomainError as error:
    page_head("Case", crumbs=[above])
    words = [problem.text for problem in error.problems]
    state("refused", "This case is not shown", *words, link=(f"Go to {above.text.lower()}", above.address))
    st.stop()
view = screen.view
mine = next((task for task in view.tasks if task.visit in view.may.decide or task.visit in view.may.hindered), None)
case_head(view, mine, above=above)
if actor.is_vendor:
    answer(where_it_is(view))
phases(view)
if not actor.is_vendor:
    partner_actions(view)
review_body(screen, mine)
if mine is not None:
    action_bar(Turn(view, mine))
