"""Coupons: what a partner was given, how much is left and until when; the vendor issues and cancels (FIN-COUP-06)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import streamlit as st

from dashboard.parts import address, coupon_form, formats, list_page
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.formats import text
from dashboard.parts.head import Badge, Crumb, answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.records import facts, table
from dashboard.parts.rows import Tone
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.coupons import queries, service
from models.coupons.queries import CouponDetail
from models.coupons.rules import CouponStatus
from models.engines.ledger.queries import TransferRow
from models.engines.ledger.rules import TransferKind
from models.engines.lists import ListRow
from models.lists import queries as lists

PARAM = "coupon"
LOOKS: Mapping[CouponStatus, tuple[Tone, str]] = {
    CouponStatus.AVAILABLE: ("green", "confirmation_number"), CouponStatus.USED_UP: ("gray", "check_circle"),
    CouponStatus.EXPIRED: ("orange", "event_busy"), CouponStatus.CANCELLED: ("red", "block"),
}  # fmt: skip
MOVED = {TransferKind.GRANT: "Issued", TransferKind.POST: "Used", TransferKind.CORRECT: "Taken back"}


# ---- all of them ----


def everything() -> None:
    """The list, page by page."""
    with unit_of_work(read_only=True) as uow:
        shown = list_page.ask(uow, "coupons", more=["status"])
        sums = lists.sum_by(uow, shown.opened, shown.asked, "status", "left") if shown.rows else {}
        expiring = list_page.count_also(uow, shown, "soon", "yes") if shown.rows else 0
    title, action = st.columns([4, 1.3], vertical_alignment="bottom")
    with title:
        line = "Of every partner you may see" if current_actor().is_vendor else "Issued to you by the vendor"
        page_head("Coupons", line=[line, "GMT+08:00"])
    if MANAGES and action.button("Issue a coupon", type="primary", icon=":material/add:", width="stretch"):
        coupon_form.issue()
    list_page.toolbar(shown)
    if shown.rows:
        answer(sentence(shown, sums, expiring))
    if opened := list_page.draw(
        shown, label="Coupons, the newest first; open one to see what it was used for", look=look
    ):
        address.only(**{PARAM: opened})
        st.rerun()


def sentence(shown: list_page.Shown, sums: Mapping[tuple[Any, str], Decimal], expiring: int) -> str:
    """What can still be used, each currency by itself, and how many end soon."""
    left = {currency: amount for (status, currency), amount in sums.items() if status is CouponStatus.AVAILABLE}
    said = [f"<b>{formats.amount(amount)} {text(currency)}</b>" for currency, amount in sorted(left.items())]
    soon = f"; <b>{formats.plural(expiring, 'coupon')}</b> of them {'ends' if expiring == 1 else 'end'} within 7 days"
    words = f"{formats.listing(said)} can still be used" if said else "Nothing can still be used"
    return f"{words}, of <b>{text(list_page.total_words(shown))}</b>{soon if expiring else ''}."


def look(row: ListRow) -> tuple[Tone, str]:
    """How a coupon stands, as colour and sign."""
    return LOOKS[row.values["status"]]


# ---- one coupon ----


def one(coupon_id: UUID) -> None:
    """A coupon: how it stands, where it comes from, what moved its money."""
    with unit_of_work(read_only=True) as uow:
        found = queries.coupon(uow, coupon_id)
        moved = queries.movements(uow, coupon_id)
    tone, icon = LOOKS[found.status]
    head, action = st.columns([3, 1.6], vertical_alignment="bottom")
    with head:
        page_head(
            found.name, line=[found.number, found.partner, formats.preferences().zone_name],
            crumbs=[Crumb("Coupons", "coupons")], badges=[Badge(found.status.words, tone, icon)],
        )  # fmt: skip
    if MANAGES and found.status is CouponStatus.AVAILABLE:
        with action, st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Cancel the coupon", icon=":material/block:"):
                cancel(found)
            if st.button("Record a use", type="primary", icon=":material/receipt_long:"):
                use(found)
    answer(words(found))
    left, right = st.columns([1.7, 1], gap="large")
    with left:
        movements(moved, found.currency)
    with right:
        origin(found)


def words(found: CouponDetail) -> str:
    """What is left of it, and until when."""
    of = f"of {formats.amount(found.amount)} {text(found.currency)}"
    if found.status is CouponStatus.AVAILABLE:
        left = f"{formats.amount(found.left)} {text(found.currency)}"
        return f"<b>{left} is left</b> {of}, until {formats.day(found.valid_until)}."
    ended = f" on {formats.instant(found.ended_at)}" if found.ended_at else ""
    return (
        f"<b>{found.status.words}</b>{ended}; <b>{formats.amount(found.used)} {text(found.currency)}</b> {of} was used."
    )


def origin(found: CouponDetail) -> None:
    """Where it comes from, and what holds for it."""
    section("About this coupon")
    case = "By hand"
    if found.case_id and found.case_number:
        link = address.link("case", {"case": str(found.case_id)})
        case = f'<a href="{text(link)}" target="_self">{text(found.case_number)}</a>'
    by = [("Issued by", text(found.issued_by))] if current_actor().is_vendor else []
    ended = [("Why it ended", text(found.end_comment))] if found.end_comment else []
    facts([
        ("From case", case), ("Kind", found.kind.words),
        ("Amount issued", f"{formats.amount(found.amount)} {text(found.currency)}"),
        ("Valid", f"{formats.day(found.valid_from)} – {formats.day(found.valid_until)}"),
        ("Issued", formats.instant(found.issued_at)), *by, ("Remarks", text(found.comment)), *ended,
    ])  # fmt: skip


def movements(moved: list[TransferRow], currency: str) -> None:
    """What it was given, what bills took, what went back: newest first (FIN-COUP-07)."""
    section("Quota and use", aside=currency)
    rows = [
        (
            formats.instant(each.at), MOVED[each.kind], text(each.reason or formats.NOTHING),
            formats.signed(each.amount if each.kind is TransferKind.GRANT else -each.amount),
        )
        for each in moved
    ]  # fmt: skip
    table(("When", "What", "For what", "Amount"), rows, numbers=(3,))


@dialog("Cancel the coupon")
def cancel(found: CouponDetail) -> None:
    """Asks once, naming the coupon and the amount."""
    left = f"{formats.amount(found.left)} {found.currency}"
    st.write(formats.plain(f"{found.partner} can use {found.number} no more. {left} goes back to the fund."))
    comment = st.text_area("Why", key=f"cancel:{found.id}", help="The partner reads it.")
    if st.button(f"Cancel {left}", type="primary", key="coupon:cancel"):
        with outcome(done=f"{found.number} is cancelled; {left} went back."), unit_of_work() as uow:
            service.cancel(uow, found.id, comment=comment)


@dialog("Record a use")
def use(found: CouponDetail) -> None:
    """What a bill took of it."""
    once = st.session_state.setdefault(f"use:{found.id}", str(uuid4()))
    st.write(formats.plain(f"{formats.amount(found.left)} {found.currency} is left of {found.number}."))
    typed = st.text_input(f"Amount, {found.currency}", key=f"used:{once}", placeholder="250.00")
    bill = st.text_input("Bill", key=f"bill:{once}", placeholder="BILL-2026-06-0042", help="What it was used for.")
    if st.button("Record the use", type="primary", key="coupon:use"):
        with outcome(done=f"{typed.strip()} {found.currency} of {found.number} is used."):
            amount = coupon_form.amount_of(typed)
            with unit_of_work() as uow:
                service.record_use(uow, found.id, amount, reference=bill, key=once)
            st.session_state.pop(f"use:{found.id}", None)


actor = current_actor()
actor.demand(queries.VIEW)
MANAGES = actor.may(service.MANAGE)
if (chosen := address.key(PARAM)) is None:
    everything()
else:
    try:
        one(chosen)
    except DomainError as error:
        page_head("Coupon", crumbs=[Crumb("Coupons", "coupons")])
        state(
            "refused",
            "This coupon is not shown",
            *(each.text for each in error.problems),
            link=("Show all coupons", "coupons"),
        )
