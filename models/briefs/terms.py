"""What stands in a brief, read from `definitions/brief.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, PositiveInt

from models.briefs.rules import Every
from models.statistics.asks import Relative


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shown(_Part):
    """A measure: where its figures are seen, and by which dimensions its change is explained."""

    name: str
    link: str
    partner_link: str = ""
    explain: tuple[str, ...] = ()


class AtRisk(_Part):
    """The measure whose largest falls, by a dimension, are a risk."""

    name: str
    by: str
    link: str


class Most(_Part):
    """How much of each kind a brief names."""

    falls: PositiveInt
    late: PositiveInt
    alerts: PositiveInt
    waits: PositiveInt


class BriefTerms(_Part):
    """The whole: the period that each rhythm looks at, the measures in their order, and how far ahead dues count."""

    version: int
    periods: dict[Every, Relative]
    measures: tuple[Shown, ...]
    at_risk: AtRisk
    most: Most
    due_within_days: PositiveInt


@cache
def brief_terms() -> BriefTerms:
    """The terms of this version of the application."""
    text = (Path(__file__).parent / "definitions" / "brief.yaml").read_text(encoding="utf-8")
    return BriefTerms.model_validate(yaml.safe_load(text))
