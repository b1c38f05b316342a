"""Customers: whose they are, who looks after them; find some, assign several at once (CUS-LIST, CUS-AM)."""

from uuid import UUID

import streamlit as st

from dashboard.parts import address, assigning, listing
from dashboard.parts.assigning import Chosen, Managers
from dashboard.parts.chips import Chip, Choice, chip_bar, filter_menu, removable
from dashboard.parts.empty import state
from dashboard.parts.formats import count, day, plural
from dashboard.parts.go import go
from dashboard.parts.head import answer, page_head
from dashboard.parts.outcome import outcome
from dashboard.parts.pager import page_from_address, pager
from dashboard.parts.records import country
from dashboard.parts.rows import Row
from dashboard.parts.spent import each_spent, spent_columns
from dashboard.parts.tables import Column, grid_of_many
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.customers import queries, rules, service
from models.customers.queries import COUNTED_TO, CustomerFilter, CustomerOrder, CustomerRow
from models.customers.rules import AssignmentTerms, AssociationType
from models.identity import members
from models.partners import queries as partners

NOBODY = "nobody"
PARAMS = ("partner", "manager", "association", "industry", "q")
ORDERS = {CustomerOrder.NAME: "By name", CustomerOrder.NEWEST: "Newest first", CustomerOrder.OLDEST: "Oldest first"}
PARTS = {"name": "Names", "email": "E-mail addresses", "mobile": "Mobile numbers"}
actor = current_actor()
COLUMNS = [
    Column("name", "Customer", width=196), *([Column("partner", "Partner", width=166)] if actor.is_vendor else []),
    Column("manager", "Account manager", width=134), Column("spent", "Expenditure", "amount", 100),
    Column("change", "Change, %", "percent", 72), Column("type", "Association", width=84),
    Column("associated", "Associated on", width=98), Column("industry", "Industry", width=104),
    Column("country", "Country", width=110), Column("email", "E-mail", width=188),
    Column("mobile", "Mobile number", width=110), Column("account", "Account name", width=170),
    Column("currency", "Currency", width=72),
]  # fmt: skip
HIDDEN = ("country", "email", "mobile", "account", "currency") if actor.is_vendor else (
    "account", "currency", "country", "industry",
)  # fmt: skip


def keys(param: str) -> list[UUID]:
    """Records that the address filters by; what is no key is left out."""
    found = []
    for value in address.get_all(param):
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def asked() -> CustomerFilter:
    """What the address asks for."""
    return CustomerFilter(
        search=address.get("q"), partners=keys("partner"), managers=keys("manager"),
        unassigned=NOBODY in address.get_all("manager"), industries=address.get_all("industry"),
        association_types=[AssociationType(v) for v in address.get_all("association") if v in set(AssociationType)],
    )  # fmt: skip


def choices() -> list[Choice]:
    """Every filter that can be set; account managers of the partner when there is one."""
    with unit_of_work(read_only=True) as uow:
        industries = queries.industries(uow)
        named = partners.options(uow)
        of = keys("partner") or ([actor.partner_id] if actor.partner_id else [])
        managers = members.account_managers(uow, of)
    return [
        *([Choice("partner", "Partner", [(str(key), name) for key, name in named.items()])] if len(named) > 1 else []),
        Choice("manager", "Account manager", [(NOBODY, "Nobody"), *((str(m.id), m.name) for m in managers)]),
        Choice("association", "Association", [(kind.value, kind.words) for kind in AssociationType]),
        Choice("industry", "Industry", [(name, name) for name in industries]),
    ]


def chips(names: dict[UUID, str]) -> list[Chip]:
    """One for each filter that is on; `names` are those of partners and account managers."""
    labels = {"partner": "Partner", "manager": "Account manager", "association": "Association", "industry": "Industry"}
    words = {str(key): name for key, name in names.items()} | {NOBODY: "nobody"}
    words |= {kind.value: kind.words for kind in AssociationType}
    return [
        Chip(f"{label}: {words.get(value, value)}", param, value)
        for param, label in labels.items()
        for value in address.get_all(param)
    ]


def shown_in_full() -> set[str]:
    """Which columns the person wants to see unmasked (CUS-COM-03). The vendor sees the names of companies."""
    with st.popover("Show in full", icon=":material/visibility:", type="tertiary"):
        st.caption("Lists hide personal data until you ask for it.")
        offered = [part for part in PARTS if part != "name" or not actor.is_vendor]
        chosen = st.pills(
            "Show in full", offered, selection_mode="multi", format_func=PARTS.__getitem__, key="shown_in_full",
            label_visibility="collapsed",
        )  # fmt: skip
    return {*chosen, "name"} if actor.is_vendor else {*chosen}


def cells(row: CustomerRow, full: set[str]) -> dict[str, object]:
    """A customer as a line of the grid."""
    amount, change = spent.of(row.id) if spent else (None, None)
    return {
        "name": row.name if "name" in full else rules.masked_name(row.name),
        "partner": NAMES.get(row.partner_id) if row.partner_id else None,
        "manager": NAMES.get(row.account_manager_id) if row.account_manager_id else None,
        "spent": amount, "change": change, "associated": day(row.associated_on),
        "type": row.association_type.words if row.association_type else None,
        "industry": row.industry, "country": country(row.country), "currency": row.currency,
        "email": row.email if "email" in full else rules.masked_email(row.email),
        "mobile": row.mobile if "mobile" in full else rules.masked_mobile(row.mobile),
        "account": row.account_name if "name" in full else rules.masked_name(row.account_name),
    }  # fmt: skip


