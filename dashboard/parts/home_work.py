"""What waits for a person and what is at risk, as rows that lead to the doing. Only what is really there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dashboard.parts import address, formats
from dashboard.parts.expenditures_view import View
from dashboard.parts.expenditures_words import period_of, unit_of
from dashboard.parts.rows import Row, Tone
from dashboard.parts.waiting import Waiting, waiting
from models.applications.followup import LISTED
from models.core.history import HistoryRow, entries
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.engines.statistics import Against, Sort
from models.expenditures import queries as expenditures
from models.expenditures.answers import CustomerRow, Overview
from models.expenditures.queries import ExpenditureFilter
from models.notices import queries as notices
from models.notices.queries import NoticeRow
from models.partners import queries as partners

NOBODY = "nobody"
"""The value of the manager filter on lists that means: has none."""
CASES, WAITING, AT_RISK, CHANGED = 6, 9, 5, 6
TONES: dict[str, Tone] = {"red": "red", "orange": "orange", "green": "green", "blue": "blue"}


@dataclass(frozen=True, slots=True)
class Spending:
    """Expenditure this month so far, and the customers that fell most against the same days before."""

    view: View
    overview: Overview
    falls: tuple[CustomerRow, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """Everything the home page shows. None: the person's roles do not show it."""

    waiting: Waiting
    notices: tuple[NoticeRow, ...]
    partners: int | None
    unmanaged: int
    customers: int | None
    unassigned: int
    changed: tuple[HistoryRow, ...] | None
    names: Mapping[UUID, str]


def work_of(uow: UnitOfWork) -> Work:
    """What the records hold for the person who is asking."""
    actor = uow.actor
    sees_partners, sees_customers = actor.may("partners.view"), actor.may("customers.view")
    assigns = sees_customers and actor.may("customers.assign")
    changed = _changed(uow) if actor.may("history.view") else None
    return Work(
        waiting=waiting(uow, most=CASES),
        notices=notices.waiting(uow, limit=WAITING, without=LISTED),
        partners=partners.count(uow) if sees_partners else None,
        unmanaged=partners.count_unmanaged(uow) if actor.may("partners.manage") else 0,
        customers=customers.count(uow) if sees_customers else None,
        unassigned=customers.count(uow, customers.CustomerFilter(unassigned=True)) if assigns else 0,
        changed=changed,
        names=_names(uow, changed or ()),
    )


def _changed(uow: UnitOfWork) -> tuple[HistoryRow, ...]:
    """The newest changes; that somebody asked for an export changes nothing."""
    rows = entries(uow, page=PageRequest(size=5 * CHANGED)).rows
    return tuple(row for row in rows if row.subject != "export")[:CHANGED]


def _names(uow: UnitOfWork, changed: Sequence[HistoryRow]) -> dict[UUID, str]:
    """What the changed partners and customers are called."""

    def keys(subject: str) -> list[UUID]:
        return [row.subject_id for row in changed if row.subject == subject and row.subject_id]

    return {**partners.names(uow, keys("partner")), **customers.names_of(uow, keys("customer"))}


def spending_of(uow: UnitOfWork) -> Spending | None:
    """How expenditure runs this month; None when there is no line that the person may see.

    Raises:
        LakeAway: the lake cannot be read.
    """
    latest = expenditures.cycles(uow).latest if uow.actor.may("statistics.view") else None
    if latest is None:
        return None
    asked = ExpenditureFilter.of(latest, against=Against.PREVIOUS)
    page = expenditures.customers_by_change(uow, asked, PageRequest(size=25), sort=Sort.CHANGE)
    falls = tuple(row for row in page.rows if row.change is not None and row.change < 0 and row.customer_id)
    return Spending(View(asked), expenditures.overview(uow, asked), falls[:AT_RISK])


NOTICE = "notice:"
"""Begins the key of a row that is a notice: its key and its link follow."""


def notice_of(opened: str) -> tuple[UUID | None, str]:
    """The notice that an opened row is, if it is one, and where the row leads."""
    if not opened.startswith(NOTICE):
        return None, opened
    key, _, link = opened.removeprefix(NOTICE).partition(" ")
    return UUID(key), link


def waiting_rows(work: Work, spending: Spending | None, *, may_map: bool) -> list[Row]:
    """What waits for this person: cases first, the earliest due at the top, then other tasks, then what they were told
    and have not read."""
    rows = [*work.waiting.rows, *_tasks(work), *_unmapped(spending, may_map)]
    for row in work.notices:
        tone, first = TONES.get(row.tone, "gray"), row.text.partition("\n")[0]  # a brief has many lines
        rows.append(
            Row(f"{NOTICE}{row.id} {row.link}", row.title, first, "", formats.clock_or_day(row.at), tone, row.icon)
        )
    return rows[:WAITING]


def _tasks(work: Work) -> list[Row]:
    rows = []
    if work.unmanaged:
        link = address.link("/partners", {"manager": NOBODY})
        title = f"{formats.plural(work.unmanaged, 'partner')} without an ecosystem manager"
        rows.append(
            Row(link, title, "Nobody looks after them until one is chosen", "", "Choose one", "orange", "person_alert")
        )
    if work.unassigned:
        link = address.link("/customers", {"manager": NOBODY})
        title = f"{formats.plural(work.unassigned, 'customer')} without an account manager"
        rows.append(
            Row(link, title, "They count for nobody until one is assigned", "", "Assign", "orange", "person_alert")
        )
    return rows


def _unmapped(spending: Spending | None, may_map: bool) -> list[Row]:
    if not may_map or spending is None or spending.overview.unmapped is None or not spending.overview.unmapped.now:
        return []
    amount = f"{formats.amount(spending.overview.unmapped.now)} {unit_of(spending.overview.context)}"
    sub = f"Lines of sub-accounts without a customer, {period_of(spending.overview.context).words}"
    return [Row("/sub-accounts", "Expenditure is unmapped", sub, amount, "Map sub-accounts", "orange", "link_off")]


def risk_rows(spending: Spending) -> list[Row]:
    """The customers whose expenditure fell most against the same days of the month before."""
    context, rows = spending.overview.context, []
    for row in spending.falls:
        relative = formats.change_of(row.now, row.before)
        fell = f"fell {formats.share(abs(relative), 0)}" if relative is not None else "fell"
        asked = ExpenditureFilter.of(context.first, context.last, filters={"customer": [row.key]})
        sub = f"Customer of {row.partner}" if row.partner else row.account_name
        note = "Nothing spent any more" if row.now <= 0 else f"Now {formats.amount(row.now)}"
        link = address.link("/expenditures", asked.to_address())
        tone: Tone = "red" if row.now <= 0 else "orange"
        rows.append(Row(link, f"{row.name} {fell}", sub, formats.signed(row.change), note, tone, "trending_down"))
    return rows
