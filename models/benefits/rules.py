"""What is judged about an MDF application and its reimbursement. Every number comes from the definition's parameters.

Each rule answers with one finding, the same for the partner who types and for the reviewer: `fix` keeps the form from
being sent, `look` only asks for attention, `later` says that something it needs is not filled in yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import SequenceMatcher

from models.core.calendars import WorkingCalendar
from models.core.errors import Problem
from models.core.money import money_text
from models.engines.workflow.findings import Finding, Verdict

DAY = "%b %d, %Y"
"""How a date is written (BEN-COM-08): `Aug 23, 2024`."""
_HUNDRED = Decimal(100)


def _usd(amount: Decimal) -> str:
    return f"{money_text(amount)} USD"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


# ---- who may apply, who may be paid ----


@dataclass(frozen=True, slots=True)
class Gates:
    """What a manager has set for a partner: business information authenticated; a GrowCloud partner; bills paid."""

    authenticated: bool
    growth_plan: bool
    bills_paid: bool


def authentication(gates: Gates, *, page: str = "") -> Finding:
    """Whether the partner completed business information authentication; `page` is where that is done.

    Source: BEN-COM-11 (a), BEN-MDA and BEN-MDR preconditions, guide §7.3.
    """
    code, label = "MDF-AUTHENTICATION", "Business information authenticated"
    if gates.authenticated:
        return Finding(code, label, Verdict.PASSED)
    text = "Complete business information authentication first: MDF is for authenticated partners."
    return Finding(code, label, Verdict.FIX, text, link=page)


def paid_bills(gates: Gates, *, page: str = "") -> Finding:
    """Whether bills keep a GrowCloud partner from being paid; `page` is where they are repaid.

    Source: BEN-COM-11 (b), guide §7.3.2.
    """
    code, label = "MDF-BILLS", "Bills fully paid"
    if not gates.growth_plan:
        return Finding(code, label, Verdict.PASSED, "Not tied to bills: the partner is no GrowCloud partner.")
    if gates.bills_paid:
        return Finding(code, label, Verdict.PASSED)
    text = "Pay all bills first: for GrowCloud partners benefits are paid out only when the bills are fully paid."
    return Finding(code, label, Verdict.FIX, text, link=page)


# ---- the application ----


_A_YEAR = 366


def whole_workdays_between(first: date, last: date, calendar: WorkingCalendar) -> int:
    """Working days that lie wholly between two dates: neither of them counts (open point 33)."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return sum(calendar.works_on(day) for day in days)


def activity_dates(starts_on: date | None, ends_on: date | None, *, today: date) -> Finding:
    """Whether the activity lies ahead and ends after it begins. Business dates (GMT+08:00).

    Source: BEN-MDA-02 (applications are made before the activity).
    """
    code, label = "MDA-DATES", "Before the activity"
    if starts_on is None or ends_on is None:
        return Finding(code, label, Verdict.LATER, "Judged when both dates are chosen.", field="starts_on")
    if starts_on <= today:
        text = "Apply before the activity: its expected start date has to lie in the future."
        return Finding(code, label, Verdict.FIX, text, field="starts_on")
    if ends_on < starts_on:
        return Finding(code, label, Verdict.FIX, "The expected end date lies before the start date.", field="ends_on")
    return Finding(code, label, Verdict.PASSED, f"Starts {starts_on:{DAY}}.")


