"""Versions of application types: immutable once kept; one of them is what new cases begin under.

The version that stands in an area's YAML is in force until somebody publishes another one. Versions that managers make
are numbered by where they came from: 2001 is the first one made of the built-in version 2, 1 the first one of a type
that was made here. So a later built-in version 3 never meets one of theirs.
"""

from __future__ import annotations

from sqlalchemy import func, select

from models.core.database import insert_once
from models.core.errors import NotFound
from models.core.prepared import PreparedSelect
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions.loading import Content, build, built_in, contents, digest
from models.engines.definitions.schema import ApplicationType
from models.engines.definitions.tables import DefinitionChosen, DefinitionPublication, DefinitionVersion

OWN = 1000
"""Versions made here of one built-in version."""

_IN_FORCE = "definitions in force"
_CHOSEN = PreparedSelect(
    select(DefinitionVersion.key, DefinitionVersion.version, DefinitionVersion.digest).join(
        DefinitionChosen,
        (DefinitionChosen.key == DefinitionVersion.key) & (DefinitionChosen.version == DefinitionVersion.version),
    )
)


def words(version: int) -> str:
    """A version as people read it: 2 is `2`, 2001 is `2.1`."""
    base, own = divmod(version, OWN)
    return f"{base}.{own}" if base else str(own) if own else "0"


def current_types(uow: UnitOfWork) -> dict[str, ApplicationType]:
    """Every type by key, as a new case would begin: the published version, else the one Kontor came with."""
    kept: dict[str, ApplicationType] | None = uow.session.info.get(_IN_FORCE)
    if kept is None:
        chosen = {key: _kept(uow, key, version, mark) for key, version, mark in _CHOSEN.all(uow)}
        kept = uow.session.info[_IN_FORCE] = built_in() | chosen
    return kept


def current(uow: UnitOfWork, key: str) -> ApplicationType:
    """The type under which a new case begins now.

    Raises:
        NotFound: there is no such type.
    """
    found = current_types(uow).get(key)
    if found is None:
        raise NotFound("There is no such kind of application.")
    return found


def keep(uow: UnitOfWork, made: ApplicationType) -> None:
    """Keep the version that a case begins under.

    Raises:
        RuntimeError: its files were changed without a new version while cases already run under the old content.
    """
    content = contents().get(made.key)
    if content is None or content["type"]["version"] != made.version:
        return  # one that was published: kept since then
    add(uow, content)


def add(uow: UnitOfWork, content: Content) -> None:
    """Keep a content under its key and version, for good.

    Raises:
        RuntimeError: another content is kept under them already.
    """
    key, version, mark = content["type"]["key"], content["type"]["version"], digest(content)
    row = {"key": key, "version": version, "content": content, "digest": mark, "since": uow.now}
    if insert_once(uow.session, DefinitionVersion, row, unique=("key", "version")):
        return
    stmt = select(DefinitionVersion.digest).where(DefinitionVersion.key == key, DefinitionVersion.version == version)
    if uow.session.scalar(stmt) != mark:
        raise RuntimeError(
            f"{key} version {version} was changed after cases were opened under it: give it a new version"
        )


def type_of(uow: UnitOfWork, key: str, version: int) -> ApplicationType:
    """The type as a version of it says.

    Raises:
        NotFound: it was never in use.
    """
    content = contents().get(key)
    if content is not None and content["type"]["version"] == version:
        return built_in()[key]
    stmt = select(DefinitionVersion.digest).where(DefinitionVersion.key == key, DefinitionVersion.version == version)
    mark = uow.session.scalar(stmt)
    if mark is None:
        raise NotFound("The definition of this case is not kept any more.")
    return _kept(uow, key, version, mark)


def content_of(uow: UnitOfWork, key: str, version: int) -> Content:
    """A version as it was written.

    Raises:
        NotFound: it was never in use.
    """
    content = contents().get(key)
    if content is not None and content["type"]["version"] == version:
        return content
    stmt = select(DefinitionVersion.content).where(DefinitionVersion.key == key, DefinitionVersion.version == version)
    found: Content | None = uow.session.scalar(stmt)
    if found is None:
        raise NotFound(f"Version {words(version)} of this definition is not kept.")
    return found


def base_of(version: int) -> int:
    """The built-in version that a version was made of; 0: of none. A built-in one is its own."""
    return version // OWN if version >= OWN else version


def newer_shipped(uow: UnitOfWork) -> dict[str, Content]:
    """The built-in contents that are newer than what the versions in force were made of, by key."""
    types, shipped = current_types(uow), contents()
    return {
        key: content
        for key, content in shipped.items()
        if key in types and content["type"]["version"] > base_of(types[key].version)
    }


def next_version(uow: UnitOfWork, key: str, based_on: int) -> int:
    """The number of the next version that is made here of `based_on`."""
    base = based_on // OWN * OWN if based_on >= OWN else (based_on * OWN if key in contents() else 0)
    stmt = select(func.max(DefinitionVersion.version)).where(
        DefinitionVersion.key == key, DefinitionVersion.version > base, DefinitionVersion.version < base + OWN
    )
    return int(uow.session.scalar(stmt) or base) + 1


def choose(uow: UnitOfWork, publication: DefinitionPublication) -> None:
    """Let new cases begin under a version that is kept, and note who wanted and agreed to it."""
    if uow.session.get(DefinitionChosen, publication.key) is None:
        uow.session.add(DefinitionChosen(key=publication.key, version=publication.version))
    else:
        uow.session.get_one(DefinitionChosen, publication.key).version = publication.version
    uow.session.add(publication)
    uow.session.flush()
    uow.session.info.pop(_IN_FORCE, None)


_BUILT: dict[tuple[str, int, str], ApplicationType] = {}


def _kept(uow: UnitOfWork, key: str, version: int, mark: str) -> ApplicationType:
    place = (key, version, mark)
    if place not in _BUILT:
        _BUILT[place] = build(content_of(uow, key, version))
    return _BUILT[place]
