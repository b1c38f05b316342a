"""Which kinds of application there are."""

from __future__ import annotations

from models import areas
from models.core.errors import NotFound
from models.engines.definitions.loading import current_types
from models.engines.definitions.schema import ApplicationType


def application_types() -> dict[str, ApplicationType]:
    """Every kind of application, by key, as a new case would be opened."""
    areas.load()
    return current_types()


def application_type(key: str) -> ApplicationType:
    """A kind of application by its key.

    Raises:
        NotFound: there is none.
    """
    found = application_types().get(key)
    if found is None:
        raise NotFound("There is no such kind of application.")
    return found
