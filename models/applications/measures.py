"""What statistics count of applications: how many are sent, wait and end, what reviewers decide and how long it takes.

Chapter BEN-STA-03 of the requirements, for every kind of application.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, distinct, func, literal_column

from models.applications import facts
from models.applications import facts_of_stages as stages
from models.applications.types import application_types
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.facts import numbers
from models.engines.statistics import (
    MISSING,
    Dimension,
    Facts,
    Labels,
    LineColumn,
    LineKind,
    Lines,
    Measure,
    Snapshot,
    Unit,
)
from models.identity import queries as identity
from models.partners.dimensions import partner_dimension, partner_dimensions, uuids

PERMISSION = ("reviews.view", "benefits.view")
"""What opens figures of applications and their money: one of them, the vendor's people and those of partners."""
_SHOWN = {
    "amount": ("Amount", LineKind.AMOUNT), "elapsed": ("Time", LineKind.DURATION),
    "worked": ("Working time", LineKind.DURATION), "late": ("Late", LineKind.MARK),
    "overdue": ("Overdue", LineKind.MARK),
}  # fmt: skip
"""Columns that are no dimensions, as the lines show them."""
_DECISIONS = {stages.APPROVED: "Approved", stages.REJECTED: "Rejected", stages.OTHER: "Other"}
_WAITS = {stages.PARTNER: "Partner", stages.VENDOR: "Vendor", stages.SYSTEM: "Nobody"}


