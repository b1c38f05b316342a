"""Quotas of partners: how each stands, raised and lowered with a reason that stays in its history (BEN-VND-14)."""

from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

import streamlit as st

from dashboard.parts import address, formats, listing
from dashboard.parts.empty import state
from dashboard.parts.head import Badge, Crumb, answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.pager import page_from_address, pager
from dashboard.parts.rows import Row, Tone
from dashboard.parts.tables import Column
from dashboard.parts.wallet import gate_words, wallet
from models.benefits import queries, service
from models.benefits.queries import PoolRow, QuotaChange
from models.core.actor import current_actor
from models.core.errors import DomainError, NotFound, Problem, Refused
from models.core.paging import Page
from models.core.unit_of_work import unit_of_work
from models.engines.definitions import ApplicationType
from models.partners import queries as partners

PARAM = "partner"
COLUMNS = [
    Column("partner", "Partner", width=226), Column("tier", "Tier", width=112),
    Column("granted", "Quota", "amount", 120), Column("used", "Used", "amount", 120),
    Column("reserved", "Reserved", "amount", 120), Column("left", "Left", "amount", 120),
    Column("share", "Left of it", "share", 150),
]  # fmt: skip


def chosen_kind(kinds: list[ApplicationType]) -> ApplicationType:
    """The benefit whose quotas are shown: the address says, else the first."""
    if len(kinds) == 1:
        return kinds[0]
    names = {made.key: made.name for made in kinds}
    asked = address.get("pool") if address.get("pool") in names else kinds[0].key
    bound = address.bound("quota:pool", asked, lambda value: address.put(pool=value or ""))
    st.segmented_control("Benefit", list(names), format_func=names.__getitem__, label_visibility="collapsed", **bound)
    return next(made for made in kinds if made.key == asked)


# ---- all partners ----


def everybody(made: ApplicationType) -> None:
    """The list, page by page."""
    search = address.get("q")
    listing.keep_place("quotas", made.key, search)
    with unit_of_work(read_only=True) as uow:
        page = queries.all_pools(uow, made.key, search, page_from_address(listing.SIZE))
        total = partners.count(uow, search)
    left, right = st.columns([2.7, 1.3], vertical_alignment="center")
    with left:
        have = "has" if total == 1 else "have"
        answer(
            f"<b>{formats.plural(total, 'partner')}</b> {have} a quota of {formats.text(made.name)}; open one to raise "
            "or lower it."
        )
    with right:
        listing.search_box("Name, number or city", key="quotas")
    if not page.rows:
        state(
            "empty", "No partner matches", "Search for something else.",
            link=("Show all quotas", "quotas") if search else None,
        )  # fmt: skip
        return
    opened = listing.listed(
        [cells(row) for row in page.rows], COLUMNS, [narrow(row) for row in page.rows], key="quotas",
        alt=f"{formats.plural(total, 'partner')} with quota, used, reserved and left in {made.currency}.",
        label="Partners' quotas; open one to raise or lower it",
    )  # fmt: skip
    pager(page.previous, page.next, words=f"{formats.count(len(page.rows))} of {formats.plural(total, 'partner')}")
    if opened:
        address.put(**{PARAM: opened, "q": None})
        st.rerun()


def cells(row: PoolRow) -> dict[str, object]:
    """A pool as a line of the grid."""
    return {
        "id": str(row.partner_id), "partner": row.partner, "tier": row.tier.words, "granted": row.granted,
        "used": row.used, "reserved": row.reserved, "left": row.left,
        "share": formats.part_of(row.left, row.granted),
    }  # fmt: skip


def narrow(row: PoolRow) -> Row:
    """The same on a phone."""
    tone: Tone = "orange" if row.low else "gray"
    note = f"of {formats.amount(row.granted)}{', nearly used up' if row.low else ''}"
    return Row(
        str(row.partner_id), row.partner, f"{row.tier.words} tier", formats.amount(row.left), note, tone, "redeem"
    )


# ---- one partner ----


