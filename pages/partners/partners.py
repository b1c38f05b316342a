"""Partners: who they are, how they stand, who looks after them; find some by search and filters."""

from uuid import UUID

import streamlit as st

from dashboard.parts import address, listing
from dashboard.parts.chips import Chip, Choice, chip_bar, filter_menu, removable
from dashboard.parts.empty import state
from dashboard.parts.formats import count, day, plural, text
from dashboard.parts.formats import listing as in_words
from dashboard.parts.go import go
from dashboard.parts.head import answer, page_head
from dashboard.parts.pager import page_from_address, pager
from dashboard.parts.records import country, status_tone
from dashboard.parts.rows import Row
from dashboard.parts.spent import each_spent, spent_columns
from dashboard.parts.tables import Column
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.customers import queries as customers
from models.identity import members
from models.partners import queries
from models.partners.programs import program_book
from models.partners.queries import PartnerFilter, PartnerOrder, PartnerRow
from models.partners.rules import PartnerKind, PartnerStatus, Tier

NOBODY = "nobody"
PARAMS = ("parent", "kind", "tier", "status", "region", "manager", "program", "q")
IN_A_SENTENCE = {
    PartnerKind.SERVICE: "service partner", PartnerKind.SOFTWARE: "software partner",
    PartnerKind.LEARNING: "learning partner",
}  # fmt: skip
ORDERS = {PartnerOrder.NAME: "By name", PartnerOrder.NEWEST: "Newest first", PartnerOrder.OLDEST: "Oldest first"}
COLUMNS = [
    Column("name", "Partner", width=178), Column("kind", "Kind", width=144), Column("tier", "Tier", width=92),
    Column("place", "Place", width=132), Column("manager", "Ecosystem manager", width=128),
    Column("customers", "Customers", "count", 74), Column("spent", "Expenditure", "amount", 98),
    Column("change", "Change, %", "percent", 72), Column("status", "Status", width=68),
    Column("joined", "Joined", width=92), Column("number", "Number", width=80), Column("region", "Region", width=150),
]  # fmt: skip


def asked() -> PartnerFilter:
    """What the address asks for; values that do not exist are left out."""
    chosen = address.get_all("manager")
    return PartnerFilter(
        search=address.get("q"),
        kinds=[PartnerKind(value) for value in address.get_all("kind") if value in set(PartnerKind)],
        tiers=[Tier(value) for value in address.get_all("tier") if value in set(Tier)],
        statuses=[PartnerStatus(value) for value in address.get_all("status") if value in set(PartnerStatus)],
        regions=address.get_all("region"),
        managers=[UUID(key) for key, _ in MANAGERS if key in chosen and key != NOBODY],
        unmanaged=NOBODY in chosen,
        program=address.get("program"),
        parent=listing.key_from_address("parent"),
    )


def choices() -> list[Choice]:
    """Every filter that can be set."""
    with unit_of_work(read_only=True) as uow:
        regions = queries.regions(uow)
    programs = [*program_book().programs, *program_book().paths]
    return [
        Choice("kind", "Kind", [(kind.value, kind.words) for kind in PartnerKind]),
        Choice("tier", "Tier", [(tier.value, tier.words) for tier in Tier]),
        Choice("status", "Status", [(status.value, status.words) for status in PartnerStatus]),
        Choice("region", "Region", [(region, region) for region in regions]),
        Choice("manager", "Ecosystem manager", MANAGERS),
        Choice("program", "Program or path", [(name, name) for name in programs]),
    ]


def chips() -> list[Chip]:
    """One for each filter that is on."""
    words = {
        "kind": {kind.value: kind.words for kind in PartnerKind}, "tier": {tier.value: tier.words for tier in Tier},
        "status": {status.value: status.words for status in PartnerStatus}, "manager": dict(MANAGERS),
    }  # fmt: skip
    labels = {
        "kind": "Kind",
        "tier": "Tier",
        "status": "Status",
        "region": "Region",
        "manager": "Manager",
        "program": "In",
    }
    return [
        Chip(f"{label}: {words.get(param, {}).get(value, value)}", param, value)
        for param, label in labels.items()
        for value in address.get_all(param)
    ]


