"""Lets a test act as somebody within one transaction, and read the codes of what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from models.core.actor import Actor
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork


def acting(uow: UnitOfWork, actor: Actor) -> UnitOfWork:
    """The same transaction as somebody else, with that person's scope; the caller's scope is that of the session."""
    uow.session.info["scope"] = actor.scope
    return replace(uow, actor=actor)


def codes(act: Callable[[], object], *, error: type[DomainError] = DomainError) -> list[str]:
    """The codes of all problems that an action is refused with."""
    with pytest.raises(error) as refused:
        act()
    return [problem.code for problem in refused.value.problems]
