"""Versions of application types as cases know them: immutable, kept when the first case is opened under one."""

from __future__ import annotations

from sqlalchemy import select

from models.core.database import insert_once
from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import DefinitionVersion
from models.engines.definitions.loading import build, contents, current_types, digest
from models.engines.definitions.schema import ApplicationType


def current(key: str) -> ApplicationType:
    """The type under which a new case is opened today.

    Raises:
        NotFound: there is no such type.
    """
    found = current_types().get(key)
    if found is None:
        raise NotFound("There is no such kind of application.")
    return found


def keep(uow: UnitOfWork, made: ApplicationType) -> None:
    """Keep the version that a case is opened under.

    Raises:
        RuntimeError: its files were changed without a new version while cases already run under the old content.
    """
    content = contents()[made.key]
    mark = digest(content)
    row = {"key": made.key, "version": made.version, "content": content, "digest": mark, "since": uow.now}
    insert_once(uow.session, DefinitionVersion, row, unique=("key", "version"))
    stmt = select(DefinitionVersion.digest).where(
        DefinitionVersion.key == made.key, DefinitionVersion.version == made.version
    )
    if uow.session.scalar(stmt) != mark:
        raise RuntimeError(
            f"{made.key} version {made.version} was changed after cases were opened under it: give it a new version"
        )


def type_of(uow: UnitOfWork, key: str, version: int) -> ApplicationType:
    """The type as a version of it says.

    Raises:
        NotFound: no case was ever opened under it.
    """
    content = contents().get(key)
    if content is not None and content["type"]["version"] == version:
        return current_types()[key]
    return _stored(uow, key, version)


_BUILT: dict[tuple[str, int, str], ApplicationType] = {}


def _stored(uow: UnitOfWork, key: str, version: int) -> ApplicationType:
    stmt = select(DefinitionVersion.content, DefinitionVersion.digest).where(
        DefinitionVersion.key == key, DefinitionVersion.version == version
    )
    found = uow.session.execute(stmt).first()
    if found is None:
        raise NotFound("The definition of this case is not kept any more.")
    content, mark = found
    place = (key, version, mark)
    if place not in _BUILT:
        _BUILT[place] = build(content)
    return _BUILT[place]
