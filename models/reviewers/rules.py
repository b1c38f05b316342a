"""What groups, limits, stand-ins and absences have to keep: pure decisions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from models.core.errors import Problem

MOST = Decimal("1000000000")
"""More than this is a slip of the keyboard, not a limit."""
LONGEST = timedelta(days=366)
"""Whoever stands in for longer has taken over: that is a role."""
_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")


class QualityKind(StrEnum):
    """What a reviewer can be given besides roles."""

    GROUP = "group"
    SKILL = "skill"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Stand:
    """`to` stands in for `by` from `since` until `until` (exclusive); `scope` empty: for everything."""

    by: UUID
    to: UUID
    since: datetime
    until: datetime
    scope: frozenset[str] = frozenset()
    cap: Decimal | None = None

    def meets(self, other: Stand) -> bool:
        """Whether there is a time at which both hold."""
        return self.since < other.until and other.since < self.until


def stand_problems(
    new: Stand, others: Sequence[Stand], *, names: dict[UUID, str], known: Collection[str], now: datetime
) -> list[Problem]:
    """Everything that keeps somebody from standing in for somebody; empty when nothing does.

    ``others`` are those that were not ended, of either person; ``known`` what a scope may name.
    What was handed over cannot be handed on: so neither a chain nor a circle ever comes about.
    """
    found = list(_period_problems(new.since, new.until, now))
    if new.by == new.to:
        found.append(Problem("STAND-SELF", "Choose somebody else to stand in.", "to"))
    if new.cap is not None and (problem := amount_problem(new.cap, "cap")):
        found.append(problem)
    if unknown := sorted(new.scope - set(known)):
        found.append(Problem("STAND-SCOPE", f"Choose stages of the list: {', '.join(unknown)} is none.", "scope"))
    for other in others if not found else ():
        if new.meets(other):
            found += _chain_problems(new, other, names)
    return found


def _chain_problems(new: Stand, other: Stand, names: dict[UUID, str]) -> Iterator[Problem]:
    by, to = names.get(new.by, "This person"), names.get(new.to, "This person")
    if (other.by, other.to) == (new.by, new.to):
        text = f"{to} stands in for {by} in that time already. End that first, or choose another time."
        yield Problem("STAND-TWICE", text, "to")
    elif (other.by, other.to) == (new.to, new.by):
        text = f"{by} stands in for {to} in that time. Choose somebody else, or another time."
        yield Problem("STAND-CIRCLE", text, "to")
    elif other.by == new.to:
        third = names.get(other.to, "somebody else")
        text = f"{third} stands in for {to} in that time. Choose {third} or somebody else, or another time."
        yield Problem("STAND-CHAIN", text, "to")
    elif other.to == new.by:
        third = names.get(other.by, "somebody else")
        text = f"{by} stands in for {third} in that time, and that cannot be handed on. End it first."
        yield Problem("STAND-CHAIN", text, "to")


def absence_problems(
    since: datetime, until: datetime, others: Collection[tuple[datetime, datetime]], now: datetime
) -> list[Problem]:
    """Everything wrong with an absence; empty when nothing is. ``others`` are the person's that were not ended."""
    found = list(_period_problems(since, until, now))
    if not found and any(since < end and begin < until for begin, end in others):
        found.append(Problem("AWAY-TWICE", "An absence is noted for that time already. End it first.", "since"))
    return found


def _period_problems(since: datetime, until: datetime, now: datetime) -> Iterator[Problem]:
    if until <= since:
        yield Problem("PERIOD-ORDER", "The last day lies before the first one.", "until")
    elif until <= now:
        yield Problem("PERIOD-PAST", "That time is over. Choose a last day that is still to come.", "until")
    elif until - since > LONGEST:
        yield Problem("PERIOD-LONG", f"Choose at most {LONGEST.days} days.", "until")


def group_problems(key: str, name: str, taken: Collection[str]) -> list[Problem]:
    """Everything wrong with a new group; empty when nothing is. ``taken`` are the keys there are."""
    found = []
    if not _KEY.fullmatch(key):
        text = "Begin with a letter and use 2 to 40 small letters, digits or underscores: large_deals."
        found.append(Problem("GROUP-KEY", text, "key"))
    elif key in taken:
        found.append(Problem("GROUP-TAKEN", f"There is a group {key} already, or there was one.", "key"))
    if not name.strip() or len(name) > 80:
        found.append(Problem("GROUP-NAME", "Give the group a name of at most 80 characters.", "name"))
    return found


def amount_problem(amount: Decimal, field: str = "amount") -> Problem | None:
    """What is wrong with a limit or cap; None when nothing is."""
    if amount.is_finite() and 0 < amount <= MOST and amount == amount.quantize(Decimal("0.01")):
        return None
    return Problem("LIMIT-AMOUNT", "Give an amount above zero with at most two decimals.", field)
