"""Gives the demo's reviewers groups, skills, regions and limits; one is away, and one is stood in for.

Rows are written as years of use would have left them, never chosen by chance: the demo stays the same for a seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from models.core.clock import business_midnight
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.demo.ecosystem import Ecosystem
from models.reviewers.rules import QualityKind
from models.reviewers.tables import ApprovalLimit, ReviewAbsence, ReviewDelegation, ReviewerGroup, ReviewerQuality

MANAGER = "Ingrid Solberg"
GROUPS = (
    ("large_deals", "Large deals", "Decide on whatever is above 50,000 USD", ("Niamh Kavanagh", "Lerato Khumalo")),
    ("event_board", "Event board", "Look at events that several partners share", ("Joris de Wit", "Nurul Rahman",
                                                                              "Ingrid Solberg")),
)  # fmt: skip
SKILLS = (("Élodie Mercier", "French"), ("Tomáš Novotný", "Security"), ("Joris de Wit", "German"),
          ("Niamh Kavanagh", "Public sector"))  # fmt: skip
LIMITS = (("Joris de Wit", "25000"), ("Niamh Kavanagh", "100000"), ("Sipho Dlamini", "50000"),
          ("Lerato Khumalo", "250000"))  # fmt: skip


def write(uow: UnitOfWork, eco: Ecosystem) -> None:
    """All of it, in a handful of statements."""
    staff = {user.name: user.id for user in eco.users if user.partner_id is None}
    groups = [
        {
            "id": new_id(),
            "key": key,
            "name": name,
            "description": text,
            "created_at": uow.now,
            "created_by_name": MANAGER,
        }
        for key, name, text, _ in GROUPS
    ]
    uow.session.execute(insert(ReviewerGroup), groups)
    uow.session.execute(insert(ReviewerQuality), list(_qualities(uow, staff)))
    uow.session.execute(
        insert(ApprovalLimit),
        [
            {"id": new_id(), "user_id": staff[name], "currency": "USD", "amount": Decimal(amount), "since": uow.now,
             "until": None, "set_by_name": MANAGER}
            for name, amount in LIMITS
        ],
    )  # fmt: skip
    since, until = business_midnight(uow.today - timedelta(days=3)), business_midnight(uow.today + timedelta(days=11))
    absence = {"id": new_id(), "user_id": staff["Lerato Khumalo"], "since": since, "until": until, "note": "Holiday",
               "created_at": since, "created_by_name": "Lerato Khumalo"}  # fmt: skip
    uow.session.execute(insert(ReviewAbsence), [absence])
    delegation = {
        "id": new_id(), "from_id": staff["Lerato Khumalo"], "to_id": staff["Sipho Dlamini"], "since": since,
        "until": until, "scope": ["mdf"], "cap": Decimal(50_000), "currency": "USD", "reason": "Holiday",
        "created_at": since, "created_by_name": "Lerato Khumalo",
    }  # fmt: skip
    uow.session.execute(insert(ReviewDelegation), [delegation])


def _qualities(uow: UnitOfWork, staff: dict[str, UUID]) -> Iterator[dict[str, Any]]:
    given = [(name, QualityKind.GROUP, key) for key, _, _, members in GROUPS for name in members]
    given += [(name, QualityKind.SKILL, skill) for name, skill in SKILLS]
    for name, kind, what in given:
        yield {"id": new_id(), "user_id": staff[name], "kind": kind, "name": what, "since": uow.now, "until": None,
               "given_by_name": MANAGER}  # fmt: skip
