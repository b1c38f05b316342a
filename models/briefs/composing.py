"""What stands in a brief now, for whoever is asking: within their permissions, their rows and their filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from models.briefs.content import Content, Item, Section
from models.briefs.rules import Every
from models.briefs.terms import BriefTerms, Shown, brief_terms
from models.briefs.work import Work, late_items, work_of
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import LakeAway, Unit
from models.expenditures.words import percent_text
from models.statistics import catalogue
from models.statistics import queries as figures
from models.statistics.asking import answer
from models.statistics.asks import Ask, Compared
from models.statistics.explaining import explain
from models.statistics.findings import moved, value_text
from models.statistics.queries import AlertRow
from models.statistics.results import Result, ResultRow
from models.statistics.rules import AlertState


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which brief: how often it comes, the partners it is about (none: all), and the reader's own time."""

    every: Every
    partners: tuple[str, ...]
    zone: tzinfo
    zone_name: str


def compose(uow: UnitOfWork, wanted: Wanted, terms: BriefTerms | None = None) -> Content:
    """The brief of the actor at this time.

    Raises:
        LakeAway: the fact tables cannot be read.
    """
    terms = terms or brief_terms()
    work = work_of(uow, wanted.partners, wanted.zone, terms)
    answers = list(_answers(uow, wanted, terms))
    alerts = _raised(uow)
    risks = [*late_items(work, terms), *_alerts(alerts, terms), *_falls(uow, wanted, terms)]
    sections = (
        Section(
            key="changed", title="What changed", empty="Your roles show no figures.",
            items=tuple(_changed(each, result, uow.actor.is_vendor) for each, result in answers),
        ),
        Section(
            key="why", title="Why", items=tuple(_why(uow, answers)),
            empty="No figure that can be explained changed.",
        ),
        Section(key="risk", title="At risk", items=tuple(risks), empty="Nothing is late, and no alert is raised."),
        Section(key="waits", title="Waits for you", items=tuple(_waits(work)), empty="Nothing waits for you."),
    )  # fmt: skip
    headline = _headline(answers, work, len(alerts))
    return Content(headline=headline, about=_about(uow, wanted, answers), sections=sections)


def _headline(answers: list[tuple[Shown, Result]], work: Work, alerts: int) -> str:
    said = []
    if answers:
        _, result = answers[0]
        change = _movement(result)
        said.append(f"{result.measures[0].words} {change or _value(result)}")
    said.append(f"{work.count} waiting" if work.count else "nothing waits")
    if late := len(work.late) + alerts:
        said.append(f"{late} late or alarming")
    return ", ".join(said)


def _waits(work: Work) -> Iterator[Item]:
    """What is to be done first, and how much there is beside it."""
    yield from work.first
    if more := work.count - len(work.first):
        yield Item(title=f"{more} more {'wait' if more > 1 else 'waits'} for you", link="/")


def _about(uow: UnitOfWork, wanted: Wanted, answers: list[tuple[Shown, Result]]) -> str:
    local = uow.now.astimezone(wanted.zone)
    words = f"For {uow.actor.name}, {local:%A} {local:%b} {local.day}, {local:%Y %H:%M} {wanted.zone_name}"
    if wanted.partners:
        words += f", about {len(wanted.partners)} chosen partner{'s' if len(wanted.partners) > 1 else ''}"
    periods = dict.fromkeys(result.words for _, result in answers)
    return f"{words}. Figures of {' and '.join(periods)}." if periods else f"{words}."


# ---- figures ----


def _ask(name: str, wanted: Wanted, terms: BriefTerms, **more: object) -> Ask:
    where = {"partner": wanted.partners} if wanted.partners else None
    return Ask.of(name, where=where, period=terms.periods[wanted.every], against=(Compared.PREVIOUS,), **more)


