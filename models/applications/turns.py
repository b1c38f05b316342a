"""Which open reviews are somebody's turn, as a condition of the queue's one statement.

A task says whose turn it is by entries (`audience.py`). Which combinations of them are in use is read from the queue's
index, so a person's part of it is found by a few keys, however many reviews wait and whatever version they run under.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import aliased

from models.applications.access import DESKS, VIEW
from models.core.prepared import PreparedSelect
from models.core.types import AmountType
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import Case, CaseTask
from models.engines.workflow.audience import MANAGER, fits
from models.partners import queries as partners
from models.reviewers.standing import Stance, stances

T, C = CaseTask, Case
NOBODY = "nobody"
"""A key that no task has, for whom nothing is in use."""

Shape = tuple[tuple[bool, bool, bool, bool], ...]
"""What the condition is made of: by stance whether there are keys of theirs, whether people are named, whether it has a
scope, whether it has a cap."""


@dataclass(frozen=True, slots=True)
class Turns:
    """What counts as an actor's turn at a desk: by stance the keys of tasks; `named`: some tasks name a person."""

    stances: tuple[Stance, ...]
    keys: tuple[tuple[str, ...], ...]
    named: bool

    @property
    def shape(self) -> Shape:
        """Empty where it is the actor's own turn by keys alone: the condition of nearly everybody, nearly always."""
        if len(self.stances) == 1 and not self.named:
            return ()
        return tuple(
            (keys != (NOBODY,), self.named, bool(each.scope), each.cap is not None)
            for each, keys in zip(self.stances, self.keys, strict=True)
        )

    @property
    def any(self) -> bool:
        """Whether a task may be theirs at all."""
        return bool(self.shape) or self.keys[0] != (NOBODY,)

    @property
    def plain(self) -> list[str]:
        """The actor's own keys."""
        return list(self.keys[0])

    def values(self) -> dict[str, Any]:
        """What `condition` is asked with."""
        found: dict[str, Any] = {}
        for n, (stance, keys) in enumerate(zip(self.stances, self.keys, strict=True)):
            if keys != (NOBODY,):
                found[f"turn_keys_{n}"] = list(keys)
            if self.named:
                found |= {f"turn_named_{n}": [f"person:{stance.person.id}", MANAGER], f"turn_id_{n}": stance.person.id}
            if stance.scope:
                found |= {f"turn_types_{n}": [each for each in stance.scope if "/" not in each],
                          f"turn_stages_{n}": [each for each in stance.scope if "/" in each]}  # fmt: skip
            if stance.cap is not None:
                found |= {f"turn_cap_{n}": stance.cap, f"turn_currency_{n}": stance.currency}
        return found

    def stead(self, roles: Sequence[str], named: str | None, manager: UUID | None) -> str:
        """In whose stead it is the actor's turn to decide a task; empty when it is their own, or nobody's they know.

        ``manager`` is the ecosystem manager of the task's partner.
        """
        entries = [*roles, *([named] if named else [])]
        people = [replace(each.person, manages=each.person.id == manager) for each in self.stances]
        fitting = (person for person in people if fits(entries, person))
        found = next(fitting, None)
        return "" if found is None or found is people[0] else found.name


def turns_of(uow: UnitOfWork, desk: str) -> Turns:
    """What counts as the actor's turn at a desk; asked once while nothing is written."""
    place = f"turns:{desk}"
    kept: Turns | None = uow.session.info.get(place) if uow.read_only else None
    if kept is None:
        found = stances(uow)
        in_use, named = _in_use(uow, desk)
        keys = tuple(tuple(key for key in in_use if fits(key.split("+"), each.person)) or (NOBODY,) for each in found)
        kept = Turns(found, keys, named)
        if uow.read_only:
            uow.session.info[place] = kept
    return kept


def desks_of(uow: UnitOfWork) -> list[str]:
    """The desks at which something may be the actor's turn: by their roles, by their name, or by a stand-in."""
    return [
        desk
        for desk, permission in DESKS.items()
        if uow.actor.may(VIEW) and (uow.actor.may(permission) or (desk == "reviews" and turns_of(uow, desk).any))
    ]


def _in_use(uow: UnitOfWork, desk: str) -> tuple[list[str], bool]:
    """The keys that open tasks of a desk have, and whether some name a person."""
    rows = _KEYS.all(uow, {"desk": desk})
    return [key for key, _ in rows if key is not None], any(named for _, named in rows)


def _keys() -> Select[Any]:
    """Every key once: each step asks the index for the next greater one, and never counts through what waits."""
    first, after, named = aliased(T), aliased(T), aliased(T)
    own = first.closed_at.is_(None) & (first.desk == bindparam("desk"))
    keys = select(func.min(first.roles).label("roles")).where(own).cte("keys", recursive=True)
    following = select(func.min(after.roles)).where(
        after.closed_at.is_(None), after.desk == bindparam("desk"), after.roles > keys.c.roles
    )
    keys = keys.union_all(select(following.scalar_subquery()).where(keys.c.roles.is_not(None)))
    names = select(named.case_id).where(named.closed_at.is_(None), named.named.is_not(None)).exists()
    return select(keys.c.roles, names)


_KEYS = PreparedSelect(_keys())


@lru_cache(maxsize=64)
def condition(shape: Shape) -> ColumnElement[bool]:
    """That a task is the actor's turn, by one of their stances; asked with `Turns.values`."""
    return or_(*(_of_stance(n, *each) for n, each in enumerate(shape)))


def _of_stance(n: int, keyed: bool, named: bool, scoped: bool, capped: bool) -> ColumnElement[bool]:
    whose: list[ColumnElement[bool]] = []
    if keyed:
        whose.append(T.roles.in_(bindparam(f"turn_keys_{n}", expanding=True)))
    if named:  # each of the two ways is one range of an index: what else it asks stands behind
        own = T.partner_id.in_(partners.managed_by([bindparam(f"turn_id_{n}", type_=Uuid())]))
        whose.append(T.named.in_(bindparam(f"turn_named_{n}", expanding=True)) & ((T.named != MANAGER) | own))
    found = [or_(false(), *whose)]
    if scoped:
        types = C.type.in_(bindparam(f"turn_types_{n}", expanding=True))
        stages = (C.type + "/" + T.node).in_(bindparam(f"turn_stages_{n}", expanding=True))
        found.append(or_(types, stages))
    if capped:
        cap = bindparam(f"turn_cap_{n}", type_=AmountType())
        found.append(C.amount.is_(None) | ((C.currency == bindparam(f"turn_currency_{n}")) & (C.amount <= cap)))
    return and_(*found)
