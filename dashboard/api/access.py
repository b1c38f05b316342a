"""From the Authorization header to the actor: asked anew for every request; cookies open nothing here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dashboard.api.limits import LIMITS
from dashboard.api.problems import TooMany
from models.core.actor import SYSTEM, acting_as
from models.core.clock import now
from models.core.errors import NotAllowed, NotSignedIn
from models.core.settings import settings
from models.core.unit_of_work import Busy, UnitOfWork, unit_of_work
from models.tokens import service
from models.tokens.rules import TokenArea
from models.tokens.service import Bearer

log = logging.getLogger("kontor.api")
_HEADER = HTTPBearer(
    auto_error=False, scheme_name="token", description="A personal token, made under *My account* in Kontor."
)
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_HEADER)]


def bearer(given: Given) -> Bearer:
    """Whose request it is.

    Raises:
        NotSignedIn: there is no token, or it opens nothing (any more).
        TooMany: the token made too many requests.
    """
    if given is None:
        raise NotSignedIn("Send a personal token: Authorization: Bearer …. You make one under My account.")
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        found = service.bearer(uow, given.credentials)
    if found is None:
        raise NotSignedIn("This token is not valid (any more). Make a new one under My account.")
    if seconds := LIMITS.taken(found.token_id, settings().api_requests_per_minute):
        raise TooMany(seconds)
    _note(found)
    return found


def _note(found: Bearer) -> None:
    """Remember that the token is in use; not worth a refusal when others are writing."""
    if not found.unnoted(now()):
        return
    try:
        with unit_of_work(actor=SYSTEM) as uow:
            service.used(uow, found.token_id)
    except Busy:
        log.info("token.use_not_noted", extra={"token": str(found.token_id)})


def opened(area: TokenArea) -> Callable[[Bearer], Bearer]:
    """The bearer of a token that was made for an area."""

    def demanded(found: Annotated[Bearer, Depends(bearer)]) -> Bearer:
        if not found.opens(area):
            raise NotAllowed(f"This token does not open {area}. Make one that does under My account.")
        return found

    return demanded


Anybody = Annotated[Bearer, Depends(bearer)]
ForStatistics = Annotated[Bearer, Depends(opened(TokenArea.STATISTICS))]
ForCases = Annotated[Bearer, Depends(opened(TokenArea.CASES))]
ForExports = Annotated[Bearer, Depends(opened(TokenArea.EXPORTS))]


@contextmanager
def reading(who: Bearer) -> Iterator[UnitOfWork]:
    """A reading transaction in the person's name and scope."""
    with acting_as(who.actor), unit_of_work(read_only=True) as uow:
        yield uow


@contextmanager
def writing(who: Bearer) -> Iterator[UnitOfWork]:
    """A writing transaction in the person's name and scope."""
    with acting_as(who.actor), unit_of_work() as uow:
        yield uow
