"""The list of e-mails."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import case

from models.engines.lists import Field, Filter, ListSource, load_list, register
from models.notices.tables import Mail

STATES = {"sent": "Sent", "kept": "Kept"}
STATE = case((Mail.sent_at.is_(None), "kept"), else_="sent")


def _state(value: str) -> str:
    if value not in STATES:
        raise ValueError(value)
    return value


register(
    ListSource(
        load_list(Path(__file__).parent / "definitions" / "mail.list.yaml"), Mail.id, lambda uow, stmt: stmt,
        {
            "subject": Field(Mail.subject), "address": Field(Mail.address), "at": Field(Mail.at),
            "state": Field(STATE, words=STATES.__getitem__), "sent": Field(Mail.sent_at, nullable=True),
        },
        filters={
            "state": Filter(STATE, options=lambda uow, chosen: STATES, parse=_state), "at": Filter(Mail.at),
        },
        search=(Mail.address, Mail.subject),
    )
)  # fmt: skip
