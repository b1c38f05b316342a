"""Alerts on figures: a person sets one on any figure, lets it sleep, and is told once when it deserves attention.

Every look happens as the owner, within what they may see at that time. A look that fails is told too: silence would
be taken for all being well.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from models.core.actor import SYSTEM, Actor
from models.core.errors import ChangedMeanwhile, DomainError, NotFound, Problem, Refused
from models.core.types import new_id
from models.core.unit_of_work import Busy, UnitOfWork, unit_of_work
from models.identity import access
from models.notices import service as notices
from models.statistics.asks import Ask, parsed
from models.statistics.judging import Judged, demand_watchable, judged, rule_of, slides
from models.statistics.rules import ALERT_TERMS, AlertState, AlertTerms, Happening, sleeps
from models.statistics.tables import FigureAlert, FigureAlertEvent

TOPIC = "statistics.alerts"
PAGE = "/figure-alerts"
"""The page that lists a person's alerts."""


def set_alert(
    uow: UnitOfWork, name: str, ask: Ask, rule: object, *, terms: AlertTerms = ALERT_TERMS
) -> tuple[UUID, Judged]:
    """Watch a figure from now on; answers what the rule says of it at this moment (which is not told again today).

    Raises:
        NotAllowed: the actor may not see the figure.
        Refused: the question or the rule says nothing, or the person keeps too many alerts already.
    """
    assert uow.actor.user_id is not None
    checked = rule_of(rule)
    demand_watchable(ask)
    own = select(func.count(FigureAlert.id)).where(FigureAlert.user_id == uow.actor.user_id)
    if (uow.session.scalar(own) or 0) >= terms.most:
        raise Refused(Problem("ALERT-MANY", f"You keep {terms.most} alerts already. Remove one that you do not need."))
    found = judged(uow, ask, checked)
    alert = FigureAlert(
        id=new_id(), user_id=uow.actor.user_id, name=_named(name, found), question=ask.model_dump(mode="json"),
        rule=checked.model_dump(mode="json"), created_at=uow.now, snoozed_until=None, state=_state(found),
        words=found.words, looked_at=uow.now,
    )  # fmt: skip
    uow.session.add(alert)
    uow.session.flush()
    if found.raised:
        _keep(uow, alert, found)
    uow.record("alert.set", "figure_alert", alert.id, changes={"name": alert.name})
    return alert.id, found


def change_alert(uow: UnitOfWork, alert_id: UUID, name: str, ask: Ask, rule: object, *, expected: int) -> Judged:
    """Watch another figure, or by another rule, under the same alert; `expected` is the version that the person saw.

    Raises:
        NotFound: no such alert of the actor's.
        ChangedMeanwhile: it was changed since.
        NotAllowed, Refused: as when it is set.
    """
    alert = _own(uow, alert_id)
    if alert.version != expected:
        raise ChangedMeanwhile("This alert was changed meanwhile. Look at it again, then repeat your change.")
    checked = rule_of(rule)
    demand_watchable(ask)
    found = judged(uow, ask, checked)
    alert.name, alert.question = _named(name, found), ask.model_dump(mode="json")
    alert.rule, alert.snoozed_until = checked.model_dump(mode="json"), None
    alert.state, alert.words, alert.looked_at = _state(found), found.words, uow.now
    if found.raised:
        _keep(uow, alert, found)
    return found


def snooze(uow: UnitOfWork, alert_id: UUID, until: date | None) -> None:
    """Keep an alert still until the end of a day (GMT+08:00), or wake it.

    Raises:
        NotFound: no such alert of the actor's.
        Refused: the day is over.
    """
    alert = _own(uow, alert_id)
    if until is not None and until < uow.today:
        raise Refused(Problem("ALERT-SNOOZE", "Choose today or a later day.", "until"))
    alert.snoozed_until = until


def remove(uow: UnitOfWork, alert_id: UUID) -> None:
    """Watch this figure no longer; what it told goes with it.

    Raises:
        NotFound: no such alert of the actor's.
    """
    alert = _own(uow, alert_id)
    for event in uow.session.scalars(select(FigureAlertEvent).where(FigureAlertEvent.alert_id == alert.id)):
        uow.session.delete(event)
    uow.session.flush()
    uow.session.delete(alert)
    uow.record("alert.removed", "figure_alert", alert.id, changes={"name": alert.name})


def ask_for_look(uow: UnitOfWork, alert_id: UUID) -> None:
    """Have the worker look at an alert's figure as soon as it can.

    Raises:
        NotFound: no such alert of the actor's.
    """
    alert = _own(uow, alert_id)
    uow.emit(TOPIC, f"{alert.id}:{uow.now.isoformat()}", {"alert_id": str(alert.id), "day": uow.today.isoformat()})


def due(uow: UnitOfWork, day: date) -> int:
    """Have the worker look at every alert that does not sleep, once a day; how many there are."""
    count = 0
    for alert_id, until in uow.session.execute(select(FigureAlert.id, FigureAlert.snoozed_until)):
        if not sleeps(until, day):
            uow.emit(TOPIC, f"{alert_id}:{day}", {"alert_id": str(alert_id), "day": day.isoformat()})
            count += 1
    return count


