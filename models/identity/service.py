"""Users act on their own identity and administrators on others': sign in and out, create, change, lock, reset."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from models.core import clock
from models.core.database import insert_once
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Problem, Refused
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork, unscoped
from models.identity import queries, rules
from models.identity.roles import role_book
from models.identity.rules import CUSTOM, UserStatus
from models.identity.tables import CustomRole, SignInFailure, UserAccount, UserRole, UserSession
from models.notices import service as notices

_HASHER = PasswordHasher()


@cache
def _someones_hash() -> str:
    """Verified for an unknown address, so that the answer takes as long as for a known one."""
    return _HASHER.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whose address and password were right, and what the password was held to."""

    user_id: UUID
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be created; `partner_id` None makes a member of the vendor."""

    email: str
    name: str
    password: str
    roles: tuple[str, ...]
    partner_id: UUID | None = None
    username: str = ""
    mobile: str | None = None
    office_phone: str | None = None
    director_id: UUID | None = None
    must_change_password: bool = True
    preferences: dict[str, str] = field(default_factory=dict)


def sign_in(uow: UnitOfWork, email: str, password: str, *, browser: str = "") -> str:
    """The token of a new session, in one transaction; tries are counted by who lets them in, with `count_attempt`.

    Raises:
        Refused: as `recognise` says.
    """
    return open_session(uow, recognise(uow, email, password), browser=browser)


def count_attempt(uow: UnitOfWork, email: str) -> None:
    """Write a try down before its password is looked at: tries at the same moment are counted, too.

    Raises:
        Refused: SIGN-IN-PAUSED, too many tries failed; says until when, not whether the address has an account.
    """
    terms = rules.LockTerms(settings().sign_in_attempts, timedelta(minutes=settings().sign_in_pause_minutes))
    key = _hash(_address(email))
    row = {"email_hash": key, "failures": 0, "last_at": uow.now, "locked_until": None}
    insert_once(uow.session, SignInFailure, row, unique=["email_hash"])
    tries = uow.session.get_one(SignInFailure, key, with_for_update=True, populate_existing=True)
    if tries.locked_until and tries.locked_until > uow.now:
        raise Refused(Problem("SIGN-IN-PAUSED", tries.locked_until.isoformat()))
    if tries.locked_until:
        tries.failures, tries.locked_until = 0, None
    tries.failures += 1
    tries.last_at = uow.now
    tries.locked_until = rules.locked_until(tries.failures, uow.now, terms)


def recognise(uow: UnitOfWork, email: str, password: str) -> Recognised:
    """Whose address and password these are. Slow on purpose, so best in a transaction that only reads.

    Raises:
        Refused: SIGN-IN-FAILED, address or password wrong or the user locked; does not tell which.
    """
    with unscoped(uow, reason="somebody who signs in is nobody yet; found by their own address"):
        user = uow.session.scalar(
            select(UserAccount).where(UserAccount.email == _address(email), UserAccount.deleted_at.is_(None))
        )
    right = _verify(user.password_hash if user else _someones_hash(), password)
    if user is None or not right or user.status is UserStatus.LOCKED:
        raise _not_recognised()
    return Recognised(user.id, user.password_hash)


def _not_recognised() -> Refused:
    return Refused(Problem("SIGN-IN-FAILED", "The e-mail address or the password is not right."))


def open_session(uow: UnitOfWork, who: Recognised, *, browser: str = "") -> str:
    """The token of a new session, of which the hash alone is kept; the failures before it are forgotten.

    Raises:
        Refused: SIGN-IN-FAILED, the person got another password, was locked or deleted since they were recognised.
    """
    queries.hold_still(uow, [who.user_id])
    user = uow.session.get_one(UserAccount, who.user_id, populate_existing=True)
    if user.deleted_at or user.status is UserStatus.LOCKED or user.password_hash != who.password_hash:
        raise _not_recognised()
    if failure := uow.session.get(SignInFailure, _hash(user.email)):
        uow.session.delete(failure)
    token = secrets.token_urlsafe(32)
    session = UserSession(
        token_hash=_hash(token), user_id=user.id, created_at=uow.now, last_seen_at=uow.now, browser=browser[:200]
    )
    uow.session.add(session)
    return token


def end_session(uow: UnitOfWork, token: str) -> None:
    """Sign out one browser; a token that is no more is fine."""
    session = uow.session.scalar(select(UserSession).where(UserSession.token_hash == _hash(token)))
    if session and session.ended_at is None:
        session.ended_at = uow.now


def end_all_sessions(uow: UnitOfWork, user_id: UUID, *, but: UUID | None = None) -> int:
    """Sign a user out everywhere (oneself, or anybody for who manages users); the number of sessions ended.

    The user's personal tokens end with them, and the user is told.
    """
    user = _own(uow) if user_id == uow.actor.user_id else _manageable(uow, user_id)
    ended = _end_all(uow, user, but=but)
    by = "" if user_id == uow.actor.user_id else f" by {uow.actor.name}"
    _tell(uow, user_id, f"You were signed out everywhere{by}")
    return ended


def _end_all(uow: UnitOfWork, user: UserAccount, *, but: UUID | None = None) -> int:
    """End every session of a user but one, and every personal token: whoever has one of them may be a stranger."""
    queries.hold_still(uow, [user.id])
    user.credentials_at = max(uow.now, clock.now())  # later than what was let in while this waited
    ended = 0
    for session in uow.session.scalars(
        select(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    ):
        if session.id != but:
            session.ended_at = uow.now
            ended += 1
    uow.record("user.signed_out_everywhere", "user", user.id, partner_id=user.partner_id)
    return ended


def _tell(uow: UnitOfWork, user_id: UUID, title: str) -> None:
    text = "Other browsers are signed out, and tokens of programs opened before open nothing any more."
    key = f"credentials:{user_id}:{uow.now.isoformat()}"
    notices.tell(uow, user_id, key=key, title=title, text=text, link="/account", icon="lock_reset")


def create_user(uow: UnitOfWork, new: NewUser) -> UUID:
    """Create a member of the vendor or of a partner (ORG-USER-01).

    Raises:
        NotAllowed: the actor may not manage those users.
        Refused: everything wrong with the input at once.
    """
    _demand_manage(uow, new.partner_id)
    email = _address(new.email)
    username = new.username.strip() or email.partition("@")[0]
    problems = rules.password_problems(new.password, new.password, _password_terms())
    problems += _person_problems(new.name, email) + _role_problems(uow, new.roles, new.partner_id)
    problems += _address_problems(uow, email)
    same_name = select(UserAccount.id).where(UserAccount.username == username, UserAccount.partner_id == new.partner_id)
    if new.partner_id and uow.session.scalar(same_name):
        problems.append(Problem("USER-NAME", f"The username {username} is taken already.", "username"))
    if problems:
        raise Refused(problems)
    user = UserAccount(
        partner_id=new.partner_id, username=username, email=email, name=new.name.strip(), mobile=new.mobile,
        office_phone=new.office_phone, password_hash=_HASHER.hash(new.password), director_id=new.director_id,
        must_change_password=new.must_change_password, created_at=uow.now, preferences=dict(new.preferences),
        roles=[UserRole(role=role) for role in sorted(set(new.roles))],
    )  # fmt: skip
    uow.session.add(user)
    uow.session.flush()
    uow.record("user.created", "user", user.id, partner_id=new.partner_id, changes={"roles": sorted(set(new.roles))})
    return user.id


def change_password(uow: UnitOfWork, old: str, new: str, repeated: str) -> None:
    """Change one's own password; every other session of the user ends, and every personal token.

    Raises:
        Refused: the old password is wrong, or the new one breaks the rules of ORG-PWD-03.
    """
    user = _own(uow)
    problems = rules.password_problems(new, repeated, _password_terms())
    if not _verify(user.password_hash, old):
        problems.insert(0, Problem("PWD-OLD", "The present password is not right.", "old"))
    if problems:
        raise Refused(problems)
    user.password_hash, user.must_change_password = _HASHER.hash(new), False
    uow.record("user.password_changed", "user", user.id, partner_id=user.partner_id)
    _end_all(uow, user, but=uow.actor.session_id)
    _tell(uow, user.id, "Your password was changed")


def reset_password(uow: UnitOfWork, user_id: UUID, new: str, repeated: str) -> None:
    """Give a user a new password, to be changed at the next sign-in (ORG-USER-06); all its sessions and tokens end."""
    user = _manageable(uow, user_id)
    if problems := rules.password_problems(new, repeated, _password_terms()):
        raise Refused(problems)
    user.password_hash, user.must_change_password = _HASHER.hash(new), True
    if failure := uow.session.get(SignInFailure, _hash(user.email)):
        uow.session.delete(failure)
    uow.record("user.password_reset", "user", user.id, partner_id=user.partner_id)
    _end_all(uow, user)
    _tell(uow, user_id, f"{uow.actor.name} gave you a new password")


def set_roles(uow: UnitOfWork, user_id: UUID, roles: Sequence[str]) -> list[str]:
    """Give a user exactly these roles (ORG-USER-05); names the managers left without a director (ORG-ROLE-11).

    Raises:
        Refused: the set breaks a rule of ORG-ROLE-09, or would leave the vendor without an administrator.
    """
    user = _manageable(uow, user_id)
    before = sorted(role.role for role in user.roles)
    problems = _role_problems(uow, roles, user.partner_id)
    if rules.ADMINISTRATOR in before and rules.ADMINISTRATOR not in roles and _administrators(uow) <= 1:
        problems.append(Problem("ROLE-LAST", "Make somebody else an administrator first.", "roles"))
    if problems:
        raise Refused(problems)
    user.roles[:] = [role for role in user.roles if role.role in roles] + [
        UserRole(role=role) for role in sorted(set(roles) - set(before))
    ]
    detached: list[str] = []
    if rules.ACCOUNT_DIRECTOR in before and rules.ACCOUNT_DIRECTOR not in roles:
        for manager in uow.session.scalars(select(UserAccount).where(UserAccount.director_id == user_id)):
            manager.director_id = None
            detached.append(manager.name)
    changes = {"before": before, "after": sorted(set(roles)), "detached": detached}
    uow.record("user.roles_changed", "user", user.id, partner_id=user.partner_id, changes=changes)
    return detached


def change_user(
    uow: UnitOfWork, user_id: UUID, *, name: str, email: str, mobile: str | None, office_phone: str | None,
    status: UserStatus, expected: int,
) -> None:  # fmt: skip
    """Change a user's data; a locked one cannot sign in and is signed out (ORG-USER-04, ORG-LOGIN-04)."""
    user = _manageable(uow, user_id, expected=expected)
    problems = _person_problems(name, _address(email))
    if _address(email) != user.email:
        problems += _address_problems(uow, _address(email))
    if status is UserStatus.LOCKED and user_id == uow.actor.user_id:
        problems.append(Problem("USER-SELF", "You cannot lock yourself out.", "status"))
    if problems:
        raise Refused(problems)
    after = {
        "name": name.strip(),
        "email": _address(email),
        "mobile": mobile,
        "office_phone": office_phone,
        "status": status,
    }
    changes = {
        key: [str(getattr(user, key)), str(value)] for key, value in after.items() if getattr(user, key) != value
    }
    for key, value in after.items():
        setattr(user, key, value)
    uow.record("user.changed", "user", user.id, partner_id=user.partner_id, changes=changes)
    if status is UserStatus.LOCKED:
        _end_all(uow, user)


