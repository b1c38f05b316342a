"""Which flow carries which topic of the outbox, how many rows at once, and what runs by the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from prefect import Flow

from models.core.settings import settings


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and the flow that takes its batches; `most` is small where one row is long work."""

    name: str
    place: str
    most: int = 1_000

    @property
    def batch(self) -> int:
        """Rows that one run takes at most."""
        return min(self.most, settings().worker_batch)

    @property
    def flow(self) -> Flow[Any, Any]:
        """The flow, imported when its first row comes."""
        return _flow(self.place)


TOPICS = {
    topic.name: topic
    for topic in (
        Topic("expenditures.import", "flows.imports:expenditure_imports", most=1),
        Topic("expenditures.remap", "flows.imports:expenditure_remaps", most=1),
        Topic("exports.run", "flows.exports:exports", most=1),
        Topic("notices.mail", "flows.notices:notice_mails"),
        Topic("calendar.daily", "flows.calendar:calendar_days"),
        Topic("reviews.check", "flows.reviews:automated_stages"),
        Topic("reviews.follow", "flows.reviews:hand_overs"),
        Topic("payments.step", "flows.payments:payment_steps"),
        Topic("reviews.timer", "flows.deadlines:deadlines"),
        Topic("reviews.outgoing", "flows.outgoing:outgoing", most=20),
        Topic("briefs.make", "flows.briefs:briefs", most=5),
        Topic("design.run", "flows.design:design_runs", most=10),
        Topic("statistics.alerts", "flows.alerts:statistics_alerts", most=50),
    )
}


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A flow that the calendar starts: a Prefect deployment with a cron schedule in the business time zone."""

    name: str
    place: str
    cron: str

    @property
    def flow(self) -> Flow[Any, Any]:
        """The flow."""
        return _flow(self.place)


SCHEDULES = (
    Scheduled("daily", "flows.calendar:calendar_jobs", "10 0 * * *"),
    Scheduled("figures", "flows.alerts:alerts_due", "30 6 * * *"),
)


def _flow(place: str) -> Flow[Any, Any]:
    module, name = place.split(":")
    found: Flow[Any, Any] = getattr(import_module(module), name)
    return found
