"""Invents what every customer spent on which days: pairs of a customer and a service, and the lines they leave.

Everything is a NumPy column, drawn from one seeded generator. Amounts become whole numbers of 10^-12 units before they
are written, so that what the lake holds is exact and the same on every machine with the same seed and date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from models.demo.ecosystem import DemoCustomer
from models.demo.terms import DemoTerms, catalog
from models.expenditures.rules import BillingMode, BillType

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BILL_TYPES = tuple(BillType)
MODES = tuple(BillingMode)
OTHERS_MONTHLY = 2_350_000.0
"""What all customers without a name of their own in the story spend together in the newest full month, in USD."""
ANCHOR_SERVICES = (
    ("Elastic compute", 0.55), ("Object storage", 0.17), ("Relational database", 0.12), ("Cloud network", 0.1),
    ("Content delivery", 0.06),
)  # fmt: skip
STORY_CUSTOMER = 0
STORY_SERVICE = "Elastic compute"
STORY_DAY = 9
"""The anomaly worth finding: the first customer moves its planning system away on this day of the newest full month."""
BUSY_MONTHS = {
    "Retail": (11, 0.30), "Travel": (7, 0.28), "Media": (12, 0.12), "Games": (12, 0.18), "Education": (10, 0.20),
    "Energy": (1, 0.10), "Agriculture": (9, 0.15), "Logistics": (11, 0.10), "Food": (12, 0.10),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a demo, numbered from its first one."""

    first: date
    last: date
    story: int  # the number of the day on which the anomaly begins

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.last - self.first).days + 1

    def number(self, day: date) -> int:
        """The number of a day; negative before the first."""
        return (day - self.first).days


def period(terms: DemoTerms, today: date) -> Period:
    """From the first day of a month until yesterday, over so many months, the present one included."""
    last = today - timedelta(days=1)
    months = last.year * 12 + last.month - 1 - (terms.months - 1)
    first = date(months // 12, months % 12 + 1, 1)
    full = (last + timedelta(days=1)).replace(day=1)  # the month after the newest full one, or the one that runs
    newest = (full - timedelta(days=1)).replace(day=1)
    return Period(first, last, (newest.replace(day=STORY_DAY) - first).days)


@dataclass(frozen=True, slots=True)
class Pairs:
    """A customer's use of a service: one row each; `step` is the number of days between its lines."""

    customer: Ints
    service: Ints
    product: Ints
    mode: Ints
    monthly: Floats
    step: Ints
    phase: Ints
    region: Ints

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True, slots=True)
class Lines:
    """Expenditure lines, one row each; amounts in 10^-12 units, quantity in 10^-6."""

    customer: Ints
    pair: Ints
    day: Ints
    bill_type: Ints
    mode: Ints
    amount: Ints
    list_price: Ints
    quantity: Ints


@dataclass(frozen=True, slots=True)
class Spending:
    """What was invented: the pairs and their lines."""

    pairs: Pairs
    lines: Lines


def invent(terms: DemoTerms, customers: list[DemoCustomer], span: Period) -> Spending:
    """Exactly `terms.lines` lines of the customers over the period."""
    draw = np.random.Generator(np.random.PCG64(terms.seed))
    monthly = _sizes(draw, customers)
    pairs = _pairs(draw, terms, customers, monthly, span)
    life = _lives(draw, customers, span)
    pair, day, usd = _usage(draw, terms, customers, pairs, life, span)
    pair, day, usd, bill_type, mode = _with_corrections(draw, pairs, pair, day, usd, span)
    order = np.lexsort((day, pair))
    lines = _exact(
        draw, customers, pairs, pair[order], day[order], usd[order], bill_type=bill_type[order], mode=mode[order]
    )
    return Spending(pairs, lines)


def _sizes(draw: np.random.Generator, customers: list[DemoCustomer]) -> Floats:
    """What each spends in the newest full month, in USD: a few much, most little."""
    weights = draw.lognormal(0, 1.9, len(customers)) + 0.6
    weights[:] = np.minimum(weights, np.quantile(weights, 0.9995))
    anchor = np.array([customer.anchor for customer in customers])
    sizes = weights * OTHERS_MONTHLY / weights[~anchor].sum() * (len(customers) / 4_000)
    sizes[anchor] = [customer.monthly for customer in customers if customer.anchor]
    exact: Floats = sizes
    return exact