def delete_user(uow: UnitOfWork, user_id: UUID) -> None:
    """Remove a user; what they did keeps their name (ORG-USER-07)."""
    user = _manageable(uow, user_id)
    if user_id == uow.actor.user_id:
        raise Refused(Problem("USER-SELF", "You cannot delete yourself."))
    user.deleted_at, user.status = uow.now, UserStatus.LOCKED
    uow.record("user.deleted", "user", user.id, partner_id=user.partner_id)
    _end_all(uow, user)


def set_preferences(uow: UnitOfWork, preferences: dict[str, str]) -> None:
    """Remember how the actor wants dates, times and the start page."""
    user = _own(uow)
    user.preferences = {**user.preferences, **preferences}


# The first administrator of an empty installation


def setup_needed(uow: UnitOfWork) -> bool:
    """Whether nobody can sign in yet."""
    with unscoped(uow, reason="asks only whether there is any user"):
        return uow.session.scalar(select(UserAccount.id).limit(1)) is None


def setup_code() -> str:
    """The code that proves access to this machine when the first administrator is made; kept in the home folder."""
    path = settings().home / "setup-code"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(4), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def first_administrator(uow: UnitOfWork, *, code: str, name: str, email: str, password: str, repeated: str) -> UUID:
    """Make the first user of an empty installation, who then makes all others.

    Raises:
        NotAllowed: there are users already.
        Refused: the code is not the one printed at the start, or the input breaks rules.
    """
    if not setup_needed(uow):
        raise NotAllowed("This installation has its administrator. Ask them for an account.")
    problems = rules.password_problems(password, repeated, _password_terms())
    if not secrets.compare_digest(code.strip().encode(), setup_code().encode()):
        problems.insert(0, Problem("SETUP-CODE", "Enter the code that `make run` printed in its terminal.", "code"))
    if problems:
        raise Refused(problems)
    new = NewUser(email, name, password, (rules.ADMINISTRATOR,), must_change_password=False)
    user_id = create_user(uow, new)
    (settings().home / "setup-code").unlink(missing_ok=True)
    return user_id