def _types(uow: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
    types = application_types(uow)
    return {key: types[key].name if key in types else key for key in keys}


def _reviewers(uow: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
    found = {str(key): name for key, name in identity.names(uow, uuids(keys)).items()}
    return {key: found.get(key, f"Former reviewer {key[:8]}") for key in keys}


def _itself(_: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
    return {key: key for key in keys}


def _named(words: Mapping[str, str]) -> Labels:
    return lambda _, keys: {key: words.get(key, key) for key in keys}


def _capitalised(_: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
    return {key: key.replace("_", " ").capitalize() for key in keys}


def application_type_dimension(column: ColumnElement[str]) -> Dimension:
    """What was applied for."""
    return Dimension("application_type", "Application type", column, MISSING, "Not stated", _types)


def case_column(column: ColumnElement[str]) -> LineColumn:
    """The application of a line, by its number."""
    return LineColumn("case", "Case", column, labels=_numbers)


def _numbers(uow: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
    return {str(key): number for key, number in numbers(uow, uuids(keys)).items()}


_WORDS: Mapping[str, tuple[str, str, Labels]] = {
    "status": ("Status", "Not stated", _itself),
    "outcome": ("Outcome", "Not over yet", _capitalised),
    "stage": ("Stage", "At no stage", _itself),
    "reviewer": ("Reviewer", "Nobody named", _reviewers),
    "decision": ("Decision", "Not stated", _named(_DECISIONS)),
    "reason": ("Reason", "No reason given", _itself),
    "waits_for": ("Waits for", "Nobody", _named(_WAITS)),
}


def _facts(table: Table, words: str, snapshot: Snapshot, **more: Any) -> Facts:
    own = [Dimension(name, *_of(table, name)) for name in _WORDS if name in table.c]
    made = (
        partner_dimension(table.c.partner_id), *partner_dimensions(table.c.partner_id, table.c.day),
        application_type_dimension(table.c.application_type), *own,
    )  # fmt: skip
    return Facts(
        table=table, partner="partner_id", customer=None, cycle=None, day="day",
        currency="currency" if "currency" in table.c else None, dimensions={each.name: each for each in made},
        snapshot=snapshot, words=words, permission=PERMISSION, lines=_lines(table, words), **more,
    )  # fmt: skip


def _lines(table: Table, words: str) -> Lines:
    since = "Stands so since" if "ended" in table.c else "Day"
    others = [LineColumn(name, *_named_column(table, name)) for name in _SHOWN if name in table.c]
    columns: tuple[str | LineColumn, ...] = (
        LineColumn("day", since, table.c.day, LineKind.DATE), case_column(table.c.case_id), "partner",
        "application_type", *(name for name in _WORDS if name in table.c), *others,
    )  # fmt: skip
    return Lines(words.lower(), columns)


def _named_column(table: Table, name: str) -> tuple[str, ColumnElement[Any], LineKind]:
    words, kind = _SHOWN[name]
    return words, table.c[name], kind


def _of(table: Table, name: str) -> tuple[str, ColumnElement[str], str, str, Labels]:
    words, missing, labels = _WORDS[name]
    return words, table.c[name], MISSING, missing, labels


APPLICATIONS = _facts(facts.application, "Applications", Snapshot(facts.applications, facts.version))
ENDS = _facts(facts.application_end, "Applications that are over", Snapshot(facts.ends, facts.version))
STATES = _facts(
    facts.application_state, "Applications in flight", Snapshot(stages.states, facts.standing_version), ended="ended"
)
DECIDED = _facts(facts.decision, "Decisions", Snapshot(stages.decisions, facts.version))
REVIEWS = _facts(
    facts.review_state, "Reviews that wait", Snapshot(stages.reviews, facts.waiting_version), ended="ended"
)


def _count(name: str, words: str, table: Table, where: Any, definition: str, *, additive: bool = False) -> Measure:
    counted = func.count() if additive else func.count(distinct(table.c.case_id))
    return Measure(name, words, Unit.COUNT, counted, where, additive, definition)


def _times(name: str, words: str, table: Table, of: str, definition: str) -> tuple[Measure, ...]:
    """Median and ninth decile of elapsed and of working time: values that occurred, in whole seconds."""
    made = []
    for kind, column in (("", "elapsed"), ("working_", "worked")):
        for part, share, said in (("median", "0.5", "Half"), ("p90", "0.9", "Nine in ten")):
            time = "working time by the vendor's calendar" if kind else "time, nights and weekends included"
            made.append(
                Measure(
                    f"{name}_{kind}{part}", f"{words} ({'working time, ' if kind else ''}{part})", Unit.DURATION,
                    func.quantile_disc(table.c[column], literal_column(share)), table.c[column].is_not(None), False,
                    f"{said} of {of} took at most this long: {time}. {definition}",
                )
            )  # fmt: skip
    return tuple(made)


SUBMITTED = _count(
    "applications_submitted", "Applications submitted", facts.application, None,
    "Applications that were sent for the first time; sent again after a rejection they do not count again.",
    additive=True,
)  # fmt: skip
AMOUNT_REQUESTED = Measure(
    "amount_requested", "Amount requested", Unit.MONEY, func.sum(facts.application.c.amount), None, True,
    "What the applications of the period are about now: what was claimed where something was, else what was asked for.",
)  # fmt: skip
BUDGETED = Measure(
    "budgeted", "Budgeted", Unit.MONEY, func.sum(facts.application.c.budgeted), None, True,
    "What the applications of the period that are under review or approved asked for, tax included; nothing of those"
    " that were rejected or cancelled since.",
)  # fmt: skip
IN_FLIGHT = _count(
    "applications_in_flight", "Applications in flight", facts.application_state, None,
    "Applications that were sent and are not over, at the end of the period. By stage, one that waits at two stages"
    " counts at each, and once in the total.",
)  # fmt: skip
ENDED = _count(
    "applications_ended", "Applications ended", facts.application_end, None,
    "Applications that came to their end, whatever the outcome.", additive=True,
)  # fmt: skip
APPLICATION_TIME = _times(
    "application_time", "Time from submission to end", facts.application_end, "the applications that ended",
    "From the first submission to the end, the partner's own time included.",
)  # fmt: skip
DECISIONS = _count(
    "decisions", "Decisions", facts.decision, None,
    "What reviewers decided: every vote counts, also one that sends a case back.", additive=True,
)  # fmt: skip
_rejected = facts.decision.c.decision == stages.REJECTED
REJECTIONS = _count(
    "rejections", "Rejections", facts.decision, _rejected, "Decisions that turned an application or a claim down.",
    additive=True,
)  # fmt: skip
REJECTION_SHARE = Measure(
    "rejection_share", "Share of rejections", Unit.SHARE, func.count_if(_rejected), None, False,
    "Rejections among all decisions.", divided_by=func.count(),
)  # fmt: skip
LATE_SHARE = Measure(
    "late_decision_share", "Share of late decisions", Unit.SHARE, func.count_if(facts.decision.c.late), None, False,
    "Decisions that came after the promised time, among all decisions.", divided_by=func.count(),
)  # fmt: skip
DECISION_TIME = _times(
    "decision_time", "Time to decision", facts.decision, "the decisions",
    "From when the review's turn came to the decision; the time a question to the partner stood open is taken out.",
)  # fmt: skip
WAITING = _count(
    "reviews_waiting", "Reviews waiting", facts.review_state, None,
    "Reviews whose turn had come and that were not decided, at the end of the period.", additive=True,
)  # fmt: skip
OVERDUE = _count(
    "reviews_overdue", "Reviews overdue", facts.review_state, facts.review_state.c.overdue,
    "Reviews that waited past their promised time, at the end of the period.", additive=True,
)  # fmt: skip
QUEUE_AGE = _times(
    "queue_age", "Age of what waits", facts.review_state, "the reviews that wait now",
    "Counted until now, at least every 15 minutes anew; what was decided since has no age.",
)  # fmt: skip

FACTS: Collection[Facts] = (APPLICATIONS, ENDS, STATES, DECIDED, REVIEWS)
MEASURES: Mapping[Facts, tuple[Measure, ...]] = {
    APPLICATIONS: (SUBMITTED, AMOUNT_REQUESTED, BUDGETED),
    ENDS: (ENDED, *APPLICATION_TIME),
    STATES: (IN_FLIGHT,),
    DECIDED: (DECISIONS, REJECTIONS, REJECTION_SHARE, LATE_SHARE, *DECISION_TIME),
    REVIEWS: (WAITING, OVERDUE, *QUEUE_AGE),
}
