"""The programs and development paths there are, read from `definitions/programs.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from models.partners.rules import MembershipKind, PartnerKind


class Program(BaseModel):
    """A program or path: what it is for and which kinds of partner may join (none named: all)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    description: str
    kinds: frozenset[PartnerKind] = frozenset()


class ProgramBook(BaseModel):
    """Everything a partner can join."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    programs: dict[str, Program]
    paths: dict[str, Program]

    def of(self, kind: MembershipKind) -> dict[str, Program]:
        """The programs, or the paths, by name."""
        return self.programs if kind is MembershipKind.PROGRAM else self.paths


@cache
def program_book() -> ProgramBook:
    """The programs and paths of this version of the application."""
    text = (Path(__file__).parent / "definitions" / "programs.yaml").read_text(encoding="utf-8")
    return ProgramBook.model_validate(yaml.safe_load(text))