def sentence(total: int, kinds: dict[PartnerKind, int], alone: int) -> str:
    """How many partners there are, of which kinds, and how many nobody looks after."""
    ranked = sorted(kinds.items(), key=lambda item: -item[1])
    parts = [plural(number, IN_A_SENTENCE.get(kind, kind.words.lower())) for kind, number in ranked]
    first = f"<b>{plural(total, 'partner')}</b>" + (f": {text(in_words(parts, most=6))}." if parts else ".")
    if not alone:
        return f"{first} All have an ecosystem manager."
    link = address.link("partners", {"manager": NOBODY})
    return f'{first} <a href="{link}" target="_self"><b>{count(alone)}</b> without an ecosystem manager</a>.'


def cells(row: PartnerRow, numbers: dict[UUID, int]) -> dict[str, object]:
    """A partner as a line of the grid."""
    place = f"{row.city}, {country(row.country)}"
    manager = NAMES.get(row.manager_id) if row.manager_id else None
    amount, change = spent.of(row.id) if spent else (None, None)
    return {
        "name": row.name, "kind": row.kind.words, "tier": row.tier.words, "place": place, "manager": manager,
        "customers": numbers.get(row.id, 0), "spent": amount, "change": change, "status": row.status.words,
        "joined": day(row.joined_on), "number": row.number, "region": row.region,
    }  # fmt: skip


def narrow(row: PartnerRow, numbers: dict[UUID, int]) -> Row:
    """A partner as a row of the list on a phone."""
    return Row(
        str(row.id), row.name, f"{row.kind.words} · {row.city}, {country(row.country)}",
        amount=plural(numbers.get(row.id, 0), "customer"), note=f"{row.tier.words} · {row.status.words}",
        tone=status_tone(row.status), icon="handshake",
    )  # fmt: skip


with unit_of_work(read_only=True) as uow:
    current_actor().demand("partners.view")
    NAMES = members.ecosystem_managers(uow)
    MANAGERS = [(NOBODY, "Nobody"), *((str(key), name) for key, name in NAMES.items())]
    wanted = asked()
    order = PartnerOrder(address.get("order")) if address.get("order") in set(PartnerOrder) else PartnerOrder.NAME
    listing.keep_place("partners", wanted, order)
    page = queries.partners(uow, wanted, page_from_address(listing.SIZE), order)
    kinds = queries.count_by_kind(uow, wanted)
    total = sum(kinds.values())
    alone = queries.count(uow, PartnerFilter(unmanaged=True))
    spent = each_spent(uow, "partner", [row.id for row in page.rows])
    numbers = customers.count_by_partner(uow, [row.id for row in page.rows])

page_head("Partners", line=["Everyone you may see", "dates in GMT+08:00"])
left, middle, right = st.columns([2.7, 0.75, 1.2], vertical_alignment="center")
with left, chip_bar():
    removable(chips())
    filter_menu(choices, on=bool(chips()) or bool(wanted.search), cleared=PARAMS)
    columns = listing.column_menu(spent_columns(COLUMNS, spent), ("joined", "number", "region"), key="partners")
with middle:
    listing.order_box({order.value: words for order, words in ORDERS.items()}, key="partners")
with right:
    listing.search_box("Name, number or city", key="partners")
answer(sentence(total, kinds, alone))
if page.rows:
    opened = listing.listed(
        [cells(row, numbers) for row in page.rows], columns, [narrow(row, numbers) for row in page.rows],
        key="partners", alt=f"{plural(total, 'partner')} with kind, tier, place, ecosystem manager and customers.",
        label="Partners; open one to see its page",
    )  # fmt: skip
    pager(page.previous, page.next, words=f"{count(len(page.rows))} of {plural(total, 'partner')}")
    if opened:
        go("partner", {"id": opened})
else:
    state(
        "empty", "No partner matches", "Take a filter away or search for something else.",
        link=("Show all partners", "partners") if chips() or wanted.search else None,
    )  # fmt: skip
