"""Quotas of partners: how each stands, raised and lowered with a reason that stays in its history (BEN-VND-14)."""

from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

import streamlit as st

from dashboard.parts import address, formats, list_page
from dashboard.parts.empty import state
from dashboard.parts.head import Badge, Crumb, answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.pager import SIZE, page_from_address, pager
from dashboard.parts.rows import Tone
from dashboard.parts.wallet import gate_words, wallet
from models.benefits import queries, service
from models.benefits.lists import looked_at
from models.benefits.queries import PoolRow, QuotaChange
from models.core.actor import current_actor
from models.core.errors import DomainError, NotFound, Problem, Refused
from models.core.paging import Page
from models.core.unit_of_work import unit_of_work
from models.engines.definitions import ApplicationType
from models.engines.lists import ListRow

PARAM = "partner"


# ---- all partners ----


def everybody() -> None:
    """The list, page by page."""
    with unit_of_work(read_only=True) as uow:
        shown = list_page.ask(uow, "quotas", more=["low"])
        made = looked_at(uow, shown.asked.filters)
        low = list_page.count_also(uow, shown, "low", "yes") if shown.rows else 0
    page_head("Quotas", line=["Of every partner you may see", f"{made.currency}, tax included" if made else ""])
    list_page.toolbar(shown)
    if made is None:
        state("empty", "No benefit has a quota", "An application type with the table of quotas by tier has one.")
        return
    if shown.rows:
        have = "has" if shown.total == 1 else "have"
        answer(
            f"<b>{list_page.total_words(shown)}</b> {have} a quota of {formats.text(made.name)}, "
            f"<b>{formats.count(low) if low else 'none'}</b> nearly used up; open one to raise or lower it."
        )
    if opened := list_page.draw(shown, label="Partners' quotas; open one to raise or lower it", look=look):
        address.only(**{PARAM: opened, "pool": made.key})
        st.rerun()


def look(row: ListRow) -> tuple[Tone, str]:
    """A quota that is nearly used up stands out."""
    return ("orange", "redeem") if row.values["low"] else ("gray", "redeem")


def chosen_kind(kinds: list[ApplicationType]) -> ApplicationType:
    """The benefit whose quota is shown: the address says, else the first."""
    return next((made for made in kinds if made.key == address.get("pool")), kinds[0])


# ---- one partner ----


def one(made: ApplicationType, partner_id: UUID) -> None:
    """A partner's pool: how it stands, what it hangs on, its changes, and the form that changes it."""
    with unit_of_work(read_only=True) as uow:
        pool = next((row for row in queries.pools(uow, partner_id) if row.pool == made.key), None)
        if pool is None:
            raise NotFound("There is no such partner among those you may see.")
        gates = queries.gates(uow, partner_id)
        history = queries.quota_history(uow, made.key, partner_id, page_from_address(SIZE))
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
if (partner_id := address.key(PARAM)) is None:
    everybody()
else:
    try:
        with unit_of_work(read_only=True) as uow:
            kinds = queries.pooled_types(uow)
        if not kinds:
            raise NotFound("No application type has quotas any more.")
        one(chosen_kind(kinds), partner_id)
    except DomainError as error:
        page_head("Quota", crumbs=[Crumb("Quotas", "quotas")])
        words = [problem.text for problem in error.problems]
        state("refused", "This quota is not shown", *words, link=("Show all quotas", "quotas"))