def narrow(row: CustomerRow, full: set[str]) -> Row:
    """A customer as a row of the list on a phone."""
    name = row.name if "name" in full else rules.masked_name(row.name)
    partner = NAMES.get(row.partner_id) if row.partner_id and actor.is_vendor else None
    sub = " · ".join(filter(None, (partner, row.industry, country(row.country))))
    manager = NAMES.get(row.account_manager_id) if row.account_manager_id else None
    return Row(str(row.id), name, sub, note=manager or "No account manager", icon="groups")


def sentence(total: int, unassigned: int) -> str:
    """How many customers there are, and how many nobody looks after."""
    number = f"more than {count(COUNTED_TO)} customers" if total > COUNTED_TO else plural(total, "customer")
    if not actor.may("customers.assign"):
        return f"<b>{number}</b>."
    link = address.link("customers", {"manager": NOBODY})
    if not unassigned:
        return f"<b>{number}</b>, all with an account manager."
    return f'<b>{number}</b>; <a href="{link}" target="_self"><b>{count(unassigned)}</b> have no account manager</a>.'


def assign_several(ticked: list[CustomerRow]) -> None:
    """The dialog for the customers that are ticked."""
    versions = {row.id: row.version for row in ticked}
    with unit_of_work(read_only=True) as uow:
        found = members.account_managers(uow, {row.partner_id for row in ticked if row.partner_id})
        busy = queries.count_by_manager(uow, [manager.id for manager in found])
        today = uow.today

    def assign(manager_id: UUID) -> None:
        with outcome(done="Customers have been assigned successfully."):
            with unit_of_work() as uow:
                service.assign(uow, versions, manager_id)
            assigning.begin()

    def unassign() -> None:
        with outcome(done="Customers have been unassigned."):
            with unit_of_work() as uow:
                service.unassign(uow, versions)
            assigning.begin()

    chosen = [
        Chosen(row.name, row.account_name, NAMES.get(row.account_manager_id, "") if row.account_manager_id else "")
        for row in ticked
    ]
    assigning.ask(
        chosen, Managers({manager.id: manager.name for manager in found}, busy), assign=assign, unassign=unassign,
        from_day=day(rules.counts_from(today, AssignmentTerms())), until_day=day(rules.counts_until(today)),
    )  # fmt: skip


def show_ticking(found: tuple[CustomerRow, ...], columns: list[Column], full: set[str]) -> None:
    """The list with boxes, and what can be done with what is ticked."""
    if len({row.partner_id for row in found}) > 1:
        st.caption("Account managers belong to one partner: tick customers of the same partner.")
    cells_of = [cells(row, full) for row in found]
    height = listing.full_height(len(found))
    places = grid_of_many(cells_of, columns, key="ticked", alt="Customers; tick some.", height=height)
    ticked = [found[place] for place in places]
    one = len({row.partner_id for row in ticked}) == 1
    text = f"Assign {plural(len(ticked), 'customer')}" if ticked else "Tick customers to assign them"
    if st.button(text, type="primary", disabled=not ticked or not one):
        assign_several(ticked)


with unit_of_work(read_only=True) as uow:
    wanted = asked()
    order = CustomerOrder(address.get("order")) if address.get("order") in set(CustomerOrder) else CustomerOrder.NAME
    listing.keep_place("customers", wanted, order)
    page = queries.customers(uow, wanted, page_from_address(listing.SIZE), order)
    spent = each_spent(uow, "customer", [row.id for row in page.rows])
    total = queries.count(uow, wanted)
    unassigned = queries.count(uow, CustomerFilter(unassigned=True))
    people = {row.account_manager_id for row in page.rows if row.account_manager_id} | set(wanted.managers)
    companies = {row.partner_id for row in page.rows if row.partner_id} | set(wanted.partners)
    NAMES = members.names(uow, list(people)) | partners.names(uow, companies)

several = actor.may("customers.assign") and address.get("several") == "1"
title, action = st.columns([4, 1.3], vertical_alignment="bottom")
with title:
    mine = actor.scope.customers is not None
    scope = "Of all partners" if actor.is_vendor else "Assigned to you" if mine else "Of your organisation"
    page_head("Customers", line=[scope, "dates in GMT+08:00"])
if actor.may("customers.assign"):
    words, icon = ("Back to the list", ":material/close:") if several else ("Assign several", ":material/checklist:")
    if action.button(words, icon=icon, width="stretch"):
        address.put(several="" if several else "1")
        st.rerun()
left, middle, right = st.columns([2.7, 0.75, 1.2], vertical_alignment="center")
with left, chip_bar():
    removable(chips(NAMES))
    filter_menu(choices, on=bool(chips(NAMES)) or bool(wanted.search), cleared=PARAMS)
    columns = listing.column_menu(spent_columns(COLUMNS, spent), HIDDEN, key="customers")
    full = shown_in_full()
with middle:
    listing.order_box({order.value: words for order, words in ORDERS.items()}, key="customers")
with right:
    listing.search_box("Customer, account or e-mail", key="customers")
answer(sentence(total, unassigned))
opened = None
if page.rows and several:
    show_ticking(page.rows, columns, full)
elif page.rows:
    opened = listing.listed(
        [cells(row, full) for row in page.rows], columns, [narrow(row, full) for row in page.rows], key="customers",
        alt="Customers with partner, account manager and association.", label="Customers; open one to see its page",
    )  # fmt: skip
else:
    state(
        "empty", "No customer matches" if chips(NAMES) or wanted.search else "No customers yet",
        "Take a filter away or search for something else." if chips(NAMES) or wanted.search
        else "Customers appear here once they are associated with a partner and, for account managers, assigned.",
        link=("Show all customers", "customers") if chips(NAMES) or wanted.search else None,
    )  # fmt: skip
if page.rows:
    pager(page.previous, page.next, words=f"{count(len(page.rows))} of {plural(min(total, COUNTED_TO), 'customer')}")
if opened:
    go("customer", {"id": opened})
