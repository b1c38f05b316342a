"""Say whose a sub-account is: its lines leave Unmapped and stand with the customer and the partner of their day."""

import streamlit as st

from dashboard.parts import address, formats, listing, mapping
from dashboard.parts.again import again
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.pager import page_from_address, pager
from dashboard.parts.tables import grid_of_many
from models.core.paging import Page
from models.core.unit_of_work import unit_of_work
from models.customers import queries as customers
from models.expenditures import service, sub_accounts
from models.expenditures.service import Owner

SHOWN = 100


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


def take_back(ticked: list[sub_accounts.MappedRow]) -> None:
    """Make sub-accounts nobody's again."""
    words = f"Take back {formats.plural(len(ticked), 'mapping')}" if ticked else "Tick a mapping to take it back"
    if st.button(words, icon=":material/link_off:", disabled=not ticked):
        owners = [Owner(row.source, row.sub_account_id, None) for row in ticked]
        with outcome(done="Taken back. The lines become Unmapped in the background."), unit_of_work() as uow:
            service.map_sub_accounts(uow, owners)


def unmapped_list(accounts: int, found: list[sub_accounts.SubAccountRow]) -> None:
    """What is nobody's, to tick and map."""
    title, search = st.columns([2.2, 1], vertical_alignment="bottom")
    with title:
        section("Unmapped sub-accounts", aside="the costliest first", note="Billed cost with taxes, every decimal.")
    with search:
        listing.search_box("Sub-account or name", key="sub_accounts")
    places = grid_of_many(
        [mapping.unmapped_cells(row) for row in found], mapping.UNMAPPED_COLUMNS, key=f"unmapped:{accounts}",
        alt="Sub-accounts that no customer is known for, with lines, billed cost and days.",
        height=min(listing.full_height(len(found)), 420),
    )  # fmt: skip
    if accounts > len(found):
        st.caption(f"{len(found)} of {formats.plural(accounts, 'sub-account')}; search to find others.")
    if places:
        choose_owner([found[place] for place in places])
    else:
        st.caption("Tick sub-accounts of one customer to map them.")


def mapped_list(page: Page[sub_accounts.MappedRow]) -> None:
    """What is somebody's, to look up and take back."""
    section("Mapped sub-accounts", note="A delivery of these arrives with its customer.")
    ticked = grid_of_many(
        [mapping.mapped_cells(row) for row in page.rows], mapping.MAPPED_COLUMNS, key="mapped",
        alt="Sub-accounts and the customers they belong to.", height=listing.full_height(len(page.rows)),
    )  # fmt: skip
    take_back([page.rows[place] for place in ticked])
    pager(page.previous, page.next, words=formats.plural(len(page.rows), "mapping"))


page_head("Sub-accounts", line=["Whose the lines of a delivery are", formats.preferences().zone_name])
with lake_readable():
    with unit_of_work(read_only=True) as uow:
        accounts, lines, totals = sub_accounts.unmapped_total(uow)
        found = sub_accounts.unmapped(uow, search=address.get("q"), limit=SHOWN)
        moves = sub_accounts.moves(uow)
        page = sub_accounts.mapped(uow, page_from_address(listing.SIZE))
    moving = any(row.status.under_way for row in moves)
    answer(mapping.sentence(accounts, lines, totals, mapped=bool(page.rows)))
    if accounts:
        unmapped_list(accounts, found)
    elif not page.rows:
        text = "Import a delivery first. A sub-account that no customer is known for appears here."
        state("empty", "No sub-accounts yet", text, link=("Import a delivery", "imports"))
    if moves:
        section("Mappings in progress" if moving else "Latest mappings", aside="the newest first")
        mapping.show_moves(moves)
    if page.rows:
        mapped_list(page)
    if moving:
        again(1.5)
