"""What a definition from elsewhere has to have so that it can be drawn and mended here.

More is not asked: what is wrong with a definition of this shape is named as a problem of the draft, with its place.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from models.core.errors import Problem
from models.engines.workflow.schema import KINDS, kind_of

Mappings = dict[str, dict[str, Any]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Column(_Part):
    name: str


class _Table(_Part):
    inputs: list[_Column] = []
    outputs: list[_Column] = []
    rows: list[list[Any]] = []


def _form_of_decision(value: Any) -> str:
    return "table" if isinstance(value, dict) else "branches" if isinstance(value, list) else "condition"


_Decision = Annotated[
    Annotated[str, Tag("condition")]
    | Annotated[list[dict[str, str]], Tag("branches")]
    | Annotated[_Table, Tag("table")],
    Discriminator(_form_of_decision),
]


class _Node(_Part):
    label: str = ""
    decision: _Decision | None = None
    decisions: Mappings = {}
    candidates: list[dict[str, Any]] = []
    escalate: dict[str, Any] = {}


class _Clock(_Part):
    start: list[str] = []
    pause: list[str] = []
    resume: list[str] = []
    stop: list[str] = []
    reset: list[str] = []
    cancel: list[str] = []
    escalate: dict[str, Any] = {}


class _Flow(_Part):
    start: str
    nodes: dict[str, _Node]
    edges: list[tuple[str, str]]
    layout: dict[str, tuple[float, float]] = {}
    clocks: dict[str, _Clock] = {}


class _FormField(_Part):
    name: str


class _Step(_Part):
    fields: list[_FormField] = Field(min_length=1)


class _Form(_Part):
    steps: list[_Step] = Field(min_length=1)


class _Agreement(_Part):
    title: str
    version: str
    text: str


class _Type(_Part):
    name: str
    workflow: _Flow
    forms: dict[str, _Form] = {}
    parameters: dict[str, Any] = {}
    facts: dict[str, str] = {}
    phases: list[str] = []
    reasons: dict[str, list[str]] = {}
    amount: list[str] = []
    agreements: dict[str, _Agreement] = {}
    offered: dict[str, Any] = {}


def shape_problems(raw: Any) -> list[Problem]:
    """What keeps a type, as it was written elsewhere, from being drawn here; the first twenty, each with its place."""
    try:
        _Type.model_validate(raw)
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        return [
            Problem("YAML-SHAPE", f"{place}: {said}." if place else f"{said}.", place) for place, said in found[:20]
        ]
    return [
        Problem("YAML-SHAPE", f"workflow.nodes.{name}: it has to name its kind, one of {', '.join(KINDS)}.", name)
        for name, node in raw["workflow"]["nodes"].items()
        if kind_of(node) is None
    ]
