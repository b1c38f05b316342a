"""Which kinds of application there are."""

from __future__ import annotations

from models import areas
from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import versions
from models.engines.definitions.loading import built_in
from models.engines.definitions.schema import ApplicationType


def application_types(uow: UnitOfWork) -> dict[str, ApplicationType]:
    """Every kind of application, by key, as a new case would be opened."""
    areas.load()
    return versions.current_types(uow)


def application_type(uow: UnitOfWork, key: str) -> ApplicationType:
    """A kind of application by its key.

    Raises:
        NotFound: there is none.
    """
    found = application_types(uow).get(key)
    if found is None:
        raise NotFound("There is no such kind of application.")
    return found


def shipped(key: str) -> ApplicationType:
    """A kind of application as Kontor came with it, whatever was published since.

    Raises:
        KeyError: there is none.
    """
    areas.load()
    return built_in()[key]
