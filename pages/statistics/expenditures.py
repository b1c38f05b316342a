"""Expenditures: how much is spent, how it moved and who moved it, over all partners one may see (FIN-SEXP)."""

import streamlit as st

from dashboard.parts import expenditures_controls as controls
from dashboard.parts import expenditures_tabs as tabs
from dashboard.parts import formats
from dashboard.parts.chips import chip_bar
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.expenditures_data import Answers, answers_for_address, options_of, sees_partners
from dashboard.parts.expenditures_export import export_menu, history_link
from dashboard.parts.expenditures_words import answer_sentence, besides, period_of, rates_words, shown_currency
from dashboard.parts.figure_alerts import alert_button, of_expenditures
from dashboard.parts.head import answer, page_head
from dashboard.parts.statistics_views import views_menu
from models.core.actor import current_actor
from models.core.clock import business_date
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work

actor = current_actor()


def head(answers: Answers) -> None:
    """Title, what it is about and how fresh it is; Export."""
    words, actions = st.columns([1.25, 1], vertical_alignment="center")
    with words:
        fresh = f"data as of {formats.instant(answers.cycles.as_of)}"
        page_head("Expenditures", line=[answers.subject, "GMT+08:00", fresh, "without tax, discounts deducted"])
    with actions, st.container(horizontal=True, horizontal_alignment="right"):
        views_menu("expenditures")
        alert_button(of_expenditures(answers.view.asked), key="alert")
        if actor.may("exports.create") and not answers.overview.empty:
            history_link()
            export_menu(answers.view, period_of(answers.overview.context))


def chips(answers: Answers) -> None:
    """Period, comparison, currency and filters; the address holds them."""
    view, context = answers.view, answers.overview.context
    before = period_of(context).before
    offered = [name for name in controls.ADVANCED if name != "partner" or sees_partners(actor)]
    with chip_bar():
        controls.period_chip(view, latest=answers.cycles.latest or view.asked.last, today=business_date())
        controls.against_chip(view, f"Compared with {before}" if before else "Not compared")
        currencies = [figure.currency for figure in answers.overview.figures]
        controls.currency_chip(shown_currency(context), currencies, settings().base_currency, rates_words(context))
        controls.filter_chips(view, options_of(view), offered)


def body(answers: Answers) -> None:
    """The sentence that answers, the tabs, and the chosen one."""
    view, overview = answers.view, answers.overview
    beside = besides(overview, may_map=actor.may("expenditures.map"), incomplete=answers.incomplete)
    answer(answer_sentence(view, overview, answers.drivers), beside=beside)
    controls.tabs(view)
    if answers.grouped:
        tabs.trend(view, answers.grouped)
    elif answers.trend and answers.distribution and answers.customers:
        parts = answers.trend, answers.distribution, answers.customers
        tabs.overview(view, overview, *parts, partners=sees_partners(actor))
    elif answers.distribution:
        tabs.distribution(view, answers.distribution)


def nothing_at_all() -> None:
    """No line was ever imported that this person may see."""
    page_head("Expenditures", line=["GMT+08:00"])
    if actor.may("expenditures.import"):
        link = ("Import FOCUS files", "imports")
        state("empty", "No expenditure yet", "Lines appear here when a delivery has been imported.", link=link)
    else:
        text = "Lines appear here when the vendor has imported them and they belong to your customers."
        state("empty", "No expenditure yet", text)


def nothing_here(answers: Answers) -> None:
    """There are lines, but none for this period and these filters."""
    latest = formats.month(answers.cycles.latest) if answers.cycles.latest else ""
    words = period_of(answers.overview.context).words
    text = f"The newest month with lines is {latest}. Choose another period, or take filters off above."
    state("empty", f"No expenditure in {words} with these filters", text, link=(f"Show {latest}", "expenditures"))


with lake_readable("Expenditures"):
    with unit_of_work(read_only=True) as uow:
        found = answers_for_address(uow)
    if found is None:
        nothing_at_all()
    else:
        head(found)
        chips(found)
        if found.overview.empty:
            nothing_here(found)
        else:
            body(found)
