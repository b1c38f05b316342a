"""Personal tokens: shown once, of one person as they are now, ended in many ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.core.actor import Actor
from models.core.clock import clock_at
from models.core.errors import NotAllowed, NotFound, Refused
from models.core.history import entries
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.identity import access
from models.identity import service as identity
from models.identity.rules import UserStatus
from models.identity.tables import UserAccount, UserRole
from models.notices import queries as notices
from models.tokens import queries, service
from models.tokens.rules import TokenArea, TokenTerms, token_problems
from tests.support.build import PASSWORD, Build

TERMS = TokenTerms(longest_days=365, most=2)


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({}, []),
        ({"name": "  "}, ["TOKEN-NAME"]),
        ({"name": "x" * 81}, ["TOKEN-NAME"]),
        ({"areas": ()}, ["TOKEN-AREAS"]),
        ({"areas": ("money",)}, ["TOKEN-AREAS"]),
        ({"days": 0}, ["TOKEN-DAYS"]),
        ({"days": 366}, ["TOKEN-DAYS"]),
        ({"days": 365}, []),
        ({"held": 2}, ["TOKEN-MANY"]),
        ({"name": "", "areas": (), "days": -1}, ["TOKEN-NAME", "TOKEN-AREAS", "TOKEN-DAYS"]),
    ],
)
def test_what_is_wrong_with_a_token_is_told_at_once(given: dict[str, Any], codes: list[str]) -> None:
    asked: dict[str, Any] = {"name": "Report", "areas": ("cases",), "days": 30, "held": 0} | given
    found = token_problems(asked["name"], asked["areas"], asked["days"], held=asked["held"], terms=TERMS)
    assert [problem.code for problem in found] == codes


def as_(uow: UnitOfWork, actor: Actor) -> UnitOfWork:
    """The same transaction in somebody's name and scope."""
    uow.session.info["scope"] = actor.scope
    return replace(uow, actor=actor)


def as_system(uow: UnitOfWork) -> UnitOfWork:
    uow.session.info["scope"] = uow.actor.scope
    return uow


def test_the_secret_is_the_person_as_they_are_now(build: Build, uow: UnitOfWork) -> None:
    partner = build.partner()
    actor = build.actor("partner_admin", partner=partner)
    made = service.create(as_(uow, actor), " Nightly report ", ["statistics", "cases"], 30)
    assert made.secret.startswith("kontor_")
    assert len(made.secret) == service.LENGTH
    stored = str(as_system(uow).session.connection().exec_driver_sql("SELECT * FROM personal_token").all())
    assert made.secret not in stored
    assert made.secret[len(service.PREFIX) :] not in stored
    found = service.bearer(uow, made.secret)
    assert found is not None
    assert (found.actor.user_id, found.actor.scope) == (actor.user_id, actor.scope)
    assert found.opens(TokenArea.CASES)
    assert not found.opens(TokenArea.EXPORTS)
    user = uow.session.get_one(UserAccount, actor.user_id)
    uow.session.refresh(user, ["roles"])
    user.roles[:] = [UserRole(role="account_manager")]
    uow.session.flush()
    found = service.bearer(uow, made.secret)
    assert found is not None
    assert found.actor.roles == {"account_manager"}
    assert not found.actor.may("members.manage")
    assert found.actor.scope.customers == frozenset()  # no customer is assigned to them


@pytest.mark.parametrize("how", ["locked", "deleted", "new_password", "expired", "revoked"])
def test_a_token_stops_at_once(how: str, build: Build, uow: UnitOfWork) -> None:
    actor = build.actor("analyst")
    made = service.create(as_(uow, actor), "Report", ["statistics"], 30)
    assert service.bearer(as_system(uow), made.secret) is not None
    user = uow.session.get_one(UserAccount, actor.user_id)
    if how == "locked":
        user.status = UserStatus.LOCKED
    elif how == "deleted":
        user.deleted_at = uow.now
    elif how == "new_password":
        user.must_change_password = True
    elif how == "revoked":
        service.revoke(as_(uow, actor), made.id)
    uow.session.flush()
    later = as_system(uow).at(uow.now + timedelta(days=30 if how == "expired" else 0))
    assert service.bearer(later, made.secret) is None


def _ended(how: str, uow: UnitOfWork, owner: Actor, boss: Actor) -> None:
    """One of the ways in which a person's credentials end."""
    user = uow.session.get_one(UserAccount, owner.user_id)
    match how:
        case "password":
            identity.change_password(as_(uow, owner), PASSWORD, "beacon-88", "beacon-88")
        case "reset":
            identity.reset_password(as_(uow, boss), user.id, "beacon-88", "beacon-88")
            user.must_change_password = False  # they chose one since
        case "signed_out":
            identity.end_all_sessions(as_(uow, owner), user.id, but=owner.session_id)
        case "put_out":
            identity.end_all_sessions(as_(uow, boss), user.id)
        case "locked":
            identity.change_user(
                as_(uow, boss), user.id, name=user.name, email=user.email, mobile=None, office_phone=None,
                status=UserStatus.LOCKED, expected=user.version,
            )  # fmt: skip
            user.status = UserStatus.NORMAL  # let in again
    uow.session.flush()


