"""Customers by change: the list of the overview, and what drove the change, split exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from models.core.errors import Refused
from models.core.money import EXACT
from models.core.paging import FIRST_PAGE, PageRequest
from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.engines.statistics import UNMAPPED, Filter, Granularity, Period, Sort, ask, shift_month
from models.expenditures.answers import CustomerPage, CustomerRow, DriverPart, Drivers, Figure, Group
from models.expenditures.dimensions import customer_accounts, labels
from models.expenditures.filters import ExpenditureFilter
from models.expenditures.frame import ZERO, Frame, Money, Sum, added, context, frame, money, named_groups
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
    shown, compared = money(uow, asked, answer), framed.compared is not None
    total = shown.total(answer, compared=compared)
    order = shown.ranked(answer, Sort.CHANGE if sort is Sort.CHANGE and compared else Sort.AMOUNT)
    if search or sort is Sort.NAME:
        order = _found(uow, order, search, by_label=sort is Sort.NAME)
    begin = _begin(page)
    rows = order[begin : begin + page.size]
    months = tuple(shift_month(asked.last, step - SERIES_MONTHS + 1) for step in range(SERIES_MONTHS))
    return CustomerPage(
        context=context(framed, shown, answer),
        rows=tuple(_detailed(uow, framed, named_groups(uow, "customer", rows, total), months, shown)),
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
    shown, compared = money(uow, asked, answer), framed.compared is not None
    total = shown.total(answer, compared=compared)
    told = context(framed, shown, answer)
    if not compared:
        return Drivers(told, total)
    kinds = answer.derived(("kinds", shown.factors), lambda: _kinds(shown.ranked(answer, Sort.CHANGE)))
    parts = [
        DriverPart(kind, amount, len(sums), tuple(named_groups(uow, "customer", sums[:top], total)))
        for kind, (amount, sums) in kinds.items()
    ]
    largest = _largest(shown.ranked(answer, Sort.CHANGE), total)
    if largest is None:
        return Drivers(told, total, tuple(parts))
    (named,) = named_groups(uow, "customer", [largest], total)
    return Drivers(told, total, tuple(parts), named, _without(total, largest))


def _kinds(order: Sequence[Sum]) -> dict[str, tuple[Decimal, list[Sum]]]:
    """What moved, by what the customers did: the amount and the customers, those that moved most first."""
    kinds: dict[str, list[Sum]] = {kind: [] for kind in KINDS}
    for each in order:
        if each.change:
            kinds[_kind(each)].append(each)
    return {kind: (added(each.change for each in sums), sums) for kind, sums in kinds.items() if sums}


def _kind(one: Sum) -> str:
    if one.key == UNMAPPED:
        return "unmapped"
    if not one.lines_before:
        return "new"
    if not one.lines:
        return "lost"
    return "grown" if one.change > 0 else "shrunk"


def _largest(order: Sequence[Sum], total: Figure) -> Sum | None:
    """The customer that moved most in the direction of the total."""
    if not total.change:
        return None
    rise = total.change > 0
    return next((each for each in order if each.key != UNMAPPED and each.change and (each.change > 0) == rise), None)


def _without(total: Figure, one: Sum) -> Figure:
    before = EXACT.subtract(total.before or ZERO, one.before)
    return Figure(total.currency, EXACT.subtract(total.now, one.now), before)


def _found(uow: UnitOfWork, order: Sequence[Sum], search: str, *, by_label: bool) -> list[Sum]:
    """Those whose name or account name has all words of the search; by name when asked."""
    accounts = customer_accounts(uow)
    words = labels(uow, "customer", (each.key for each in order))
    found = [each for each in order if _matches(search, words[each.key], accounts.get(each.key, ("", ""))[1])]
    return sorted(found, key=lambda each: (words[each.key].casefold(), each.key)) if by_label else found


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
    for each in shown.shown(answer):
        place = (each.row.keys[0], each.row.start)
        amounts[place] = EXACT.add(amounts.get(place, ZERO), each.now)
    known = {each.key for each in rows} - {UNMAPPED}
    accounts = customers.accounts_of(uow, [UUID(key) for key in known if key])
    last = {row.keys[0]: row for row in sorted(answer.rows, key=lambda row: (row.start or date.min, row.currency))}
    names = [
        labels(uow, name, (str(row.now[2 + place]) for row in last.values()))
        for place, name in enumerate(("partner", "association_type", "account_manager"))
    ]
    return [
        _row(
            each,
            _account(accounts, each),
            [str(value) for value in last[each.key or ""].now[2:]],
            names,
            months,
            amounts,
        )
        for each in rows
    ]


def _account(accounts: Mapping[UUID, tuple[str, str]], one: Group) -> str:
    return accounts.get(UUID(one.key), ("", ""))[1] if one.key and one.key != UNMAPPED else ""


def _row(
    one: Group,
    account_name: str,
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
        account_name=account_name,
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