def lead_time(
    starts_on: date | None, *, today: date, workdays: int, late_reason: str, calendar: WorkingCalendar
) -> Finding:
    """Whether at least `workdays` whole working days lie between today and the start, or it is said why not.

    Source: BEN-MDA-02, BEN-TMR-09, open point 33 (Monday to Friday less the vendor's holidays), guide §7.3.1.
    """
    code, label = "MDA-LEAD", f"At least {_number(workdays, 'working day')} before the activity"
    if starts_on is None:
        return Finding(code, label, Verdict.LATER, "Judged when the start date is chosen.", field="starts_on")
    if (starts_on - today).days > max(_A_YEAR, 3 * workdays):  # counting day by day to the year 9999 takes seconds
        return Finding(code, label, Verdict.PASSED, "More than a year ahead.")
    ahead = whole_workdays_between(today, starts_on, calendar)
    if ahead >= workdays:
        return Finding(code, label, Verdict.PASSED, f"{_number(ahead, 'working day')} ahead.")
    short = f"{_number(ahead, 'working day')} ahead, {workdays:,} asked for"
    if late_reason.strip():
        return Finding(code, label, Verdict.LOOK, f"{short}. Reason given: {late_reason.strip()}", field="late_reason")
    text = f"{short}. Say why the application comes so late."
    return Finding(code, label, Verdict.FIX, text, field="late_reason")


def budgeted(amount: Decimal | None) -> Finding:
    """Whether any MDF is asked for. USD, tax included.

    Source: BEN-MDA step 3 (Amount with MDF Used): an application without MDF reserves nothing and pays nothing.
    """
    code, label = "MDA-AMOUNT", "MDF asked for"
    if amount is None:
        return Finding(code, label, Verdict.LATER, "Judged when the budget is entered.", field="budget")
    if amount <= 0:
        text = "Mark what MDF is to pay for, with its amount: no amount of the budget uses MDF."
        return Finding(code, label, Verdict.FIX, text, field="budget")
    return Finding(code, label, Verdict.PASSED, f"{_usd(amount)} with MDF used.")


def quota_for_application(amount: Decimal | None, left: Decimal) -> Finding:
    """Whether the quota that is left covers Amount with MDF Used. USD, tax included.

    Source: BEN-MDA-03, guide §7.3.1 step 7.
    """
    return _quota("MDA-QUOTA", "Amount with MDF Used", amount, left, "budget")


def _quota(code: str, what: str, amount: Decimal | None, available: Decimal, field: str) -> Finding:
    label = "Quota covers the amount"
    if amount is None:
        return Finding(code, label, Verdict.LATER, "Judged when the amounts are entered.", field=field)
    if amount > available:
        text = (
            f"{what} is {_usd(amount)}, {_usd(available)} of the MDF quota is available. "
            "Ask your ecosystem manager to increase the quota, then try again."
        )
        return Finding(code, label, Verdict.FIX, text, field=field)
    return Finding(code, label, Verdict.PASSED, f"{_usd(available - amount)} left after this case.")


def change_problems(amount: Decimal, reason: str, *, most: Decimal) -> list[Problem]:
    """What keeps a quota from being raised or lowered by an amount, at most `most`; empty when nothing does.

    Source: BEN-VND-14 (with a reason that stays).
    """
    problems = []
    if not amount.is_finite() or not 0 < amount <= most or amount != amount.quantize(Decimal("0.01")):
        problems.append(Problem("QUOTA-AMOUNT", "Give an amount above zero with at most two decimals.", "amount"))
    if not reason.strip():
        problems.append(Problem("QUOTA-REASON", "Say why: the reason stays in the history of the quota.", "reason"))
    return problems


def is_low(left: Decimal, granted: Decimal, *, percent: Decimal) -> bool:
    """Whether less than `percent` of a quota is left; a pool without a quota is not low, it is none."""
    return granted > 0 and left * _HUNDRED < granted * percent


# ---- the claim ----


def has_taken_place(ended_on: date | None, *, today: date) -> Finding:
    """Whether the activity is over: it may be claimed from its last day on. Business dates (GMT+08:00).

    Source: BEN-MDR preconditions, guide §7.3.2 (after activities).
    """
    code, label = "MDR-HELD", "Activity has taken place"
    if ended_on is None:
        return Finding(code, label, Verdict.LATER, "Judged when the actual end date is chosen.", field="ended_on")
    if ended_on > today:
        text = f"Claim when the activity is over: it ends {ended_on:{DAY}}."
        return Finding(code, label, Verdict.FIX, text, field="ended_on")
    return Finding(code, label, Verdict.PASSED, f"Ended {ended_on:{DAY}}.")