def _address(email: str) -> str:
    return email.strip().lower()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _password_terms() -> rules.PasswordTerms:
    return rules.PasswordTerms(settings().password_length)


def _address_problems(uow: UnitOfWork, email: str) -> list[Problem]:
    with unscoped(uow, reason="an address is unique over all partners; only its existence is told"):
        taken = uow.session.scalar(select(UserAccount.id).where(UserAccount.email == email))
    return [Problem("USER-EMAIL", f"{email} is taken already. Use another address.", "email")] if taken else []


def _person_problems(name: str, email: str) -> list[Problem]:
    problems = []
    if not name.strip():
        problems.append(Problem("USER-NAME-EMPTY", "Enter the person's name.", "name"))
    local, at, domain = email.partition("@")
    if not (local and at and "." in domain) or " " in email:
        problems.append(Problem("USER-EMAIL-FORM", "Enter an e-mail address like name@company.example.", "email"))
    return problems


def _role_problems(uow: UnitOfWork, roles: Sequence[str], partner_id: UUID | None) -> list[Problem]:
    book = role_book()
    if partner_id is None:
        if not roles or not set(roles) <= set(book.vendor):
            return [Problem("ROLE-UNKNOWN", "Select roles of the vendor.", "roles")]
        return []
    custom = {
        f"{CUSTOM}{key}"
        for key in uow.session.scalars(select(CustomRole.id).where(CustomRole.partner_id == partner_id))
    }
    if not set(roles) <= set(book.partner) | custom:
        return [Problem("ROLE-UNKNOWN", "Select roles of this partner.", "roles")]
    problems = rules.role_problems(roles)
    if not _covers(uow, roles):
        problems.append(Problem("ROLE-BEYOND", "You can only give roles that allow what you may do yourself.", "roles"))
    return problems


