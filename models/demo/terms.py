"""How large the demo is, and the data files its names come from."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

import yaml
from pydantic import BaseModel, ConfigDict

_DATA = Path(__file__).parent / "data"
_NAMESPACE = UUID("6f1c2f0e-6a0d-5c8f-9d53-1f6f7c1f7a10")


@dataclass(frozen=True, slots=True)
class DemoTerms:
    """Size and seed of a demo; smaller ones serve tests."""

    seed: int = 20260716
    customers: int = 4_000
    lines: int = 300_000
    cases: int = 300
    months: int = 18
    source: str = "northwind"
    rate_source: str = "Demo rates"


DEMO = DemoTerms()


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NameGroup(_Strict):
    """Names of one language: people, and stems and lines of business that make companies."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    stems: tuple[str, ...]
    lines: tuple[str, ...]


class World(_Strict):
    """Countries (sales region, currency, name group) and the name groups."""

    countries: dict[str, tuple[str, str, str]]
    groups: dict[str, NameGroup]


class Service(_Strict):
    """A service type of the demo vendor; products are code, name, unit, list price in USD."""

    family: str
    name: str
    weight: int
    elasticity: float
    products: tuple[tuple[str, str, str, Decimal], ...]


class Catalog(_Strict):
    """What the demo vendor sells, where, and what currencies are worth."""

    regions: dict[str, str]
    homes: dict[str, tuple[str, ...]]
    services: tuple[Service, ...]
    rates: dict[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner of `data/partners.csv`."""

    name: str
    kind: str
    country: str
    city: str
    parent: str


@cache
def world() -> World:
    """Countries and names."""
    return World.model_validate(yaml.safe_load((_DATA / "world.yaml").read_text(encoding="utf-8")))


@cache
def catalog() -> Catalog:
    """Services, regions and rates."""
    return Catalog.model_validate(yaml.safe_load((_DATA / "catalog.yaml").read_text(encoding="utf-8")))


@cache
def partner_lines() -> tuple[PartnerLine, ...]:
    """The partners, in the order of the file: a distributor stands before its resellers."""
    with (_DATA / "partners.csv").open(encoding="utf-8", newline="") as file:
        return tuple(PartnerLine(**row) for row in csv.DictReader(file, delimiter=";"))


def key(terms: DemoTerms, *parts: object) -> UUID:
    """The key of a demo row: the same for the same seed."""
    return uuid5(_NAMESPACE, ":".join(map(str, (terms.seed, *parts))))


_SPELLED = str.maketrans({
    "ß": "ss", "ø": "oe", "Ø": "oe", "ł": "l", "Ł": "l", "ı": "i", "đ": "d", "Đ": "d", "æ": "ae", "&": " ",
    "ä": "ae", "ö": "oe", "ü": "ue", "Ö": "oe", "Ä": "ae", "Ü": "ue", "'": "", "’": "",
})  # fmt: skip


def slug(name: str) -> str:
    """A name as it stands in an address: `Côte d'Opale Numérique` is `cote-dopale-numerique`."""
    plain = unicodedata.normalize("NFKD", name.translate(_SPELLED)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