@pytest.mark.parametrize("how", ["password", "reset", "signed_out", "put_out", "locked"])
def test_a_token_ends_with_the_credentials_and_does_not_come_back(how: str, build: Build, uow: UnitOfWork) -> None:
    owner, boss = build.actor("analyst"), build.actor("administrator")
    made = service.create(as_(uow, owner), "Report", ["statistics"], 30)
    later = uow.at(uow.now + timedelta(minutes=1))
    _ended(how, later, owner, boss)
    assert service.bearer(as_system(later), made.secret) is None
    assert queries.own_tokens(as_(later, owner)) == []
    assert queries.managed_tokens(as_(later, boss)) == []
    told = [row.title for row in notices.notices(as_(later, owner)).rows if row.icon == "lock_reset"]
    titles = {"password": "Your password was changed", "reset": f"{boss.name} gave you a new password",
              "signed_out": "You were signed out everywhere",
              "put_out": f"You were signed out everywhere by {boss.name}"}  # fmt: skip
    assert told == ([titles[how]] if how in titles else [])
    after = as_(later.at(later.now + timedelta(minutes=1)), owner)
    assert service.bearer(as_system(after), service.create(after, "New", ["cases"], 1).secret) is not None


def test_a_token_of_somebody_without_a_role_opens_nothing(build: Build, uow: UnitOfWork) -> None:
    owner = build.actor("analyst")
    made = service.create(as_(uow, owner), "Report", ["statistics"], 30)
    user = as_system(uow).session.get_one(UserAccount, owner.user_id)
    uow.session.refresh(user, ["roles"])
    user.roles[:] = []
    uow.session.flush()
    assert service.bearer(as_system(uow), made.secret) is None


def test_nothing_else_opens_anything(build: Build, uow: UnitOfWork) -> None:
    service.create(as_(uow, build.actor("analyst")), "Report", ["statistics"], 30)
    for secret in ("", "kontor_", "kontor_" + "x" * 43, "x" * 50, "kontor_" + "é" * 43):
        assert service.bearer(as_system(uow), secret) is None


def test_administrators_see_and_revoke_those_of_their_own_people(build: Build, uow: UnitOfWork) -> None:
    partner, other = build.partner(), build.partner()
    owner = build.actor("finance_specialist", partner=partner)
    made = service.create(as_(uow, owner), "Bills", ["exports"], 10)
    for stranger in (build.actor("partner_admin", partner=other), build.actor("account_director", partner=partner),
                     build.actor("analyst")):  # fmt: skip
        with pytest.raises(NotFound):
            service.revoke(as_(uow, stranger), made.id)
        as_system(uow)
    assert queries.managed_tokens(as_(uow, build.actor("partner_admin", partner=other))) == []
    with pytest.raises(NotAllowed):
        queries.managed_tokens(as_(uow, owner))
    own = build.actor("partner_admin", partner=partner)
    (seen,) = queries.managed_tokens(as_(uow, own))
    assert (seen.name, seen.hint, seen.areas) == ("Bills", made.secret[-4:], ("exports",))
    assert [row.id for row in queries.managed_tokens(as_(uow, build.actor("administrator")))] == [made.id]
    service.revoke(as_(uow, own), made.id)
    assert queries.own_tokens(as_(uow, owner)) == []
    assert service.bearer(as_system(uow), made.secret) is None
    told = [entry.action for entry in entries(uow, subject="token", subject_id=made.id).rows]
    assert sorted(told) == ["token.created", "token.revoked"]


def test_one_person_has_only_so_many(build: Build, uow: UnitOfWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_API_TOKENS_PER_PERSON", "1")
    settings.cache_clear()
    mine = as_(uow, build.actor("analyst"))
    first = service.create(mine, "One", ["cases"], 1)
    with pytest.raises(Refused, match="TOKEN-MANY"):
        service.create(mine, "Two", ["cases"], 1)
    service.revoke(mine, first.id)
    assert service.create(mine, "Two", ["cases"], 1).secret != first.secret


def _in_a_browser(uow: UnitOfWork, user: UserAccount) -> Actor:
    found = access.signed_in(uow, identity.sign_in(uow, user.email, PASSWORD))
    assert found
    return found.actor


@pytest.mark.parametrize("how", ["password", "reset", "put_out", "locked"])
def test_nobody_makes_a_token_after_being_put_out_by_a_page_that_was_open(
    how: str, build: Build, uow: UnitOfWork
) -> None:
    user, boss = build.user("analyst"), build.actor("administrator")
    stranger, owner = _in_a_browser(uow, user), _in_a_browser(uow, user)
    match how:
        case "password":
            identity.change_password(as_(uow, owner), PASSWORD, "beacon-88", "beacon-88")
        case "reset":
            identity.reset_password(as_(uow, boss), user.id, "beacon-88", "beacon-88")
        case "put_out":
            identity.end_all_sessions(as_(uow, boss), user.id)
        case "locked":
            user.status = UserStatus.LOCKED
    uow.session.flush()
    later = as_(uow.at(uow.now + timedelta(seconds=1)), stranger)
    with pytest.raises(NotAllowed, match="signed out"):
        service.create(later, "Report", ["statistics"], 30)


def test_a_token_made_while_signing_out_waited_for_it_ends_too(build: Build, uow: UnitOfWork) -> None:
    """Signing out began first, the token was made before it came to the person."""
    user = build.user("analyst")
    owner = _in_a_browser(uow, user)
    made = service.create(as_(uow.at(uow.now + timedelta(seconds=1)), owner), "Report", ["statistics"], 30)
    with clock_at(uow.now + timedelta(seconds=2)):
        identity.end_all_sessions(as_(uow, owner), user.id, but=owner.session_id)
    assert service.bearer(as_system(uow.at(uow.now + timedelta(seconds=3))), made.secret) is None