def one(made: ApplicationType, partner_id: UUID) -> None:
    """A partner's pool: how it stands, what it hangs on, its changes, and the form that changes it."""
    with unit_of_work(read_only=True) as uow:
        pool = next((row for row in queries.pools(uow, partner_id) if row.pool == made.key), None)
        if pool is None:
            raise NotFound("There is no such partner among those you may see.")
        gates = queries.gates(uow, partner_id)
        history = queries.quota_history(uow, made.key, partner_id, page_from_address(listing.SIZE))
    page_head(
        pool.partner, line=[f"Quota of {made.name}", made.currency, formats.preferences().zone_name],
        crumbs=[Crumb("Quotas", "quotas")], badges=[Badge(f"{pool.tier.words} tier", "violet", "workspace_premium")],
    )  # fmt: skip
    answer(
        f"<b>{formats.amount(pool.left)} {pool.currency} is left</b> of {formats.amount(pool.granted)}; "
        f"{formats.amount(pool.reserved)} is reserved for running cases."
    )
    wallet([pool])
    standing = address.link("partner", {"id": str(partner_id)})
    st.html(
        f'<p class="k mu">What payment hangs on: {formats.text(gate_words(gates))}. '
        f'<a href="{formats.text(standing)}" target="_self">See or change the partner’s standing</a></p>'
    )
    left, right = st.columns([1.7, 1], gap="large")
    with left:
        changes(history, made)
    with right:
        change_form(made, pool)


def changes(history: Page[QuotaChange], made: ApplicationType) -> None:
    """Everything that raised or lowered it, newest first."""
    section("What changed it", aside=made.currency)
    if not history.rows:
        st.html('<p class="k mu">Nothing yet: it is what the tier brings.</p>')
        return
    lines = "".join(
        f'<tr><td class="mu nw">{formats.text(formats.instant(each.at))}</td>'
        f'<td class="wrap">{formats.text(each.reason)}<br><span class="mu sm">{formats.text(each.by)}</span></td>'
        f'<td class="num {"t-green" if each.amount > 0 else "t-orange"}">{formats.signed(each.amount)}</td></tr>'
        for each in history.rows
    )
    st.html(
        '<div class="k scroll"><table><tr><th>When</th><th>Why and who</th><th class="num">Change</th></tr>'
        f"{lines}</table></div>"
    )
    pager(history.previous, history.next, words=formats.plural(len(history.rows), "change"))


def change_form(made: ApplicationType, pool: PoolRow) -> None:
    """Raise or lower it. What is refused stays typed."""
    section("Raise or lower")
    tries = st.session_state.setdefault("quota:key", str(uuid4()))
    way = st.segmented_control(
        "Direction", ["Raise", "Lower"], default="Raise", required=True, key=f"way:{tries}",
        label_visibility="collapsed",
    )  # fmt: skip
    typed = st.text_input(f"Amount, {pool.currency}", key=f"amount:{tries}", placeholder="5000.00")
    reason = st.text_area(
        "Reason",
        key=f"reason:{tries}",
        max_chars=500,
        help="It stays in the history of the quota; the partner reads it.",
    )
    if st.button(f"{way} the quota", type="primary", key="quota:do"):
        verb = "raised" if way == "Raise" else "lowered"
        change = service.raise_quota if way == "Raise" else service.lower_quota
        with outcome(done=f"{pool.partner}: quota of {made.short} {verb} by {typed.strip()} {pool.currency}."):
            amount = amount_of(typed)
            with unit_of_work() as uow:
                change(uow, made, pool.partner_id, amount, reason=reason, key=tries)
            st.session_state["quota:key"] = str(uuid4())


def amount_of(typed: str) -> Decimal:
    """The amount that was typed.

    Raises:
        Refused: it is none.
    """
    try:
        found = Decimal(typed.replace(",", "").strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refused(Problem("QUOTA-AMOUNT", "Write an amount such as 5000.00.", "amount"))
    return found


current_actor().demand("quota.manage")
with unit_of_work(read_only=True) as uow:
    kinds = queries.pooled_types(uow)
if (partner_id := listing.key_from_address(PARAM)) is None:
    page_head("Quotas", line=["Of every partner you may see", "USD, tax included" if len(kinds) == 1 else ""])
    everybody(chosen_kind(kinds))
else:
    try:
        one(chosen_kind(kinds), partner_id)
    except DomainError as error:
        page_head("Quota", crumbs=[Crumb("Quotas", "quotas")])
        words = [problem.text for problem in error.problems]
        state("refused", "This quota is not shown", *words, link=("Show all quotas", "quotas"))