def _lives(draw: np.random.Generator, customers: list[DemoCustomer], span: Period) -> tuple[Ints, Ints]:
    """First day and the day after the last of each customer's use; some stop without leaving."""
    first = np.array([max(span.number(c.stays[0].since), 0) for c in customers], np.int64)
    end = np.array([span.number(c.stays[-1].until) if c.stays[-1].until else span.days for c in customers], np.int64)
    stops = draw.random(len(customers)) < 0.04
    stops[[c.anchor for c in customers]] = False
    stopped = first + (draw.random(len(customers)) * np.maximum(span.days - first, 1)).astype(np.int64)
    return first, np.where(stops, np.minimum(stopped, end), end)


# ---- who uses what ----


def _pairs(
    draw: np.random.Generator, terms: DemoTerms, customers: list[DemoCustomer], monthly: Floats, span: Period
) -> Pairs:
    step = _steps(terms, customers, monthly, span)
    services = catalog().services
    weight = np.array([service.weight for service in services], np.float64)
    position = {service.name: index for index, service in enumerate(services)}
    rows: list[tuple[int, int, float]] = []
    for index, customer in enumerate(customers):
        if customer.anchor:
            rows += [(index, position[name], monthly[index] * share) for name, share in ANCHOR_SERVICES]
            continue
        wanted = 3 if step[index] == 1 else 2 if step[index] == 7 or draw.random() < 0.4 else 1
        chosen = draw.choice(len(services), wanted, replace=False, p=weight / weight.sum())
        shares = draw.dirichlet(weight[chosen] / 6)
        rows += [(index, int(service), monthly[index] * share) for service, share in zip(chosen, shares, strict=True)]
    who = np.array([row[0] for row in rows], np.int64)
    what = np.array([row[1] for row in rows], np.int64)
    products = np.array([len(service.products) for service in services], np.int64)[what]
    return Pairs(
        customer=who, service=what, product=(draw.random(len(rows)) * products).astype(np.int64),
        mode=_modes(draw, services, what, step[who]), monthly=np.array([row[2] for row in rows]),
        step=step[who], phase=draw.integers(0, 28, len(rows)), region=_homes(draw, customers)[who],
    )  # fmt: skip


