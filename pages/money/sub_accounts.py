"""Say whose a sub-account is: its lines leave Unmapped and stand with the customer and the partner of their day."""

import streamlit as st

from dashboard.parts import address, formats, list_page, mapping
from dashboard.parts.again import again
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.pager import search_box
from dashboard.parts.tables import full_height, grid_of_many
from models.core.unit_of_work import unit_of_work
from models.customers import queries as customers
from models.expenditures import service, sub_accounts
from models.expenditures.service import Owner

SHOWN = 100
PARTS = {"": "Unmapped", "mapped": "Mapped"}


def choose_owner(ticked: list[sub_accounts.SubAccountRow]) -> None:
    """Find the customer, see what would move, map."""
    with st.container(border=True):
        find, choose = st.columns([1, 1.4], vertical_alignment="bottom")
        text = find.text_input("Find a customer", placeholder="Name, account or e-mail", key="find_customer")
        with unit_of_work(read_only=True) as uow:
            offered = customers.options(uow, search=text.strip())
        customer = choose.selectbox(
            "Customer", list(offered), index=0 if len(offered) == 1 else None, format_func=offered.__getitem__,
            placeholder="Choose whose they are" if offered else "No customer matches",
        )  # fmt: skip
        if customer is None:
            st.caption(f"{formats.plural(len(ticked), 'sub-account')} chosen. Whose are they?")
            return
        st.info(mapping.preview_words(ticked, offered[customer]), icon=":material/info:")
        if st.button(f"Map to {offered[customer]}", type="primary"):
            owners = [Owner(row.source, row.sub_account_id, customer) for row in ticked]
            with outcome(done="Mapped. The lines move in the background."), unit_of_work() as uow:
                service.map_sub_accounts(uow, owners)


def unmapped_list(accounts: int, found: list[sub_accounts.SubAccountRow]) -> None:
    """What is nobody's, to tick and map."""
    title, search = st.columns([2.2, 1], vertical_alignment="bottom")
    with title:
        section("Unmapped sub-accounts", aside="the costliest first", note="Billed cost with taxes, every decimal.")
    with search:
        search_box("Sub-account or name", key="sub_accounts")
    places = grid_of_many(
        [mapping.unmapped_cells(row) for row in found], mapping.UNMAPPED_COLUMNS, key=f"unmapped:{accounts}",
        alt="Sub-accounts that no customer is known for, with lines, billed cost and days.",
        height=min(full_height(len(found)), 420),
    )  # fmt: skip
    if accounts > len(found):
        st.caption(f"{len(found)} of {formats.plural(accounts, 'sub-account')}; search to find others.")
    if places:
        choose_owner([found[place] for place in places])
    else:
        st.caption("Tick sub-accounts of one customer to map them.")


def switch() -> None:
    """The switch between what is nobody's and what is somebody's."""
    bound = address.bound("sub_accounts_part", part, lambda value: address.only(part=value or ""))
    st.segmented_control("Part", list(PARTS), format_func=PARTS.__getitem__, label_visibility="collapsed", **bound)


def unmapped_part() -> bool:
    """What is nobody's, and the mappings that were asked for; whether lines move just now."""
    with unit_of_work(read_only=True) as uow:
        accounts, lines, totals = sub_accounts.unmapped_total(uow)
        found = sub_accounts.unmapped(uow, search=address.get("q"), limit=SHOWN)
        moves = sub_accounts.moves(uow)
        mapped = sub_accounts.is_any_mapped(uow)
    moving = any(row.status.under_way for row in moves)
    answer(mapping.sentence(accounts, lines, totals, mapped=mapped))
    with st.container(horizontal=True, key="chips"):  # as beside the list
        switch()
    if accounts:
        unmapped_list(accounts, found)
    elif not mapped:
        text = "Import a delivery first. A sub-account that no customer is known for appears here."
        state("empty", "No sub-accounts yet", text, link=("Import a delivery", "imports"))
    else:
        state("empty", "Nothing to map", "A sub-account that no customer is known for appears here.", icon="task_alt")
    if moves:
        section("Mappings in progress" if moving else "Latest mappings", aside="the newest first")
        mapping.show_moves(moves)
    return moving


def mapped_part() -> None:
    """What is somebody's: a delivery of these arrives with its customer."""
    with unit_of_work(read_only=True) as uow:
        shown = list_page.ask(uow, "mappings")
    list_page.toolbar(shown, first=switch)
    if shown.rows:
        answer(f"<b>{list_page.total_words(shown)}</b>; a delivery of these arrives with its customer.")
    list_page.draw(shown, label="Mapped sub-accounts")


page_head("Sub-accounts", line=["Whose the lines of a delivery are", formats.preferences().zone_name])
part = "mapped" if address.get("part") == "mapped" else ""
if part:
    mapped_part()
else:
    with lake_readable():
        if unmapped_part():
            again(1.5)
