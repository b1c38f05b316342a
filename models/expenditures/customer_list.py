"""Customers by change: the list of the overview, and what drove the change, split exactly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from models.core.errors import Refused
from models.core.money import EXACT
from models.core.paging import FIRST_PAGE, PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import UNMAPPED, Filter, Granularity, Period, Sort, ask, shift_month
from models.expenditures.answers import CustomerPage, CustomerRow, DriverPart, Drivers, Figure, Group
from models.expenditures.dimensions import customer_accounts, labels
from models.expenditures.filters import ExpenditureFilter
from models.expenditures.frame import ZERO, Frame, Money, added, context, frame, group, money, ranked, sums_by_key
from models.expenditures.measures import (
    EXPENDITURE,
    LATEST_ACCOUNT_MANAGER,
    LATEST_ASSOCIATION_TYPE,
    LATEST_PARTNER,
    LINES,
)

SERIES_MONTHS = 12
KINDS = ("new", "grown", "shrunk", "lost", "unmapped")
"""What a customer did between two periods; lines of no known customer are a part of their own."""


def customers_by_change(
    uow: UnitOfWork,
    asked: ExpenditureFilter,
    page: PageRequest = FIRST_PAGE,
    *,
    search: str = "",
    sort: Sort = Sort.CHANGE,
) -> CustomerPage:
    """The customer expenditure list, each row with the twelve cycles that end with the period (FIN-SEXP-01).

    `search` looks for words in name and account name. Without a comparison the change is none and amounts decide.

    Raises:
        Refused: the cursor is not one of this list.
    """
    framed = frame(uow, asked)
    answer = ask(uow, framed.question(by=("customer",)))
    shown, compared = money(uow, asked, answer.rows), framed.compared is not None
    total = shown.total(answer.rows, compared=compared)
    sums = sums_by_key(shown.shown(answer.rows))
    accounts = customer_accounts(uow)
    words = labels(uow, "customer", sums)
    groups = [
        group(key, words[key], now, before if compared else None, total.now)
        for key, (now, before) in sums.items()
        if _matches(search, words[key], accounts.get(key, ("", ""))[1])
    ]
    order = ranked(groups, Sort.AMOUNT if sort is Sort.CHANGE and not compared else sort)
    begin = _begin(page)
    rows = order[begin : begin + page.size]
    months = tuple(shift_month(asked.last, step - SERIES_MONTHS + 1) for step in range(SERIES_MONTHS))
    return CustomerPage(
        context=context(framed, shown, answer),
        rows=tuple(_detailed(uow, framed, rows, months, accounts, shown)),
        months=months,
        count=len(order),
        next=str(begin + page.size) if begin + page.size < len(order) else None,
        previous=str(max(begin - page.size, 0)) if begin else None,
    )


def drivers(uow: UnitOfWork, asked: ExpenditureFilter, *, top: int = 3) -> Drivers:
    """What drove the change, split exactly by customer: new, grown, shrunk, lost.

    New customers have lines in the period and none in the compared one; lost ones the other way round.
    """
    framed = frame(uow, asked)
    answer = ask(uow, framed.question(by=("customer",)))
    shown, compared = money(uow, asked, answer.rows), framed.compared is not None
    total = shown.total(answer.rows, compared=compared)
    told = context(framed, shown, answer)
    if not compared:
        return Drivers(told, total)
    rows = shown.shown(answer.rows)
    sums = sums_by_key(rows)
    words = labels(uow, "customer", sums)
    groups = {key: group(key, words[key], now, before, total.now) for key, (now, before) in sums.items()}
    there = {key: [False, False] for key in sums}
    for line in rows:
        there[line.row.keys[0]][0] |= line.row.amount(1) > 0
        there[line.row.keys[0]][1] |= line.row.amount_before(1) > 0
    kinds: dict[str, list[Group]] = {kind: [] for kind in KINDS}
    for key, each in groups.items():
        if each.change:
            kinds[_kind(key, each.change, *there[key])].append(each)
    parts = [_part(kind, found, top) for kind, found in kinds.items() if found]
    largest = _largest(list(groups.values()), total)
    without = _without(total, largest) if largest else None
    return Drivers(told, total, tuple(parts), largest, without)


def _kind(key: str, change: Decimal, now: bool, before: bool) -> str:
    if key == UNMAPPED:
        return "unmapped"
    if not before:
        return "new"
    if not now:
        return "lost"
    return "grown" if change > 0 else "shrunk"


def _part(kind: str, groups: Sequence[Group], top: int) -> DriverPart:
    order = ranked(groups, Sort.CHANGE)
    return DriverPart(kind, added(each.change or ZERO for each in groups), len(groups), tuple(order[:top]))


def _largest(groups: Sequence[Group], total: Figure) -> Group | None:
    """The customer that moved most in the direction of the total."""
    if not total.change:
        return None
    sign = 1 if total.change > 0 else -1
    order = ranked([each for each in groups if each.key != UNMAPPED], Sort.CHANGE)
    return next((each for each in order if (each.change or ZERO) * sign > 0), None)


def _without(total: Figure, one: Group) -> Figure:
    before = EXACT.subtract(total.before or ZERO, one.before or ZERO)
    return Figure(total.currency, EXACT.subtract(total.now, one.now), before)


def _matches(search: str, *texts: str) -> bool:
    return all(any(word in text.casefold() for text in texts) for word in search.casefold().split())


def _begin(page: PageRequest) -> int:
    if page.cursor is None:
        return 0
    if not (page.cursor.isascii() and page.cursor.isdigit()):
        raise Refused("This link to a page of the list is damaged. Open the list again.")
    return int(page.cursor)


def _detailed(
    uow: UnitOfWork,
    framed: Frame,
    rows: Sequence[Group],
    months: Sequence[date],
    accounts: dict[str, tuple[str, str]],
    shown: Money,
) -> list[CustomerRow]:
    """The rows of one page with their twelve cycles and with whom the customer was last."""
    if not rows:
        return []
    first = min([months[0], framed.period.first, *([framed.compared.first] if framed.compared else [])])
    keys = tuple(each.key or "" for each in rows)
    others = tuple(each for each in framed.asked.filters if each.dimension != "customer")
    latest = (LATEST_PARTNER, LATEST_ASSOCIATION_TYPE, LATEST_ACCOUNT_MANAGER)
    answer = ask(
        uow,
        framed.question(
            measures=(EXPENDITURE, LINES, *latest),
            by=("customer",),
            period=Period(first, framed.period.last),
            compared=None,
            where=(*others, Filter("customer", keys)),
            granularity=Granularity.MONTH,
        ),
    )
    amounts: dict[tuple[str, date | None], Decimal] = {}
    for each in shown.shown(answer.rows):
        place = (each.row.keys[0], each.row.start)
        amounts[place] = EXACT.add(amounts.get(place, ZERO), each.now)
    last = {row.keys[0]: row for row in sorted(answer.rows, key=lambda row: (row.start or date.min, row.currency))}
    names = [
        labels(uow, name, (str(row.now[2 + place]) for row in last.values()))
        for place, name in enumerate(("partner", "association_type", "account_manager"))
    ]
    return [
        _row(each, accounts, [str(value) for value in last[each.key or ""].now[2:]], names, months, amounts)
        for each in rows
    ]


def _row(
    one: Group,
    accounts: dict[str, tuple[str, str]],
    latest: Sequence[str],
    names: Sequence[dict[str, str]],
    months: Sequence[date],
    amounts: dict[tuple[str, date | None], Decimal],
) -> CustomerRow:
    key = one.key or ""
    partner, association_type, account_manager = (found[value] for found, value in zip(names, latest, strict=True))
    return CustomerRow(
        key=key,
        customer_id=None if key == UNMAPPED else UUID(key),
        name=one.label,
        account_name=accounts.get(key, ("", ""))[1],
        partner_key=latest[0],
        partner=partner,
        association_type=association_type,
        account_manager=account_manager,
        now=one.now,
        before=one.before,
        change=one.change,
        percent=one.percent,
        share=one.share,
        series=tuple(amounts.get((key, month), ZERO) for month in months),
    )