def _covers(uow: UnitOfWork, roles: Sequence[str]) -> bool:
    """Whether the actor may do everything that the roles allow, so that nobody raises themselves through others."""
    if uow.actor.is_system or uow.actor.is_vendor:
        return True
    keys = [UUID(role.removeprefix(CUSTOM)) for role in roles if role.startswith(CUSTOM)]
    own = uow.session.scalars(select(CustomRole.permissions).where(CustomRole.id.in_(keys))) if keys else ()
    held = frozenset().union(*(role_book().of(role) for role in roles), *own)
    return held <= uow.actor.permissions


def _administrators(uow: UnitOfWork) -> int:
    stmt = (
        select(func.count())
        .select_from(UserAccount)
        .join(UserRole, UserRole.user_id == UserAccount.id)
        .where(
            UserRole.role == rules.ADMINISTRATOR,
            UserAccount.deleted_at.is_(None),
            UserAccount.status == UserStatus.NORMAL,
        )
    )
    return uow.session.scalar(stmt) or 0


def _demand_manage(uow: UnitOfWork, partner_id: UUID | None) -> None:
    """Vendor users by `users.manage`; a partner's by its own `members.manage`, or by the vendor's administrators."""
    if partner_id is None or uow.actor.is_vendor:
        uow.actor.demand("users.manage")
    else:
        uow.actor.demand("members.manage")
        if partner_id != uow.actor.partner_id:
            raise NotFound("There is no such partner among those you may see.")


def _manageable(uow: UnitOfWork, user_id: UUID, *, expected: int | None = None) -> UserAccount:
    stmt = select(UserAccount).where(UserAccount.id == user_id, UserAccount.deleted_at.is_(None))
    user = uow.session.scalar(stmt.options(selectinload(UserAccount.roles)))
    if user is None:
        raise NotFound("There is no such user among those you may see.")
    _demand_manage(uow, user.partner_id)
    if not _covers(uow, [role.role for role in user.roles]):
        raise NotAllowed("This member may do more than you. Ask an administrator of your organisation.")
    if expected is not None and user.version != expected:
        raise ChangedMeanwhile("Somebody changed this user meanwhile. Look again, then repeat your change.")
    return user


def _own(uow: UnitOfWork) -> UserAccount:
    stmt = select(UserAccount).where(UserAccount.id == uow.actor.user_id)
    user = uow.session.scalar(stmt)
    if user is None:
        raise NotFound("You have no account here any more.")
    return user