def look(alert_id: UUID) -> AlertState | None:
    """Look at an alert's figure as its owner, and tell them once what deserves attention. Safe to repeat.

    None when it was removed meanwhile. What its owner can act on (a right taken away, a dimension that is gone) fails
    the alert with those words; anything else is raised, for the worker to try again.
    """
    with unit_of_work(actor=SYSTEM) as uow:
        alert = uow.session.get(FigureAlert, alert_id)
        if alert is None:
            return None
        owner, question, rule = access.actor_of(uow, alert.user_id), dict(alert.question), dict(alert.rule)
    if owner is None:
        return _failed(alert_id, "Its owner cannot sign in any more.", tell=False)
    try:
        found = _as_owner(owner, question, rule)
    except Busy:
        raise
    except DomainError as error:
        return _failed(alert_id, " ".join(problem.text for problem in error.problems))
    return _found(alert_id, question, rule, found)


def give_up(alert_id: UUID) -> None:
    """Tell the owner that the figure could not be looked at, after the last try."""
    _failed(alert_id, "It could not be looked at. Your administrator finds the reason in Operations.")


def _as_owner(owner: Actor, question: dict[str, object], rule: dict[str, object]) -> Judged:
    with unit_of_work(read_only=True, actor=owner) as uow:
        return judged(uow, parsed(question), rule_of(rule))


def _found(alert_id: UUID, question: dict[str, object], rule: dict[str, object], found: Judged) -> AlertState | None:
    with unit_of_work(actor=SYSTEM) as uow:
        alert = uow.session.get(FigureAlert, alert_id)
        if alert is None or alert.question != question or alert.rule != rule:
            return None  # changed while it was looked at: the answer is to another question
        stale = alert.state is AlertState.RAISED and slides(parsed(question), rule_of(rule))
        alert.state, alert.words, alert.looked_at = _state(found), found.words, uow.now
        last = _last_groups(uow, alert) if stale else None
        if found.raised and found.groups != last and not sleeps(alert.snoozed_until, uow.today):
            if event := _keep(uow, alert, found):
                _tell(uow, alert, event, f"{alert.name} deserves attention", "warning", "orange")
        return alert.state


def _failed(alert_id: UUID, words: str, *, tell: bool = True) -> AlertState | None:
    with unit_of_work(actor=SYSTEM) as uow:
        alert = uow.session.get(FigureAlert, alert_id)
        if alert is None:
            return None
        news = alert.state is not AlertState.FAILED
        alert.state, alert.words, alert.looked_at = AlertState.FAILED, words, uow.now
        if news:
            event = _event(uow, alert, f"failed:{uow.now.isoformat()}", Happening.FAILED, words, alert.question)
            if tell:
                _tell(uow, alert, event, f"{alert.name} could not be looked at", "error", "red")
        return alert.state


def _keep(uow: UnitOfWork, alert: FigureAlert, found: Judged) -> FigureAlertEvent | None:
    """Remember what was found; None when the same was told of the same days already."""
    known = select(FigureAlertEvent.id).where(FigureAlertEvent.alert_id == alert.id, FigureAlertEvent.key == found.key)
    if uow.session.scalar(known) is not None:
        return None
    view = found.findings[0].view if len(found.findings) == 1 else found.view
    return _event(uow, alert, found.key, Happening.RAISED, found.words, view.model_dump(mode="json"))


def _event(
    uow: UnitOfWork, alert: FigureAlert, key: str, kind: Happening, words: str, question: dict[str, object]
) -> FigureAlertEvent:
    event = FigureAlertEvent(
        id=new_id(), alert_id=alert.id, key=key, at=uow.now, kind=kind, words=words, question=dict(question)
    )
    uow.session.add(event)
    uow.session.flush()
    return event


def _tell(uow: UnitOfWork, alert: FigureAlert, event: FigureAlertEvent, title: str, icon: str, tone: str) -> None:
    notices.tell(
        uow, alert.user_id, key=f"figure-alert:{event.id}", title=title, text=event.words,
        link=f"{PAGE}?told={event.id}", icon=icon, tone=tone,
    )  # fmt: skip


def _last_groups(uow: UnitOfWork, alert: FigureAlert) -> str | None:
    newest = (
        select(FigureAlertEvent.key)
        .where(FigureAlertEvent.alert_id == alert.id, FigureAlertEvent.kind == Happening.RAISED)
        .order_by(FigureAlertEvent.at.desc(), FigureAlertEvent.id.desc())
        .limit(1)
    )
    key = uow.session.scalar(newest)
    return None if key is None else key.split(":", 1)[1]


def _own(uow: UnitOfWork, alert_id: UUID) -> FigureAlert:
    own = FigureAlert.id == alert_id, FigureAlert.user_id == uow.actor.user_id
    if (alert := uow.session.scalar(select(FigureAlert).where(*own))) is None:
        raise NotFound("There is no such alert among yours; it may have been removed.")
    return alert


def _named(name: str, found: Judged) -> str:
    return name.strip()[:120] or found.words.split(",", 1)[0]


def _state(found: Judged) -> AlertState:
    if found.raised:
        return AlertState.RAISED
    return AlertState.QUIET if found.known else AlertState.UNKNOWN
