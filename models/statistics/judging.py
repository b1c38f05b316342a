"""Looks at the figure of an alert: asks its question, judges every group by its rule, and says what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Granularity, Unit, data_through, shift_month
from models.engines.statistics.alerting import Anomaly, Change, Rule, Threshold, Verdict, beyond, changed, unusual
from models.statistics import catalogue, wording
from models.statistics.asking import answer
from models.statistics.asks import EACH, Ask, Compared, Days, Months, Relative
from models.statistics.periods import SOME_DAYS
from models.statistics.results import Result, ResultRow
from models.statistics.rules import ALERT_TERMS, AlertTerms

WATCHED_DAYS, WATCHED_MONTHS = 70, 60
"""So far back a figure is looked at to know what is usual: ten of each weekday, five of each month."""
_RULES: TypeAdapter[Threshold | Change | Anomaly] = TypeAdapter(Rule)


@dataclass(frozen=True, slots=True)
class Finding:
    """A group (or the figure itself, without keys) that deserves attention, and the question that shows it."""

    keys: tuple[str, ...]
    label: str
    verdict: Verdict
    view: Ask


@dataclass(frozen=True, slots=True)
class Judged:
    """What a look at a figure found. `period` names the days it is about; the same finding of the same is told once."""

    findings: tuple[Finding, ...]
    words: str
    view: Ask
    period: str
    known: bool

    @property
    def raised(self) -> bool:
        """Whether anything deserves attention."""
        return bool(self.findings)

    @property
    def groups(self) -> str:
        """The same for the same groups."""
        return ",".join(sorted("/".join(each.keys) for each in self.findings))

    @property
    def key(self) -> str:
        """The same for the same findings of the same days."""
        return f"{self.period}:{self.groups}"


def slides(ask: Ask, rule: Threshold | Change | Anomaly) -> bool:
    """Whether each day is another period of nearly the same days: what was told yesterday is then no news today."""
    return ask.period in SOME_DAYS and not isinstance(rule, Anomaly)


def rule_of(values: object) -> Threshold | Change | Anomaly:
    """A checked rule of plain values (JSON).

    Raises:
        Refused: it says nothing; every problem at once.
    """
    try:
        return _RULES.validate_python(values)
    except ValidationError as error:
        words = [str(each["msg"]).removeprefix("Value error, ") for each in error.errors()]
        fields = [str(each["loc"][-1]) if each["loc"] else None for each in error.errors()]
        raise Refused([
            Problem("ALERT-RULE", f"This is no rule yet: {text}.", field)
            for text, field in zip(words, fields, strict=True)
        ]) from error  # fmt: skip


def demand_watchable(ask: Ask) -> None:
    """See that a question is one that an alert can watch.

    Raises:
        Refused: it has several measures, several dimensions, words, or amounts in several currencies.
    """
    problems = []
    if len(ask.measures) > 1:
        problems.append(Problem("ALERT-QUESTION", "An alert watches one measure. Make one for each.", "measures"))
    if len(ask.by) > 1:
        problems.append(Problem("ALERT-QUESTION", "An alert watches the groups of one dimension at most.", "by"))
    if catalogue.measure(ask.measures[0]).unit is Unit.WORD:
        problems.append(Problem("ALERT-QUESTION", "An alert watches numbers and amounts only.", "measures"))
    if ask.currency == EACH:
        problems.append(Problem("ALERT-QUESTION", "Choose one currency, or convert.", "currency"))
    if problems:
        raise Refused(problems)


def judged(uow: UnitOfWork, ask: Ask, rule: Threshold | Change | Anomaly, *, terms: AlertTerms = ALERT_TERMS) -> Judged:
    """What a rule says of a figure now, within the actor's scope.

    Raises:
        NotAllowed, Refused, LakeAway: as asking does.
    """
    demand_watchable(ask)
    plain = ask.changed(against=(), granularity=None, top=None)
    if isinstance(rule, Anomaly):
        return _unusual(uow, plain, rule, _step(ask), terms)
    if isinstance(rule, Change):
        against = next(iter(ask.against), Compared.PREVIOUS)
        result = answer(uow, plain.changed(against=(against,)))
        verdicts = [(row, changed(rule, row.value(), row.value(against=0))) for row in _groups(result)]
    else:
        result = answer(uow, plain)
        verdicts = [(row, beyond(rule, row.value())) for row in _groups(result) if row.now[0] is not None]
    view = _fixed(result)
    return _told(result, verdicts, view, result.words, terms, known=True)


def _groups(result: Result) -> Sequence[ResultRow]:
    return result.rows if result.ask.by else result.totals[:1]


def _fixed(result: Result) -> Ask:
    """The question with the days that it meant, so that it shows the same later."""
    span = result.span
    if span.by_month:
        period: dict[str, object] = {"first": span.first, "last": span.last.replace(day=1)}
    else:
        period = {"from_day": span.first, "to_day": span.last}
    return result.ask.changed(period=period)


def _step(ask: Ask) -> Granularity:
    """Days or months: as asked for, else by the length of the period."""
    if ask.granularity in (Granularity.DAY, Granularity.MONTH):
        return ask.granularity
    by_day = isinstance(ask.period, Days) or ask.period in SOME_DAYS
    return Granularity.DAY if by_day else Granularity.MONTH


def _unusual(uow: UnitOfWork, ask: Ask, rule: Anomaly, step: Granularity, terms: AlertTerms) -> Judged:
    daily = step is Granularity.DAY
    if daily:
        period: Days | Months = Days(from_day=uow.today - timedelta(days=WATCHED_DAYS), to_day=uow.today)
    else:
        month = shift_month(uow.today.replace(day=1), -1)
        period = Months(first=shift_month(month, -WATCHED_MONTHS), last=month)
    result = answer(uow, ask.changed(period=period, granularity=step))
    newest = period.last if isinstance(period, Months) else _newest_whole_day(uow, ask)
    verdicts = []
    for keys in result.groups() or ((),):
        row, verdict = _of_group(result, keys, rule, newest, daily)
        if row:
            verdicts.append((row, verdict))
    on = {"from_day": newest, "to_day": newest} if daily else {"first": newest, "last": newest}
    view = ask.changed(period=on)
    when = f"{newest.day} {newest:%B %Y}" if daily else f"{newest:%B %Y}"
    return _told(result, verdicts, view, when, terms, known=any(verdict.known for _, verdict in verdicts))


def _newest_whole_day(uow: UnitOfWork, ask: Ask) -> date:
    """The day before the newest one with data, which may not be whole yet."""
    month = uow.today.replace(day=1)
    facts = catalogue.facts_of(ask.measures[0])
    through = data_through(uow, facts, month) or data_through(uow, facts, shift_month(month, -1)) or uow.today
    return min(through, uow.today) - timedelta(days=1)


def _of_group(
    result: Result, keys: tuple[str, ...], rule: Anomaly, newest: date, daily: bool
) -> tuple[ResultRow | None, Verdict]:
    """What is unusual of a group: a step without facts is zero where the measure adds up, else not known."""
    zero = Decimal(0) if result.measures[0].additive else None
    series: list[tuple[date, Decimal]] = []
    row: ResultRow | None = None
    begun = False
    for step, found in zip(result.steps, result.series(*keys), strict=True):
        value = zero if found is None or found.now[0] is None else found.value()
        begun = begun or found is not None  # nothing before a group's first fact says what is usual of it
        row = found or row
        if step.start and value is not None and begun:
            series.append((step.start, value))
    today = next((value for day, value in series if day == newest), None)
    if row is None or today is None:
        return None, Verdict(False, Decimal(0), known=False)
    return row, unusual(rule, today, newest, series, daily=daily)


def _told(
    result: Result,
    verdicts: Sequence[tuple[ResultRow, Verdict]],
    view: Ask,
    when: str,
    terms: AlertTerms,
    *,
    known: bool,
) -> Judged:
    findings = tuple(
        Finding(row.keys, ", ".join(row.labels), verdict, _narrowed(view, row))
        for row, verdict in verdicts
        if verdict.raised
    )
    ordered = tuple(sorted(findings, key=lambda each: (-abs(each.verdict.percent or Decimal(0)), each.label)))
    words = wording.found(result, [(each.label, each.verdict) for each in ordered], when, most=terms.named)
    if not ordered:
        words = wording.quiet(result, [verdict for _, verdict in verdicts], when, known=known)
    period = view.period
    assert not isinstance(period, Relative), "a view names its days"
    begins = period.first if isinstance(period, Months) else period.from_day
    return Judged(ordered, words, view, begins.isoformat(), known)


def _narrowed(view: Ask, row: ResultRow) -> Ask:
    for dimension, key in zip(view.by, row.keys, strict=False):
        view = view.narrowed(dimension, key)
    return view


def around(view: Ask) -> Ask:
    """The question of a view along the time around it: seventy days, or two years by month."""
    if isinstance(view.period, Days):
        first = view.period.to_day - timedelta(days=WATCHED_DAYS)
        return view.changed(period=Days(from_day=first, to_day=view.period.to_day), granularity=Granularity.DAY, top=5)
    assert isinstance(view.period, Months), "a view names its days"
    first = shift_month(view.period.last, -24)
    return view.changed(period=Months(first=first, last=view.period.last), granularity=Granularity.MONTH, top=5)