def _answers(uow: UnitOfWork, wanted: Wanted, terms: BriefTerms) -> Iterator[tuple[Shown, Result]]:
    """The figures that the actor's permissions open; one that cannot be asked is left out."""
    offered = {offer.measure.name: offer for offer in catalogue.offered(uow.actor)}
    for each in terms.measures:
        offer = offered.get(each.name)
        if offer is None or (wanted.partners and "partner" not in offer.facts.dimensions):
            continue
        try:
            result = answer(uow, _ask(each.name, wanted, terms))
        except LakeAway:
            raise
        except DomainError:
            continue
        yield each, result


def _changed(each: Shown, result: Result, vendor: bool) -> Item:
    change, movement = result.total.change(), _movement(result)
    level = not change or movement.startswith("level")
    tone = "gray" if level else "green" if (change or 0) > 0 else "orange"
    link = each.link if vendor or not each.partner_link else each.partner_link
    words = f"{_value(result)}{f', {movement}' if movement else ''}"
    return Item(title=result.measures[0].words, text=words, link=link, tone=tone)


def _value(result: Result) -> str:
    return value_text(result.total.now[0], result.measures[0].unit, result.currency)


def _movement(result: Result) -> str:
    if not result.comparisons or not result.total.compared:
        return ""
    words = moved(result.total.now[0], result.total.compared[0][0], result.comparisons[0].words)
    return words.removeprefix("is ")


def _why(uow: UnitOfWork, answers: list[tuple[Shown, Result]]) -> Iterator[Item]:
    """What is behind each change that has an explanation, by each dimension that it is explained by."""
    for each, result in answers:
        if not result.total.change():
            continue
        for by in each.explain:
            if by not in catalogue.facts_of(each.name).dimensions:
                continue
            try:
                found = explain(uow, result.ask, by)
            except LakeAway:
                raise
            except DomainError:
                continue
            title = f"{result.measures[0].words} by {found.result.dimensions[0].words.casefold()}"
            yield Item(title=title, text=found.sentence, link=each.link)


def _falls(uow: UnitOfWork, wanted: Wanted, terms: BriefTerms) -> Iterator[Item]:
    """The groups whose figure fell most: every group is looked at, however much others rose."""
    risk = terms.at_risk
    if risk.name not in {offer.measure.name for offer in catalogue.offered(uow.actor)}:
        return
    try:
        result = answer(uow, _ask(risk.name, wanted, terms, by=(risk.by,), sort="change"))
    except LakeAway:
        raise
    except DomainError:
        return
    fallen = [row for row in result.rows if (row.change() or 0) < 0]
    for row in sorted(fallen, key=lambda row: row.change() or 0)[: terms.most.falls]:
        yield _fall(row, result, risk.link)


def _fall(row: ResultRow, result: Result, link: str) -> Item:
    percent = row.percent()
    by = f" {percent_text(abs(percent))}" if percent is not None else ""
    now = value_text(row.now[0], result.measures[0].unit, result.currency)
    gone = row.value() <= 0
    text = f"now {now}, against {result.comparisons[0].words}" if result.measures[0].unit is Unit.MONEY else now
    return Item(title=f"{row.labels[0]} fell{by}", text=text, link=link, tone="red" if gone else "orange")


def _raised(uow: UnitOfWork) -> list[AlertRow]:
    """The reader's own alerts that deserve attention."""
    if not uow.actor.may("statistics.view"):
        return []
    return [each for each in figures.alerts(uow) if each.state is AlertState.RAISED and not each.sleeps(uow.today)]


def _alerts(raised: Sequence[AlertRow], terms: BriefTerms) -> Iterator[Item]:
    for each in raised[: terms.most.alerts]:
        yield Item(title=f"Alert: {each.name}", text=each.words, link="/figure-alerts", tone="red")
    if (more := len(raised) - terms.most.alerts) > 0:
        yield Item(title=f"{more} more alert{'s are' if more > 1 else ' is'} raised", link="/figure-alerts", tone="red")
