"""What stands in a brief now, for whoever is asking: within their permissions, their rows and their filters."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from urllib.parse import quote
from uuid import UUID

from models.applications import queries as applications
from models.applications.rows import CaseRow, QueueFilter, TaskRow
from models.applications.turns import desks_of
from models.applications.types import application_types
from models.briefs.content import Content, Item, Section
from models.briefs.rules import Every
from models.briefs.terms import BriefTerms, Shown, brief_terms
from models.core.errors import DomainError
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import LakeAway, Unit
from models.expenditures.words import percent_text
from models.statistics import catalogue
from models.statistics import queries as figures
from models.statistics.asking import answer
from models.statistics.asks import Ask, Compared
from models.statistics.explaining import explain
from models.statistics.findings import moved, value_text
from models.statistics.results import Result, ResultRow
from models.statistics.rules import AlertState

LOOKED_THROUGH = 100
"""Reviews and forms that are looked through for what is late."""


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
    waits = _waits(uow, wanted)
    answers = list(_answers(uow, wanted, terms))
    risks = [*_late(waits, uow.now, terms), *_alerts(uow, terms), *_falls(uow, wanted, terms)]
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
        Section(
            key="waits", title="Waits for you", items=tuple(waits[: terms.most.waits]), empty="Nothing waits for you."
        ),
    )  # fmt: skip
    return Content(headline=_headline(waits, risks, answers), about=_about(uow, wanted, answers), sections=sections)


def _headline(waits: list[_Waiting], risks: list[Item], answers: list[tuple[Shown, Result]]) -> str:
    said = []
    if answers:
        _, result = answers[0]
        change = _movement(result)
        said.append(f"{result.measures[0].words} {change or _value(result)}")
    late = sum(item.tone == "red" for item in risks)
    said.append(f"{len(waits)} waiting" if waits else "nothing waits")
    if late:
        said.append(f"{late} late or alarming")
    return ", ".join(said)


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
    """The groups whose figure fell most."""
    risk = terms.at_risk
    if risk.name not in {offer.measure.name for offer in catalogue.offered(uow.actor)}:
        return
    result = answer(uow, _ask(risk.name, wanted, terms, by=(risk.by,), sort="change", top=10 * terms.most.falls))
    fallen = [row for row in result.rows if not row.is_other and (row.change() or 0) < 0]
    for row in sorted(fallen, key=lambda row: row.change() or 0)[: terms.most.falls]:
        yield _fall(row, result, risk.link)


def _fall(row: ResultRow, result: Result, link: str) -> Item:
    percent = row.percent()
    by = f" {percent_text(abs(percent))}" if percent is not None else ""
    now = value_text(row.now[0], result.measures[0].unit, result.currency)
    gone = row.value() <= 0
    text = f"now {now}, against {result.comparisons[0].words}" if result.measures[0].unit is Unit.MONEY else now
    return Item(title=f"{row.labels[0]} fell{by}", text=text, link=link, tone="red" if gone else "orange")


def _alerts(uow: UnitOfWork, terms: BriefTerms) -> Iterator[Item]:
    """The reader's own alerts that deserve attention."""
    if not uow.actor.may("statistics.view"):
        return
    raised = [
        each for each in figures.alerts(uow) if each.state is AlertState.RAISED and not each.sleeps(uow.today)
    ]  # fmt: skip
    for each in raised[: terms.most.alerts]:
        yield Item(title=f"Alert: {each.name}", text=each.words, link="/figure-alerts", tone="red")


# ---- work ----


class _Waiting(Item):
    """Something that waits for the reader, until when."""

    due_at: datetime | None = None


def _waits(uow: UnitOfWork, wanted: Wanted) -> list[_Waiting]:
    """Reviews that are the reader's turn, or forms of theirs, the earliest due first."""
    if uow.actor.is_vendor:
        items = [_task(row, desk, wanted.zone, uow.now) for desk, row in _reviews(uow, wanted)]
    else:
        items = [_case(row, wanted.zone) for row in _forms(uow, wanted)]
    return sorted(items, key=lambda each: (each.due_at is None, each.due_at.timestamp() if each.due_at else 0))


def _reviews(uow: UnitOfWork, wanted: Wanted) -> Iterator[tuple[str, TaskRow]]:
    """The reviews that are the actor's turn, with the desk of each."""
    chosen = [UUID(each) for each in wanted.partners]
    for desk in desks_of(uow):
        asked = QueueFilter(desk=desk, partners=chosen)
        for row in applications.queue(uow, asked, PageRequest(size=LOOKED_THROUGH)).rows:
            yield desk, row


def _forms(uow: UnitOfWork, wanted: Wanted) -> Iterator[CaseRow]:
    """The forms and questions that wait for the actor's organisation, as far as the actor may answer them."""
    types = application_types(uow)
    for row in applications.waiting_for(uow, limit=LOOKED_THROUGH):
        if not isinstance(row, CaseRow) or row.type not in types:
            continue
        mine = not wanted.partners or str(row.partner_id) in wanted.partners
        if mine and uow.actor.may(types[row.type].permissions.apply):
            yield row


def _task(row: TaskRow, desk: str, zone: tzinfo, now: datetime) -> _Waiting:
    page = "/payment-desk" if desk == "payments" else "/queue"
    late = row.due_at is not None and row.due_at <= now and not row.paused
    text = " · ".join(filter(None, (row.partner, row.label, _until(row.due_at, zone))))
    return _Waiting(
        title=f"{row.number} {row.title}".strip(), text=text, link=f"{page}?case={row.case_id}%2F{quote(row.visit)}",
        tone="red" if late else "gray", due_at=None if row.paused else row.due_at,
    )  # fmt: skip


def _case(row: CaseRow, zone: tzinfo) -> _Waiting:
    due = min((each.due_at for each in row.standing if each.due_at), default=None)
    late = any(each.overdue for each in row.standing)
    text = " · ".join(filter(None, (row.status, _until(due, zone))))
    return _Waiting(
        title=f"{row.number} {row.title}".strip(), text=text, link=f"/case?case={row.id}",
        tone="red" if late else "gray", due_at=due,
    )  # fmt: skip


def _until(due: datetime | None, zone: tzinfo) -> str:
    if due is None:
        return ""
    local = due.astimezone(zone)
    return f"due {local:%b} {local.day}, {local:%H:%M}"


def _late(waits: Collection[_Waiting], now: datetime, terms: BriefTerms) -> Iterator[Item]:
    """What is overdue, then what is due soon, summed up where it is much."""
    late = [each for each in waits if each.due_at and each.due_at <= now]
    soon = [each for each in waits if each.due_at and now < each.due_at <= now + timedelta(days=terms.due_within_days)]
    for each in late[: terms.most.falls]:
        yield Item(title=f"Overdue: {each.title}", text=each.text, link=each.link, tone="red")
    if more := len(late) - terms.most.falls:
        if more > 0:
            yield Item(title=f"{more} more are overdue", link="/", tone="red")
    if soon:
        words = f"{len(soon)} due within {terms.due_within_days} days"
        yield Item(title=words, text=f"The next: {soon[0].title}, {soon[0].text}", link=soon[0].link, tone="orange")