def claimed_in_time(ended_on: date | None, *, today: date, days: int, approval_attached: bool) -> Finding:
    """Whether the claim comes within `days` calendar days after the actual end date, or with the approval e-mail of
    the vendor's Budget Management Department. The last day itself is in time.

    Source: BEN-MDR-02, BEN-TMR-10, open point 34, guide §7.3.2 step 5.
    """
    code, label = "MDR-LATE", f"Within {days:,} days of the activity"
    if ended_on is None:
        return Finding(code, label, Verdict.LATER, "Judged when the actual end date is chosen.", field="ended_on")
    day = (today - ended_on).days
    if day < 0:
        return Finding(code, label, Verdict.LATER, f"Judged when the activity is over: it ends {ended_on:{DAY}}.")
    if day <= days:
        return Finding(code, label, Verdict.PASSED, f"Ended {ended_on:{DAY}}; today is day {day:,}.")
    late = f"Ended {ended_on:{DAY}}; today is day {day:,}"
    if approval_attached:
        return Finding(code, label, Verdict.LOOK, f"{late}. The approval email is attached.", field="late_approval")
    text = (
        f"{late}. Attach the email with the approval comments of the vendor's Budget Management Department; "
        "your ecosystem manager has it."
    )
    return Finding(code, label, Verdict.FIX, text, field="late_approval")


def quota_for_claim(claimed: Decimal | None, *, left: Decimal, reserved: Decimal) -> Finding:
    """Whether what is left and what this case has reserved itself cover the expense with MDF used. USD, tax included.

    Source: BEN-MDR-05, open points 31 and 32, guide §7.3.2 step 7.
    """
    return _quota("MDR-QUOTA", "Expense with MDF Used", claimed, left + reserved, "expenses")


def within_approved(claimed: Decimal | None, approved: Decimal) -> Finding:
    """Whether the claim keeps to the approved amount; more is a warning as long as the quota covers it.

    Source: open point 31.
    """
    code, label = "MDR-APPROVED", "Within the approved budget"
    if claimed is None:
        return Finding(code, label, Verdict.LATER, "Judged when the expenses are entered.", field="expenses")
    if claimed > approved:
        text = f"{_usd(claimed)} is {_usd(claimed - approved)} above the approved {_usd(approved)}."
        return Finding(code, label, Verdict.LOOK, text, field="expenses")
    if claimed == approved:
        return Finding(code, label, Verdict.PASSED, f"Exactly the approved {_usd(approved)}.")
    return Finding(code, label, Verdict.PASSED, f"{_usd(approved - claimed)} under the approved {_usd(approved)}.")


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a budget or of expenses; the amount in USD, tax included."""

    name: str
    mdf_used: bool
    amount: Decimal


def with_mdf(items: Iterable[Item]) -> dict[str, Decimal]:
    """What MDF pays, by item (upper and lower case are the same), as the first row spells it."""
    spelt: dict[str, str] = {}
    sums: dict[str, Decimal] = {}
    for item in items:
        if item.mdf_used:
            name = spelt.setdefault(item.name.strip().casefold(), item.name.strip())
            sums[name] = sums.get(name, Decimal(0)) + item.amount
    return sums


def items_over_budget(
    budget: Sequence[Item], expenses: Sequence[Item], *, percent: Decimal, reason: str = ""
) -> Finding:
    """Whether an item with MDF used cost more than `percent` above its budget, or was never budgeted; only a warning.

    Source: BEN-MDR-04 (budget beside expenses), BEN-VND-16.
    """
    code, label, field = "MDR-ITEM", "Items within their budget", "expenses"
    planned = {name.casefold(): amount for name, amount in with_mdf(budget).items()}
    over = []
    for name, spent in with_mdf(expenses).items():
        limit = planned.get(name.casefold(), Decimal(0))
        if not limit and spent:
            over.append(f"{name}: not in the budget")
        elif spent * _HUNDRED > limit * (_HUNDRED + percent):
            over.append(f"{name} +{(spent - limit) / limit * _HUNDRED:.1f} %")
    if not over:
        return Finding(code, label, Verdict.PASSED)
    why = f"Reason given: {reason.strip()}" if reason.strip() else "Say why below; the reviewer reads it."
    return Finding(code, label, Verdict.LOOK, f"{'; '.join(over)}. {why}", field=field)


@dataclass(frozen=True, slots=True)
class MaterialTerms:
    """Which types of material a claim cannot be sent without, and which of them holds the invoices."""

    required: Collection[str]
    invoices: str


def materials_attached(files: Mapping[str, int], expenses: Sequence[Item], terms: MaterialTerms) -> Finding:
    """Whether the files are there that prove what MDF is to pay; `files` counts them by type of material.

    Without any expense that MDF pays nothing has to be proven.
    Source: BEN-MDR-06, guide §7.3.2 step 8.
    """
    code, label, field = "MDR-MATERIAL", "Materials for every MDF item", "materials"
    items = with_mdf(item for item in expenses if item.amount > 0)
    if not items:
        return Finding(code, label, Verdict.PASSED, "No item uses MDF.")
    if missing := [kind for kind in terms.required if not files.get(kind)]:
        return Finding(code, label, Verdict.FIX, f"Attach: {', '.join(missing)}.", field=field)
    invoices = files.get(terms.invoices, 0)
    if invoices < len(items):
        text = (
            f"{_number(len(items), 'item')} with MDF used, {_number(invoices, 'file')} under {terms.invoices}. "
            "Say in the description which file proves which item."
        )
        return Finding(code, label, Verdict.LOOK, text, field=field)
    return Finding(code, label, Verdict.PASSED, f"{_number(sum(files.values()), 'file')} attached.")


# ---- similar activities ----


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of an application: its number, whose it is, and what it is compared by."""

    number: str
    partner: str
    name: str
    address: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class SimilarTerms:
    """From how many per cent on names and addresses are alike, and how many days apart activities are near."""

    name_percent: int
    address_percent: int
    within_days: int


