"""Home: what waits for me, what is at risk, what changed; each line is one click from the doing."""

import streamlit as st

from dashboard.parts import formats, records
from dashboard.parts.dashboard_home import home_dashboard
from dashboard.parts.empty import lake_readable
from dashboard.parts.expenditures_words import headline, period_of, unit_of
from dashboard.parts.figures import Figure, figures
from dashboard.parts.go import go_to
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.home_work import Spending, Work, notice_of, risk_rows, spending_of, waiting_rows, work_of
from dashboard.parts.outcome import outcome
from dashboard.parts.rows import Row, rows
from models.core.actor import current_actor
from models.core.clock import now
from models.core.unit_of_work import unit_of_work
from models.notices import service as notices

actor = current_actor()


def sentence(waiting: list[Row], work: Work, spending: Spending | None) -> str:
    """How much waits, how much of it is late, and how the month runs."""
    number = len(waiting) - len(work.waiting.rows) + work.waiting.total
    late = f", {formats.count(work.waiting.overdue)} of them overdue" if work.waiting.overdue else ""
    first = f"<b>{formats.plural(number, 'thing')} wait{'s' if number == 1 else ''} for you{late}.</b>"
    words = first if waiting else "<b>Nothing waits for you.</b>"
    if spending is None or spending.overview.empty:
        return words
    return f"{words} {headline(spending.view, spending.overview)}"


def strip(work: Work, spending: Spending | None) -> None:
    """At most four figures, of what the person may see."""
    items = []
    if spending and not spending.overview.empty:
        total, period = spending.overview.total, period_of(spending.overview.context)
        relative = formats.change_of(total.now, total.before)
        change = f"{formats.signed_share(relative)} vs {period.before}" if relative is not None else ""
        unit = unit_of(spending.overview.context)
        label = f"Expenditure, {period.short}"
        words = "Sum of all lines but tax, compared with the same days of the month before."
        items.append(Figure(label, f"{formats.compact(total.now)} {unit}", change, words, link="expenditures"))
        before = spending.overview.spending_customers_before
        more = "" if before is None else formats.signed_count(spending.overview.spending_customers - before)
        spent = "Customers with at least one line in the month so far."
        items.append(Figure("Spending customers", formats.count(spending.overview.spending_customers), more, spent))
    if work.customers is not None:
        items.append(Figure("Customers", formats.count(work.customers), link="customers"))
    if work.partners is not None:
        items.append(Figure("Partners", formats.count(work.partners), link="partners"))
    if items:
        figures(items)


def open_queue(work: Work) -> None:
    """The way to the desk where the most urgent case lies."""
    if not actor.is_vendor or not work.waiting.rows:
        return
    page = work.waiting.rows[0].id.partition("?")[0].strip("/")
    words = "Open my queue" if page == "queue" else "Open the payment desk"
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(words, type="primary", icon=":material/inbox:", key="open_queue"):
            go_to(f"/{page}")


def lists(waiting: list[Row], work: Work, spending: Spending | None) -> None:
    """Work left, what changed right."""
    left, right = st.columns([2, 1], gap="large") if work.changed is not None else (st.container(), None)
    with left:
        more = work.waiting.total - len(work.waiting.rows)
        section("Waits for me", aside=f"and {formats.plural(more, 'case')} more" if more > 0 else "")
        opened = rows(waiting, key="waiting", label="Waits for me") if waiting else None
        if len(work.notices) > 1 and st.button("Mark all notices read", icon=":material/done_all:", type="tertiary"):
            with outcome(done="All your notices are read"), unit_of_work() as uow:
                notices.mark_all_read(uow)
        if not waiting:
            st.html('<p class="k mu">Nothing. What is asked of you, and what you asked for, appears here.</p>')
        if spending and spending.falls:
            context = spending.overview.context
            period = period_of(context)
            falls = f"largest falls, {period.short} against {period.before}, {unit_of(context)}"
            section("At risk", aside=falls)
            opened = rows(risk_rows(spending), key="risk", label="At risk") or opened
    if right is not None and work.changed is not None:
        with right:
            section("Changed last")
            records.history(work.changed, work.names)
    if opened:
        notice, link = notice_of(opened)
        if notice:
            with unit_of_work() as uow:
                notices.mark_read(uow, notice)
        go_to(link)


local = now().astimezone(formats.preferences().zone)
spending = None
with unit_of_work(read_only=True) as uow:
    work = work_of(uow)
head, button = st.columns([3, 1], vertical_alignment="top")
with head:
    page_head("Home", line=[f"{local:%A}, {formats.instant(local)} {formats.preferences().zone_name}"])
with button:
    open_queue(work)
with lake_readable(), unit_of_work(read_only=True) as uow:
    spending = spending_of(uow)
waiting = waiting_rows(work, spending, may_map=actor.may("expenditures.map"))
answer(sentence(waiting, work, spending))
strip(work, spending)
lists(waiting, work, spending)
home_dashboard()
