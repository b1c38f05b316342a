"""The pages there are, in the groups of the menu; each person gets those that their permissions open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from models.core.actor import Actor

PAGES = Path(__file__).resolve().parents[1] / "pages"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: its script below `pages/`, its address, the permission that opens it, and where it hangs.

    `group` is its place in the menu. Pages of one group that have a `tab` stand beside each other at their head;
    without a tab a page is reached from another one only.
    """

    script: str
    address: str
    permission: str
    group: str
    tab: str = ""
    title: str = ""
    vendor: bool = True
    partner: bool = True
    partner_permission: str = ""
    """What opens it for a partner's people where that is another permission than for the vendor's."""
    also: str = ""
    """Another permission that is needed as well."""

    def opens_for(self, actor: Actor) -> bool:
        """Whether the person may open the page."""
        side = self.vendor if actor.is_vendor else self.partner
        permission = self.permission if actor.is_vendor else self.partner_permission or self.permission
        return side and actor.may(permission) and (not self.also or actor.may(self.also))


ICONS = {
    "Home": "home", "Reviews": "inbox", "Benefits": "redeem", "Partners": "handshake", "Customers": "groups",
    "Money": "account_balance_wallet", "Statistics": "monitoring", "Explore": "query_stats",
    "Organisation": "badge", "Design": "design_services", "Administration": "settings",
}  # fmt: skip
"""The groups of the menu in their order; nobody has more than nine of them."""

ENTRIES = (
    Entry("home.py", "home", "home.view", "Home", tab="Home"),
    Entry("reviews/queue.py", "queue", "reviews.view", "Reviews", tab="Queue", partner=False),
    Entry("reviews/list.py", "queue-list", "reviews.view", "Reviews", tab="As a list", partner=False),
    Entry("reviews/cases.py", "cases", "reviews.view", "Reviews", tab="All cases", partner=False),
    Entry("reviews/case.py", "case", "reviews.view", "", title="Case", partner_permission="benefits.view"),
    Entry("benefits/benefits.py", "benefits", "benefits.view", "Benefits", tab="Benefits", vendor=False),
    Entry("benefits/apply.py", "apply", "benefits.view", "Benefits", title="Application", vendor=False),
    Entry("partners/partners.py", "partners", "partners.view", "Partners", tab="Partners", partner=False),
    Entry("partners/partner.py", "partner", "partners.view", "Partners", title="Partner", partner=False),
    Entry("partners/quotas.py", "quotas", "quota.manage", "Partners", tab="Quotas", partner=False),
    Entry("customers/customers.py", "customers", "customers.view", "Customers", tab="Customers"),
    Entry("customers/customer.py", "customer", "customers.view", "Customers", title="Customer"),
    Entry("money/imports.py", "imports", "expenditures.import", "Money", tab="Import", partner=False),
    Entry("money/sub_accounts.py", "sub-accounts", "expenditures.map", "Money", tab="Sub-accounts", partner=False),
    Entry("money/catalogue.py", "catalogue", "catalog.manage", "Money", tab="Catalogue and rates", partner=False),
    Entry("money/payments.py", "payment-desk", "payments.work", "Money", tab="Payment desk", partner=False),
    Entry("money/owed.py", "payments", "money.view", "Money", tab="Payments"),
    Entry("money/coupons.py", "coupons", "money.view", "Money", tab="Coupons"),
    Entry("statistics/overview.py", "ecosystem", "statistics.view", "Statistics", tab="Ecosystem", partner=False),
    Entry("statistics/expenditures.py", "expenditures", "statistics.view", "Statistics", tab="Expenditures"),
    Entry("statistics/customers.py", "customer-statistics", "statistics.view", "Statistics", tab="Customers"),
    Entry("statistics/revenue.py", "revenue", "statistics.view", "Statistics", tab="Revenue"),
    Entry("statistics/incentives.py", "incentives", "statistics.view", "Statistics", tab="Incentives"),
    Entry("statistics/benefits.py", "benefit-statistics", "reviews.view", "Statistics", tab="Benefits",
          partner_permission="benefits.view", also="statistics.view"),
    Entry("statistics/reviews.py", "review-statistics", "reviews.view", "Statistics", tab="Reviews", partner=False,
          also="statistics.view"),
    Entry("statistics/lines.py", "lines", "statistics.view", "Statistics", title="Expenditure lines"),
    Entry("statistics/figure_lines.py", "figure-lines", "statistics.view", "Statistics", title="Lines behind a figure"),
    Entry("statistics/dashboard.py", "dashboard", "statistics.view", "Statistics", tab="Dashboards"),
    Entry("statistics/alerts.py", "figure-alerts", "statistics.view", "Statistics", tab="Alerts"),
    Entry("statistics/briefs.py", "briefs", "statistics.view", "Statistics", tab="Briefs"),
    Entry("statistics/exports.py", "exports", "exports.create", "Statistics", title="Export history"),
    Entry("explore/fields.py", "explore", "explore.use", "Explore", tab="Ask with fields"),
    Entry("explore/sql.py", "explore-sql", "explore.use", "Explore", tab="Ask with SQL"),
    Entry("explore/files.py", "explore-file", "explore.use", "Explore", tab="Your file"),
    Entry("explore/profile.py", "explore-profile", "explore.use", "Explore", tab="Profile"),
    Entry("explore/questions.py", "explore-questions", "explore.use", "Explore", tab="Kept questions"),
    Entry("organisation/members.py", "members", "members.view", "Organisation", tab="Members", vendor=False),
    Entry("design/workflows.py", "workflows", "design.edit", "Design", tab="Workflows", partner=False),
    Entry("design/lists.py", "design-lists", "lists.publish", "Design", tab="Lists", partner=False),
    Entry("design/dashboards.py", "dashboard-builder", "statistics.view", "Design", tab="Dashboards", partner=False),
    Entry("design/types.py", "application-types", "design.edit", "Design", tab="Application types", partner=False),
    Entry("design/reference.py", "reference-data", "reference.view", "Design", tab="Reference data", partner=False),
    Entry("design/designer.py", "designer", "design.edit", "Design", title="Workflow", partner=False),
    Entry("administration/users.py", "users", "users.manage", "Administration", tab="Users", partner=False),
    Entry("administration/reviewers.py", "reviewers", "reviewers.manage", "Administration", tab="Reviewers",
          partner=False),
    Entry("administration/operations.py", "operations", "operations.view", "Administration", tab="Operations",
          partner=False),
    Entry("administration/deliveries.py", "deliveries", "operations.view", "Administration", tab="Deliveries",
          partner=False),
    Entry("administration/mail.py", "mail", "mail.view", "Administration", tab="Mail", partner=False),
    Entry("account.py", "account", "home.view", "", title="My account"),
)  # fmt: skip