def _steps(terms: DemoTerms, customers: list[DemoCustomer], monthly: Floats, span: Period) -> Ints:
    """The large have a line a day and service, the next a line a week, the small one a month."""
    daily = max(len(customers) // 100, int(terms.lines * 0.62 / (span.days * 3)))
    weekly = max(len(customers) // 20, int(terms.lines * 0.20 / (span.days / 7 * 2)))
    rank = np.empty(len(customers), np.int64)
    rank[np.argsort(-monthly)] = np.arange(len(customers))
    return np.where(rank < daily, 1, np.where(rank < daily + weekly, 7, 30)).astype(np.int64)


def _modes(draw: np.random.Generator, services: tuple[Any, ...], what: Ints, step: Ints) -> Ints:
    reservable = np.array([service.family in ("Compute", "Databases") for service in services])[what]
    odds = draw.random(len(what))
    mode = np.full(len(what), MODES.index(BillingMode.PAY_PER_USE))
    mode[reservable & (odds < 0.10)] = MODES.index(BillingMode.RESERVED_HOURLY)
    mode[reservable & (odds >= 0.10) & (odds < 0.19)] = MODES.index(BillingMode.SAVINGS_PLAN)
    mode[(step == 30) & (odds > 0.80)] = MODES.index(BillingMode.YEARLY_MONTHLY)
    return mode.astype(np.int64)


def _homes(draw: np.random.Generator, customers: list[DemoCustomer]) -> Ints:
    """The cloud region each customer runs in, mostly the first of its part of the world."""
    names = list(catalog().regions)
    rows = []
    for customer, odds in zip(customers, draw.random(len(customers)), strict=True):
        homes = catalog().homes[customer.region]
        rows.append(names.index(homes[min(int(odds**1.8 * len(homes)), len(homes) - 1)]))
    return np.array(rows, np.int64)


# ---- when, and how much ----


def _usage(
    draw: np.random.Generator, terms: DemoTerms, customers: list[DemoCustomer], pairs: Pairs, life: tuple[Ints, Ints],
    span: Period,
) -> tuple[Ints, Ints, Floats]:  # fmt: skip
    """Pair, day and USD of the lines of use; the corrections that follow fill the number of lines up."""
    pair, day = _days_of_use(pairs, span)
    first, end = life[0][pairs.customer[pair]], life[1][pairs.customer[pair]]
    alive = (day >= first) & (day < end)
    pair, day = pair[alive], day[alive]
    wanted = terms.lines - round(terms.lines * CORRECTED)
    if len(pair) > wanted:  # leave out a week here and there rather than a month
        weekly = pairs.step[pair] == 7
        loose = np.flatnonzero(weekly if weekly.sum() > len(pair) - wanted else pairs.step[pair] > 1)
        keep = np.ones(len(pair), bool)
        keep[draw.permutation(loose)[: len(pair) - wanted]] = False
        pair, day = pair[keep], day[keep]
    if len(pair) < wanted:  # a second line on days that have one
        more = draw.integers(0, len(pair), wanted - len(pair))
        pair, day = np.concatenate((pair, pair[more])), np.concatenate((day, day[more]))
    pair, day = pair[:wanted], day[:wanted]
    usd = pairs.monthly[pair] / 30.4 * pairs.step[pair] * _course(draw, customers, pairs, pair, day, span)
    return pair, day, usd


def _days_of_use(pairs: Pairs, span: Period) -> tuple[Ints, Ints]:
    found_pairs, found_days = [], []
    days = np.arange(span.days)
    in_month = np.array([(span.first + timedelta(days=int(day))).day for day in days])
    for step in (1, 7, 30):
        rows = np.flatnonzero(pairs.step == step)
        phase = pairs.phase[rows, None]
        hit = in_month == phase + 1 if step == 30 else (days - phase) % step == 0
        row, day = np.nonzero(np.broadcast_to(hit, (len(rows), span.days)))
        found_pairs.append(rows[row])
        found_days.append(day)
    return np.concatenate(found_pairs).astype(np.int64), np.concatenate(found_days).astype(np.int64)


def _course(
    draw: np.random.Generator, customers: list[DemoCustomer], pairs: Pairs, pair: Ints, day: Ints, span: Period
) -> Floats:
    """How much more or less than its newest full month a line is: growth, weeks, seasons, noise, and the anomaly."""
    who = pairs.customer[pair]
    dates = [span.first + timedelta(days=number) for number in range(span.days)]
    anchor = np.array([customer.anchor for customer in customers])
    growth = np.where(anchor, 0.008, draw.normal(0.009, 0.025, len(customers)))
    course = np.exp(growth[who] * (day - span.story) / 30.4)
    weekend = np.array([one.weekday() > 4 for one in dates])[day]
    elastic = np.array([service.elasticity for service in catalog().services])[pairs.service[pair]]
    daily = pairs.step[pair] == 1
    course *= np.where(daily, np.where(weekend, 1 - 0.35 * elastic, 1 + 0.14 * elastic), 1.0)
    course *= _season(customers, dates)[np.where(anchor, 0, 1)[who], _industries(customers)[who], day]
    course *= draw.lognormal(-0.004, np.where(daily, 0.05, 0.16))
    moved = (who == STORY_CUSTOMER) & (day >= span.story)
    moved &= np.array([service.name == STORY_SERVICE for service in catalog().services])[pairs.service[pair]]
    course *= np.where(moved, np.maximum(0.07, 0.62 - 0.26 * (day - span.story)), 1.0)
    result: Floats = course
    return result


def _industries(customers: list[DemoCustomer]) -> Ints:
    names = list(BUSY_MONTHS)
    return np.array([names.index(c.industry) if c.industry in BUSY_MONTHS else len(names) for c in customers], np.int64)


def _season(customers: list[DemoCustomer], dates: list[date]) -> Floats:
    """By how much each industry differs over the year; those of the story only a little, so that it stands out."""
    angle = np.array([(one.timetuple().tm_yday) / 365.25 * 2 * np.pi for one in dates])
    quiet = np.array(
        [0.9 if (one.month, one.day) >= (12, 24) or (one.month, one.day) <= (1, 2) else 1.0 for one in dates]
    )
    rows = [1 + swing * np.cos(angle - (month - 0.5) / 12 * 2 * np.pi) for month, swing in BUSY_MONTHS.values()]
    rows.append(1 + 0.03 * np.cos(angle - np.pi))
    strong = np.array(rows) * quiet
    return np.stack((1 + (strong - 1) * 0.25, strong))


# ---- corrections ----

CORRECTED = 0.035
"""Part of the lines that is no plain use: refunds, adjustments, credits, and things bought once or up front."""
_CORRECTIONS = (
    (BillType.REFUND, None, 0.16, -0.6), (BillType.ADJUSTMENT, None, 0.12, -0.12), (BillType.CREDIT, None, 0.30, -0.25),
    (BillType.EXPENDITURE, BillingMode.ONE_TIME, 0.26, 0.9),
    (BillType.EXPENDITURE, BillingMode.RESERVED_UPFRONT, 0.16, 5.0),
)  # fmt: skip


def _with_corrections(
    draw: np.random.Generator, pairs: Pairs, pair: Ints, day: Ints, usd: Floats, span: Period
) -> tuple[Ints, Ints, Floats, Ints, Ints]:
    """The lines of use and, for some of them, what followed within ten days: money back, credits, one-off purchases."""
    missing = round(len(pair) / (1 - CORRECTED)) - len(pair)
    loose = np.flatnonzero(pairs.step[pair] > 1)  # corrections of the largest would drown the story
    of = draw.choice(loose if len(loose) else np.arange(len(pair)), missing)
    odds = draw.random(missing)
    kind = np.searchsorted(np.cumsum([part for _, _, part, _ in _CORRECTIONS]), odds).clip(max=len(_CORRECTIONS) - 1)
    factor = np.array([size for *_, size in _CORRECTIONS])[kind] * draw.uniform(0.3, 1.0, missing)
    adjusted = kind == 1
    factor[adjusted] *= draw.choice((-1.0, 1.0), int(adjusted.sum()))
    bill = np.array([BILL_TYPES.index(bill) for bill, *_ in _CORRECTIONS])[kind]
    bought = np.array([MODES.index(mode) if mode else -1 for _, mode, *_ in _CORRECTIONS])[kind]
    later = np.minimum(day[of] + draw.integers(0, 11, missing), span.days - 1)
    usage = np.full(len(pair), BILL_TYPES.index(BillType.EXPENDITURE))
    mode = pairs.mode[pair]
    return (
        np.concatenate((pair, pair[of])),
        np.concatenate((day, later)),
        np.concatenate((usd, usd[of] * factor)),
        np.concatenate((usage, bill)),
        np.concatenate((mode, np.where(bought < 0, mode[of], bought))),
    )


def _exact(
    draw: np.random.Generator, customers: list[DemoCustomer], pairs: Pairs, pair: Ints, day: Ints, usd: Floats,
    *, bill_type: Ints, mode: Ints,
) -> Lines:  # fmt: skip
    """Whole numbers of units from the drawn amounts, in the customer's currency: cents for what is bought at once,
    ten decimals for what is metered."""
    who = pairs.customer[pair]
    rates = {name: float(values[0]) for name, values in catalog().rates.items()} | {"USD": 1.0}
    rate = np.array([rates[customer.currency] for customer in customers])[who]
    bought = np.isin(
        mode, [MODES.index(m) for m in (BillingMode.YEARLY_MONTHLY, BillingMode.RESERVED_UPFRONT, BillingMode.ONE_TIME)]
    )
    local = usd / rate
    metered = np.rint(local * 1e10).astype(np.int64) * 100
    whole = np.rint(local * 100).astype(np.int64) * 10**10
    amount = np.where(bought, whole, metered)
    amount[amount == 0] = 10**10
    discount = np.array([0, 0, 5, 8, 10, 12, 15])[draw.integers(0, 7, len(customers))][who]
    list_price = np.where(bill_type == 0, amount // (100 - discount) * 100, amount)
    price = _unit_prices(pairs)[pair] / rate
    quantity = np.rint(np.abs(list_price) / 1e12 / price * 1e6).astype(np.int64)
    return Lines(who, pair, day, bill_type.astype(np.int64), mode.astype(np.int64), amount, list_price, quantity)


def _unit_prices(pairs: Pairs) -> Floats:
    prices = [[float(product[3]) for product in service.products] for service in catalog().services]
    return np.array([prices[s][p] for s, p in zip(pairs.service, pairs.product, strict=True)])
