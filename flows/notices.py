"""What people were told on their home page also goes to them by e-mail."""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task

from flows.work import RETRIED, Payload, carry, named
from models.core.outbox import Work
from models.notices import service


@task(name="notice-mail", **RETRIED)
def mail(key: str, payload: Payload) -> None:
    """Safe to repeat: the notice remembers that it was mailed."""
    service.mail(named(payload, "notice_id"))


@flow(name="notice-mails")
async def notice_mails(batch: list[Work]) -> list[State[Any]]:
    """Send the notices by e-mail."""
    return await carry(mail, batch)