@dataclass(frozen=True, slots=True)
class Similar:
    """An activity that is like the one at hand: how much (per cent), and by what."""

    activity: Activity
    percent: int
    why: str


def alike(one: str, other: str) -> int:
    """How alike two texts are, in per cent; case, punctuation and the order of words do not count."""
    first, second = _words(one), _words(other)
    return round(100 * SequenceMatcher(None, first, second, autojunk=False).ratio()) if first and second else 0


def _words(text: str) -> str:
    plain = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return " ".join(sorted(plain.split()))


def similar_activities(at_hand: Activity, others: Iterable[Activity], terms: SimilarTerms) -> list[Similar]:
    """Those of the others that may be the same activity: near in time, and alike in name or place; most alike first.

    Source: BEN-MDA-04.
    """
    found = []
    for other in others:
        apart = max((at_hand.starts_on - other.ends_on).days, (other.starts_on - at_hand.ends_on).days, 0)
        if other.number == at_hand.number or apart > terms.within_days:
            continue
        name, place = alike(at_hand.name, other.name), alike(at_hand.address, other.address)
        by_name, by_place = name >= terms.name_percent, place >= terms.address_percent
        if by_name or by_place:
            why = "same name and venue" if by_name and by_place else "same name" if by_name else "same venue"
            percent = max(name if by_name else 0, place if by_place else 0)
            found.append((name + place, Similar(other, percent, why)))
    return [one for _, one in sorted(found, key=lambda each: (-each[0], each[1].activity.number))]


def similarity(found: Sequence[Similar]) -> Finding:
    """The warning about similar activities; it never keeps an application from being sent.

    Source: BEN-MDA-04 (a warning, so that no duplicate is submitted).
    """
    code = "MDA-SIMILAR"
    if not found:
        return Finding(code, "No similar activity in an earlier case", Verdict.PASSED)
    listed = "; ".join(f"{one.activity.number} {one.activity.name} ({one.why})" for one in found[:3])
    more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
    text = f"{listed}{more}. Check that this is not the same activity."
    return Finding(code, "Similar activity in an earlier case", Verdict.LOOK, text, field="activity_name")