def entries_for(actor: Actor) -> list[Entry]:
    """The pages that a person may open, in the order of the menu."""
    return [entry for entry in ENTRIES if entry.opens_for(actor)]


def pages_for(actor: Actor, here: str, otherwise: Callable[[], None]) -> list[StreamlitPage]:
    """The same as Streamlit's pages; the first is where one arrives. The others' addresses say `otherwise`.

    `here` is the address that is open: in its group that page stands for the group in the menu.
    """
    open_ = entries_for(actor)
    in_menu = {group: _of_group(open_, group, here) for group in ICONS}
    pages = [_page(entry, in_menu.get(entry.group) is entry, default=index == 0) for index, entry in enumerate(open_)]
    # The first page is at "/"; its own address leads there, since Streamlit knows none for it.
    alias = [_hidden(open_[0], lambda: st.switch_page(pages[0]))] if open_ else []
    return pages + alias + [_hidden(entry, otherwise) for entry in ENTRIES if entry not in open_]


def tabs_for(actor: Actor, here: str) -> list[Entry]:
    """The pages beside the one that is open; empty when it stands alone or is reached from another page."""
    open_ = entries_for(actor)
    current = next((entry for entry in open_ if entry.address == here), None)
    if current is None or not current.tab:
        return []
    tabs = [entry for entry in open_ if entry.group == current.group and entry.tab]
    return tabs if len(tabs) > 1 else []


def menu_for(actor: Actor, here: str) -> str:
    """The address in the menu under which a page belongs that is reached from another one; empty: it stands there."""
    open_ = entries_for(actor)
    current = next((entry for entry in open_ if entry.address == here), None)
    if current is None or current.tab or not current.group:
        return ""
    shown = _of_group(open_, current.group, here)
    return shown.address if shown else ""


def pages_outside(form: Callable[[], None]) -> list[StreamlitPage]:
    """Every address shows the sign-in form, so that signing in leads on to what was asked for."""
    return [st.Page(form, title="Sign in", default=True), *(_hidden(entry, form) for entry in ENTRIES)]


def pages_for_password() -> list[StreamlitPage]:
    """Only the own account, for somebody who must choose a password first; every address leads there."""
    account = st.Page(PAGES / "account.py", title="Choose a password", url_path="start", default=True)
    return [account, *(_hidden(entry, lambda: st.switch_page(account)) for entry in ENTRIES)]


def _of_group(open_: list[Entry], group: str, here: str) -> Entry | None:
    tabs = [entry for entry in open_ if entry.group == group and entry.tab]
    return next((entry for entry in tabs if entry.address == here), tabs[0] if tabs else None)


def _page(entry: Entry, in_menu: bool, *, default: bool) -> StreamlitPage:
    return st.Page(
        PAGES / entry.script,
        title=entry.group if in_menu else entry.title or entry.tab,
        icon=f":material/{ICONS[entry.group]}:" if in_menu else None,
        url_path="start" if default else entry.address,
        default=default,
        visibility="visible" if in_menu else "hidden",
    )


def _hidden(entry: Entry, show: Callable[[], None]) -> StreamlitPage:
    return st.Page(show, title=entry.title or entry.tab, url_path=entry.address, visibility="hidden")
