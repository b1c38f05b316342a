"""What an exchange rate must be before it may convert anybody's money."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from models.core.errors import Problem

_CURRENCY = re.compile(r"[A-Z]{3}")


def rate_problems(*, source: str, on: date, currency: str, base: str, value: Decimal, today: date) -> list[Problem]:
    """Everything wrong with a rate; empty when nothing is. `today` is the business date (GMT+08:00).

    Source: FIN-MONEY-11 (a rate is named by source and date).
    """
    problems: list[Problem] = []
    if not source.strip():
        problems.append(Problem("RATE-SOURCE", "Say who named the rate.", "source"))
    for field, code in (("currency", currency), ("base", base)):
        if not _CURRENCY.fullmatch(code):
            problems.append(Problem("RATE-CURRENCY", "A currency has three capital letters, such as EUR.", field))
    if currency == base:
        problems.append(Problem("RATE-SAME", "A currency needs no rate into itself.", "currency"))
    if not value.is_finite() or value <= 0:
        problems.append(Problem("RATE-VALUE", "A rate is a number above zero, such as 1.0842.", "value"))
    if on > today:
        problems.append(Problem("RATE-FUTURE", "A rate of a day to come is nobody's yet.", "on"))
    return problems
