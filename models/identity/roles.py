"""The preset roles and the permission catalogue, read from `definitions/roles.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator


class Role(BaseModel):
    """A role: its name, what it is for, and the permissions it holds (`*`: all)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    description: str
    permissions: tuple[str, ...] | Literal["*"]


class RoleBook(BaseModel):
    """Every permission there is and every preset role."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    meets: tuple[str, ...]
    permissions: dict[str, str]
    default_permissions: tuple[str, ...]
    vendor: dict[str, Role]
    partner: dict[str, Role]
    custom_role_permissions: tuple[str, ...]

    @model_validator(mode="after")
    def _known(self) -> RoleBook:
        named = {p for role in (*self.vendor.values(), *self.partner.values()) for p in role.permissions if p != "*"}
        unknown = (named | set(self.custom_role_permissions) | set(self.default_permissions)) - set(self.permissions)
        if unknown:
            raise ValueError(f"roles name unknown permissions: {', '.join(sorted(unknown))}")
        return self

    def of(self, role: str) -> frozenset[str]:
        """The permissions of a preset role; none for a role that does not exist."""
        found = self.vendor.get(role) or self.partner.get(role)
        if found is None:
            return frozenset()
        return frozenset(self.permissions if found.permissions == "*" else found.permissions)

    def name(self, role: str) -> str:
        """A preset role's name in words."""
        found = self.vendor.get(role) or self.partner.get(role)
        return found.name if found else role


@cache
def role_book() -> RoleBook:
    """The roles of this version of the application."""
    text = (Path(__file__).parent / "definitions" / "roles.yaml").read_text(encoding="utf-8")
    return RoleBook.model_validate(yaml.safe_load(text))
