"""Passwords, lock-out, role sets and sessions: pure decisions; their numbers come in as terms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.core.errors import Problem


class UserStatus(StrEnum):
    """Whether a user may sign in (ORG-USER-04)."""

    NORMAL = "normal"
    LOCKED = "locked"


ADMINISTRATOR = "administrator"
PARTNER_ADMIN = "partner_admin"
ACCOUNT_DIRECTOR = "account_director"
ACCOUNT_MANAGER = "account_manager"
CUSTOM = "custom:"
"""A custom role is named by this prefix and its key."""


@dataclass(frozen=True, slots=True)
class PasswordTerms:
    """What a password must have; the length is a setting."""

    length: int


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """How long a session lives; both are settings."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class LockTerms:
    """When failed sign-ins lock an account for a while; both are settings."""

    attempts: int
    pause: timedelta


def password_problems(password: str, repeated: str, terms: PasswordTerms) -> list[Problem]:
    """Everything wrong with a new password; empty when nothing is. Source: ORG-PWD-03."""
    problems = []
    if len(password) < terms.length:
        problems.append(Problem("PWD-SHORT", f"Use at least {terms.length} characters.", "password"))
    if not (any(c.isalpha() for c in password) and any(c.isdigit() for c in password)):
        problems.append(Problem("PWD-KINDS", "Use both letters and numbers.", "password"))
    if any(c.isspace() for c in password):
        problems.append(Problem("PWD-SPACE", "Use no spaces.", "password"))
    if password != repeated:
        problems.append(Problem("PWD-DIFFERENT", "Enter the same password twice.", "repeated"))
    return problems


def role_problems(roles: Sequence[str]) -> list[Problem]:
    """Everything wrong with the roles of a partner's member. Source: ORG-ROLE-09."""
    problems, chosen = [], set(roles)
    if not chosen:
        problems.append(Problem("ROLE-NONE", "Select at least one role.", "roles"))
    if len(chosen) > 3:
        problems.append(Problem("ROLE-MANY", "Select a maximum of 3 roles.", "roles"))
    if PARTNER_ADMIN in chosen and len(chosen) > 1:
        problems.append(Problem("ROLE-ADMIN", "Admin holds every permission: select it alone.", "roles"))
    if {ACCOUNT_DIRECTOR, ACCOUNT_MANAGER} <= chosen:
        text = "Select Account director or Account manager, not both."
        problems.append(Problem("ROLE-EXCLUSIVE", text, "roles"))
    return problems


def sees_assigned_only(roles: Sequence[str]) -> bool:
    """Whether a member sees only the customers assigned to it. Source: ORG-ROLE-10, CUS-COM-01."""
    return set(roles) == {ACCOUNT_MANAGER}


def locked_until(failures: int, at: datetime, terms: LockTerms) -> datetime | None:
    """Until when sign-in is refused after so many failures in a row, the last at `at`; None when it is not."""
    return at + terms.pause if failures >= terms.attempts else None


def session_alive(*, created: datetime, last_seen: datetime, at: datetime, terms: SessionTerms) -> bool:
    """Whether a session neither idled too long nor reached its greatest age."""
    return at - last_seen < terms.idle and at - created < terms.absolute


def with_defaults(permissions: Collection[str], defaults: Collection[str]) -> list[str]:
    """The permissions of a custom role with those that come with any other, sorted. Source: ORG-ROLE-04."""
    return sorted(set(permissions) | set(defaults))


def custom_role_problems(
    name: str,
    permissions: Collection[str],
    *,
    taken: Collection[str],
    allowed: Collection[str],
    within: Collection[str],
) -> list[Problem]:
    """Everything wrong with a partner's custom role; empty when nothing is. Source: ORG-ROLE-02.

    `taken` are the names of other roles in lower case, `allowed` the permissions that such roles may hold at all,
    `within` those that the person who makes the role may hand out.
    """
    problems = []
    if not name.strip():
        problems.append(Problem("ROLE-NAME", "Enter a name for the role.", "name"))
    elif name.strip().lower() in taken:
        problems.append(Problem("ROLE-TAKEN", f"There is a role {name.strip()} already. Choose another name.", "name"))
    if not permissions:
        problems.append(Problem("ROLE-EMPTY", "Select at least one permission.", "permissions"))
    if set(permissions) - set(allowed):
        problems.append(Problem("ROLE-PERMISSION", "Select permissions of the list only.", "permissions"))
    elif set(permissions) - set(within):
        text = "Your own roles do not hold all of these permissions, so you cannot hand them out."
        problems.append(Problem("ROLE-BEYOND", text, "permissions"))
    return problems
