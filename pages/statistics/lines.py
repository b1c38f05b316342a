"""The lines behind a figure: the same question as the figure's, down to each delivered line (FIN-SEXP, CUS-EXD)."""

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts import expenditures_controls as controls
from dashboard.parts.chips import chip_bar
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.expenditures_data import options_of, sees_partners, subject_of
from dashboard.parts.expenditures_export import export_menu, history_link
from dashboard.parts.expenditures_lines import SORT_NAMES, line_in_full, line_list, totals_words
from dashboard.parts.expenditures_view import View, view_from_address
from dashboard.parts.expenditures_words import Period
from dashboard.parts.head import Crumb, answer, page_head
from dashboard.parts.pager import page_from_address, pager
from models.core.actor import current_actor
from models.core.clock import business_date
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import Sort
from models.expenditures import queries
from models.expenditures.answers import Cycles, LinePage

actor = current_actor()
TITLE = "Expenditure lines"


def draw(view: View, cycles: Cycles, subject: str, page: LinePage) -> None:
    """Head, chips, the sum in a sentence, the lines."""
    back = address.link("expenditures", view.asked.to_address())
    words, actions = st.columns([3, 1], vertical_alignment="center")
    period = formats.months(view.asked.first, view.asked.last)
    with words:
        fresh = f"data as of {formats.instant(page.as_of)}" if page.as_of else ""
        page_head(TITLE, line=[subject, "GMT+08:00", fresh, "without tax"], crumbs=[Crumb("Expenditures", back)])
    with actions, st.container(horizontal=True, horizontal_alignment="right"):
        if actor.may("exports.create") and page.count:
            history_link()
            export_menu(view, Period(period, period), lines_only=True)
    with chip_bar():
        controls.period_chip(view, latest=cycles.latest or view.asked.last, today=business_date())
        currencies = [total.currency for total in page.totals]
        only = currencies[0] if len(currencies) == 1 else ""
        shown = queries.CONVERTED if view.asked.conversion else view.asked.currency or only
        controls.currency_chip(shown, currencies, settings().base_currency, "Lines keep their own currency.")
        offered = [name for name in controls.ADVANCED if name != "partner" or sees_partners(actor)]
        controls.filter_chips(view, options_of(view), offered)
    if not page.rows:
        state("empty", f"No lines in {period} with these filters", "Choose another period, or take filters off above.")
        return
    counted, verb = formats.plural(page.count, "line"), "makes" if page.count == 1 else "make"
    answer(f"<b>{counted}</b> of {period} {verb} {totals_words(page)}.")
    sort, steps = st.columns([1, 1], vertical_alignment="center")
    with sort:
        st.segmented_control(
            "Order",
            list(SORT_NAMES),
            format_func=SORT_NAMES.__getitem__,
            required=True,
            label_visibility="collapsed",
            **address.bound("sort_lines", sort_of(view).value, lambda by: address.put(sort=by)),
        )
    with steps:
        pager(page.previous, page.next, words=f"{len(page.rows)} of {formats.count(page.count)}")
    if line := line_list(page, partners=sees_partners(actor)):
        line_in_full(line)


def sort_of(view: View) -> Sort:
    """Largest first unless the address asks for the newest."""
    return Sort.TIME if view.sort is Sort.TIME else Sort.AMOUNT


with lake_readable(TITLE):
    with unit_of_work(read_only=True) as uow:
        cycles = queries.cycles(uow)
        view = view_from_address(cycles.latest or business_date().replace(day=1))
        subject = subject_of(uow)
        page = queries.lines(uow, view.asked, page_from_address(), sort=sort_of(view))
    draw(view, cycles, subject, page)
