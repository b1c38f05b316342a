"""Numbers, value lists, reasons and agreements across all application types: what is in force, since when, by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from models.applications.types import application_types
from models.core.unit_of_work import UnitOfWork
from models.design.editing import label_of
from models.design.properties import said, used_by
from models.engines.definitions import versions
from models.engines.definitions.loading import Content
from models.engines.definitions.tables import DefinitionPublication
from models.reference.queries import VIEW


class ValueKind(StrEnum):
    """What sort of thing a type says."""

    NUMBER = "number"
    LIST = "list"
    REASONS = "reasons"
    AGREEMENT = "agreement"

    @property
    def words(self) -> str:
        """As people read it, in the plural."""
        return _WORDS[self]


_WORDS = {
    ValueKind.NUMBER: "Numbers and times", ValueKind.LIST: "Value lists and tables",
    ValueKind.REASONS: "Reason codes", ValueKind.AGREEMENT: "Agreements",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ValueRow:
    """Something that one type says. `since` and `by` are None and empty for what Kontor came with; `key` and `raw` are
    its name and value as the type's content has them."""

    kind: ValueKind
    name: str
    value: str
    type: str
    type_name: str
    version: str
    since: datetime | None
    by: str
    used_by: tuple[str, ...]
    key: str
    raw: Any


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """A text that partners agree to. `since` and `by` are None and empty for what Kontor came with."""

    number: str
    text: str
    since: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement of a type, with its versions, the one in force first."""

    type: str
    type_name: str
    title: str
    versions: tuple[AgreementVersion, ...]


Found = tuple[ValueKind, str, Any]


def values(uow: UnitOfWork, *, kind: ValueKind | None = None, search: str = "") -> list[ValueRow]:
    """What every type says, the same things of different types side by side; words of `search` are all in a row.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    uow.actor.demand(VIEW)
    rows = [row for key in application_types(uow) for row in _of_type(uow, key)]
    wanted = search.casefold().split()
    return sorted(
        (row for row in rows if kind in (None, row.kind) and all(word in _searched(row) for word in wanted)),
        key=lambda row: (list(ValueKind).index(row.kind), row.name.casefold(), row.type_name.casefold()),
    )


def agreements(uow: UnitOfWork) -> list[AgreementRow]:
    """Every agreement of the types in force, each with what it said before, by its title.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    uow.actor.demand(VIEW)
    rows = []
    for key, made in application_types(uow).items():
        for name, each in versions.content_of(uow, key, made.version)["type"].get("agreements", {}).items():
            found = tuple(_told(uow, key, name, made.version))
            rows.append(AgreementRow(key, made.name, str(each["title"]), found))
    return sorted(rows, key=lambda row: (row.title.casefold(), row.type_name.casefold()))


def _told(uow: UnitOfWork, key: str, name: str, version: int) -> Iterator[AgreementVersion]:
    """What an agreement says and said: each wording once, with the publication that brought it."""
    publications = _publications(uow, key)
    steps: list[tuple[int, DefinitionPublication | None]] = [(each.version, each) for each in publications]
    first = publications[-1].before if publications else version
    steps += [(first, None)] if first is not None else []
    told = [(_agreement_of(uow, key, name, number), by) for number, by in steps]
    for place, (wording, by) in enumerate(told):
        before = told[place + 1][0] if place + 1 < len(told) else None
        if wording is not None and wording != before:
            yield AgreementVersion(*wording, by.at if by else None, by.agreed_by_name if by else "")


def _agreement_of(uow: UnitOfWork, key: str, name: str, version: int) -> tuple[str, str] | None:
    each = versions.content_of(uow, key, version)["type"].get("agreements", {}).get(name)
    return (str(each["version"]), str(each["text"])) if each else None


def _searched(row: ValueRow) -> str:
    return f"{row.name} {row.value} {row.type_name} {' '.join(row.used_by)}".casefold()


def _of_type(uow: UnitOfWork, key: str) -> Iterator[ValueRow]:
    made = application_types(uow)[key]
    content = versions.content_of(uow, key, made.version)
    publications = _publications(uow, key)
    for place, (kind, name, value) in _said(content).items():
        since = _since(uow, publications, place, value)
        users = tuple(label_of(content, node) for node in used_by(content, place[1])) if place[0] == "number" else ()
        yield ValueRow(
            kind, name, value if kind is ValueKind.AGREEMENT else said(value), key, made.name,
            versions.words(since.version if since else _first(made.version)), since.at if since else None,
            since.agreed_by_name if since else "", users, place[1], value,
        )  # fmt: skip


def _first(version: int) -> int:
    """The version that Kontor came with, of which this one was made."""
    return version // versions.OWN if version >= versions.OWN else version


def _said(content: Content) -> dict[tuple[str, str], Found]:
    """Everything that a content says beside its forms and workflow, by where it stands."""
    raw: Mapping[str, Any] = content["type"]
    found: dict[tuple[str, str], Found] = {}
    for name, value in raw.get("parameters", {}).items():
        kind = ValueKind.LIST if isinstance(value, list | dict) else ValueKind.NUMBER
        found["number", name] = kind, _named(name), value
    for name, reasons in raw.get("reasons", {}).items():
        found["reasons", name] = ValueKind.REASONS, _named(name), reasons
    for name, each in raw.get("agreements", {}).items():
        found["agreement", name] = ValueKind.AGREEMENT, str(each["title"]), f"Version {each['version']}"
    return found


def _named(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _publications(uow: UnitOfWork, key: str) -> list[DefinitionPublication]:
    row = DefinitionPublication
    return list(uow.session.scalars(select(row).where(row.key == key).order_by(row.at.desc(), row.id.desc())))


def _since(
    uow: UnitOfWork, publications: list[DefinitionPublication], place: tuple[str, str], value: Any
) -> DefinitionPublication | None:
    """The publication that brought a value; None: it was so when Kontor came."""
    for each in publications:
        before = _said(versions.content_of(uow, each.key, each.before)) if each.before is not None else {}
        if place not in before or before[place][2] != value:
            return each
    return None
