"""Signing in and out, sessions, lock-out, passwords, and the first administrator, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.core.actor import SYSTEM, Actor, Scope
from models.core.errors import NotAllowed, NotFound, Refused
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.identity import access, queries, service
from models.identity.roles import role_book
from models.identity.rules import LockTerms, PasswordTerms, UserStatus, locked_until, password_problems
from models.identity.service import NewUser
from tests.support.build import PASSWORD, Build


def acting(uow: UnitOfWork, actor: object) -> UnitOfWork:
    """The same transaction as somebody else, with that person's scope."""
    uow.session.info["scope"] = actor.scope  # type: ignore[attr-defined]
    return UnitOfWork(uow.session, actor, uow.now)  # type: ignore[arg-type]


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("password", "repeated", "expected"),
    [
        ("harbour1", "harbour1", []),
        ("harb1", "harb1", ["PWD-SHORT"]),
        ("harbours", "harbours", ["PWD-KINDS"]),
        ("12345678", "12345678", ["PWD-KINDS"]),
        ("harbour 1", "harbour 1", ["PWD-SPACE"]),
        ("harbour1", "harbour2", ["PWD-DIFFERENT"]),
        ("a b", "c", ["PWD-SHORT", "PWD-KINDS", "PWD-SPACE", "PWD-DIFFERENT"]),
    ],
)
@pytest.mark.meets("ORG-PWD-03")
def test_password_rules(password: str, repeated: str, expected: list[str]) -> None:
    assert [problem.code for problem in password_problems(password, repeated, PasswordTerms(8))] == expected


def test_lock_begins_with_the_last_allowed_failure(uow: UnitOfWork) -> None:
    terms = LockTerms(5, timedelta(minutes=15))
    assert locked_until(4, uow.now, terms) is None
    assert locked_until(5, uow.now, terms) == uow.now + timedelta(minutes=15)


def test_a_session_names_its_user_until_it_is_ended(uow: UnitOfWork, build: Build) -> None:
    user = build.user("ecosystem_manager", name="Ingrid Solberg")
    token = service.sign_in(uow, user.email.upper(), PASSWORD, browser="Firefox")
    person = access.signed_in(uow, token)
    assert person is not None
    assert (person.actor.name, person.role_names, person.organisation) == (
        "Ingrid Solberg", ("Ecosystem manager",), settings().vendor_name,
    )  # fmt: skip
    assert person.actor.scope == Scope.ALL
    assert access.signed_in(uow, token + "x") is None
    service.end_session(uow, token)
    assert access.signed_in(uow, token) is None


@pytest.mark.parametrize(("minutes", "alive"), [(59, True), (61, False)])
def test_a_session_ends_when_idle(minutes: int, alive: bool, uow: UnitOfWork, build: Build) -> None:
    token = service.sign_in(uow, build.user("analyst").email, PASSWORD)
    assert (access.signed_in(uow.at(uow.now + timedelta(minutes=minutes)), token) is not None) is alive


def test_a_session_in_use_ends_at_its_greatest_age(uow: UnitOfWork, build: Build) -> None:
    token = service.sign_in(uow, build.user("analyst").email, PASSWORD)
    person = access.signed_in(uow, token)
    assert person is not None
    assert person.actor.session_id is not None
    for half_hours in range(1, 24):
        at = uow.at(uow.now + timedelta(minutes=30 * half_hours))
        assert access.signed_in(at, token) is not None
        access.touch(at, person.actor.session_id)
    assert access.signed_in(uow.at(uow.now + timedelta(hours=12)), token) is None


@pytest.mark.meets("ORG-LOGIN-04")
def test_a_locked_or_deleted_user_is_refused_and_put_out(uow: UnitOfWork, build: Build) -> None:
    user = build.user("analyst")
    token = service.sign_in(uow, user.email, PASSWORD)
    user.status = UserStatus.LOCKED
    assert access.signed_in(uow, token) is None
    assert codes(lambda: service.sign_in(uow, user.email, PASSWORD)) == ["SIGN-IN-FAILED"]
    user.status, user.deleted_at = UserStatus.NORMAL, uow.now
    assert access.signed_in(uow, token) is None
    assert codes(lambda: service.sign_in(uow, user.email, PASSWORD)) == ["SIGN-IN-FAILED"]


@pytest.mark.parametrize("known", [True, False])
def test_repeated_failures_pause_an_address_whether_it_exists_or_not(
    known: bool, uow: UnitOfWork, build: Build
) -> None:
    email = build.user("analyst").email if known else "nobody@kontor.example"
    for _ in range(5):
        service.count_attempt(uow, email)
        assert codes(lambda: service.sign_in(uow, email, "wrong-1")) == ["SIGN-IN-FAILED"]
    with pytest.raises(Refused) as refused:
        service.count_attempt(uow, email)
    problem = refused.value.problems[0]
    assert (problem.code, datetime.fromisoformat(problem.text)) == ("SIGN-IN-PAUSED", uow.now + timedelta(minutes=15))
    later = uow.at(uow.now + timedelta(minutes=16))
    service.count_attempt(later, email)
    if known:
        assert service.sign_in(later, email, PASSWORD)
    else:
        assert codes(lambda: service.sign_in(later, email, PASSWORD)) == ["SIGN-IN-FAILED"]


def test_a_right_password_in_between_forgets_the_failures(uow: UnitOfWork, build: Build) -> None:
    email = build.user("analyst").email
    for _ in range(3):
        for _ in range(4):
            service.count_attempt(uow, email)
        assert service.sign_in(uow, email, PASSWORD)
        uow.session.flush()


def test_tries_at_the_same_moment_are_all_counted(database: str) -> None:
    def attempt(_: int) -> bool:
        try:
            with unit_of_work(actor=SYSTEM) as uow:
                service.count_attempt(uow, "ada@northwind.example")
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(24))) == 5


def test_signing_out_everywhere_ends_every_other_browser(uow: UnitOfWork, build: Build) -> None:
    user = build.user("analyst")
    tokens = [service.sign_in(uow, user.email, PASSWORD) for _ in range(3)]
    here = access.signed_in(uow, tokens[0])
    assert here is not None
    mine = acting(uow, here.actor)
    assert len(queries.own_sessions(mine)) == 3
    assert service.end_all_sessions(mine, user.id, but=here.actor.session_id) == 2
    assert [access.signed_in(uow, token) is not None for token in tokens] == [True, False, False]


@pytest.mark.meets("ORG-LOGIN-02", "ORG-USER-06")
def test_a_reset_password_must_be_changed_at_the_next_sign_in(uow: UnitOfWork, build: Build) -> None:
    user, admin = build.user("analyst"), build.actor("administrator")
    old = service.sign_in(uow, user.email, PASSWORD)
    service.reset_password(acting(uow, admin), user.id, "lighthouse-7", "lighthouse-7")
    assert access.signed_in(uow, old) is None
    assert codes(lambda: service.sign_in(uow, user.email, PASSWORD)) == ["SIGN-IN-FAILED"]
    person = access.signed_in(uow, service.sign_in(uow, user.email, "lighthouse-7"))
    assert person is not None
    assert person.must_change_password
    mine = acting(uow, person.actor)
    assert codes(lambda: service.change_password(mine, "wrong", "short", "short")) == [
        "PWD-OLD",
        "PWD-SHORT",
        "PWD-KINDS",
    ]
    service.change_password(mine, "lighthouse-7", "beacon-88", "beacon-88")
    again = access.signed_in(uow, service.sign_in(uow, user.email, "beacon-88"))
    assert again is not None
    assert not again.must_change_password


def test_only_hashes_are_kept(uow: UnitOfWork, build: Build) -> None:
    admin = acting(uow, build.actor("administrator"))
    key = service.create_user(admin, NewUser("new@northwind.example", "New", "secret-word-9", ("analyst",)))
    token = service.sign_in(uow, "new@northwind.example", "secret-word-9")
    rows = uow.session.connection().exec_driver_sql("SELECT password_hash FROM user_account").all()
    assert all(row[0].startswith("$argon2id$") for row in rows)
    assert token not in str(uow.session.connection().exec_driver_sql("SELECT token_hash FROM user_session").all())
    assert queries.user(admin, key).roles == ("analyst",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "no-address"}, "USER-EMAIL-FORM"),
        ({"name": "  "}, "USER-NAME-EMPTY"),
        ({"roles": ()}, "ROLE-UNKNOWN"),
        ({"roles": ("partner_admin",)}, "ROLE-UNKNOWN"),
        ({"password": "short"}, "PWD-SHORT"),
        ({"email": "TAKEN@northwind.example"}, "USER-EMAIL"),
    ],
)
def test_a_user_is_refused_with_every_reason(
    change: dict[str, object], code: str, uow: UnitOfWork, build: Build
) -> None:
    admin = acting(uow, build.actor("administrator"))
    build.user("analyst", email="taken@northwind.example")
    given = {"email": "ok@northwind.example", "name": "Ok", "password": "harbour-1", "roles": ("analyst",)}
    assert code in codes(lambda: service.create_user(admin, NewUser(**(given | change))))  # type: ignore[arg-type]


def test_an_address_that_is_taken_is_refused_and_the_own_one_is_not(uow: UnitOfWork, build: Build) -> None:
    admin = acting(uow, build.actor("administrator"))
    build.user("analyst", email="taken@northwind.example")
    user = build.user("analyst", email="own@northwind.example")

    def change(email: str) -> None:
        service.change_user(
            admin, user.id, name="Ok", email=email, mobile=None, office_phone=None,
            status=UserStatus.NORMAL, expected=user.version,
        )  # fmt: skip

    assert codes(lambda: change("TAKEN@northwind.example")) == ["USER-EMAIL"]
    assert user.email == "own@northwind.example"
    change("Own@Northwind.example")


def test_the_last_administrator_stays(uow: UnitOfWork, build: Build) -> None:
    first = build.user("administrator")
    admin = acting(uow, build.actor_of(first, ("administrator",)))
    assert codes(lambda: service.set_roles(admin, first.id, ["analyst"])) == ["ROLE-LAST"]
    build.user("administrator")
    assert service.set_roles(admin, first.id, ["analyst"]) == []


@pytest.mark.parametrize(
    "role",
    [
        "ecosystem_manager",
        "finance",
        "analyst",
        "reviewer_program",
        "account_manager",
        "account_director",
        "finance_specialist",
    ],
)
def test_others_cannot_manage_users(role: str, uow: UnitOfWork, build: Build) -> None:
    partner = build.partner() if role in ("account_manager", "account_director", "finance_specialist") else None
    victim = build.user("administrator")
    colleague = build.user("partner_admin", partner=partner) if partner else victim
    me = acting(uow, build.actor(role, partner=partner))
    for target in (victim, colleague):
        for act in (
            lambda key: service.reset_password(me, key, "harbour-2", "harbour-2"),
            lambda key: service.set_roles(me, key, ["analyst"]),
            lambda key: service.delete_user(me, key),
            lambda key: service.end_all_sessions(me, key),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                act(target.id)


def test_a_partner_administrator_reaches_no_foreign_member(uow: UnitOfWork, build: Build) -> None:
    own, foreign = build.partner(), build.partner()
    me = acting(uow, build.actor("partner_admin", partner=own))
    with pytest.raises(NotFound):
        service.reset_password(me, _unseen(uow, build, foreign), "harbour-2", "harbour-2")
    with pytest.raises(NotFound):
        service.create_user(me, NewUser("x@y.example", "X", "harbour-1", ("account_manager",), foreign.id))


def _unseen(uow: UnitOfWork, build: Build, partner: object) -> object:
    before = uow.session.info["scope"]
    uow.session.info["scope"] = Scope.ALL
    user = build.user("partner_admin", partner=partner)  # type: ignore[arg-type]
    uow.session.expunge(user)
    uow.session.info["scope"] = before
    return user.id


def test_the_first_administrator_needs_the_code_of_this_machine(uow: UnitOfWork, home: Path) -> None:
    def make(code: str) -> object:
        return service.first_administrator(
            uow, code=code, name="Ada", email="ada@northwind.example", password="harbour-1", repeated="harbour-1"
        )

    assert service.setup_needed(uow)
    code = service.setup_code()
    assert (home / "setup-code").stat().st_mode & 0o077 == 0
    assert codes(lambda: make("guess")) == ["SETUP-CODE"]
    assert make(code)
    uow.session.flush()
    with pytest.raises(NotAllowed):
        make(code)
    assert not (home / "setup-code").exists()
    assert uow.actor is SYSTEM


@pytest.mark.meets("ORG-ROLE-10", "CUS-COM-01")
def test_an_account_manager_alone_sees_assigned_customers_with_another_role_all(uow: UnitOfWork, build: Build) -> None:
    partner = build.partner()
    mine, _other = build.customer(partner), build.customer(partner)
    user = build.user("account_manager", partner=partner)
    build.assignment(mine, user, uow.today)
    alone = access.scope_of(uow, user.id, partner.id, ["account_manager"])
    assert alone == Scope(frozenset({partner.id}), frozenset({mine.id}))
    both = access.scope_of(uow, user.id, partner.id, ["account_manager", "finance_specialist"])
    assert both == Scope(frozenset({partner.id}))


def test_a_distributor_sees_its_resellers(uow: UnitOfWork, build: Build) -> None:
    distributor = build.partner()
    reseller = build.partner(parent_id=distributor.id)
    build.partner()
    user = build.user("partner_admin", partner=distributor)
    scope = access.scope_of(uow, user.id, distributor.id, ["partner_admin"])
    assert scope == Scope(frozenset({distributor.id, reseller.id}))


@pytest.mark.meets("ORG-ROLE-02")
def test_a_custom_role_does_not_lead_to_more_than_it_allows(uow: UnitOfWork, build: Build) -> None:
    partner = build.partner()
    boss, clerk, colleague = (
        build.user(role, partner=partner) for role in ("partner_admin", "analyst", "account_manager")
    )
    actor = Actor(
        clerk.id, clerk.name, frozenset({"custom:x"}),
        role_book().of("account_manager") | {"members.view", "members.manage"},
        Scope(frozenset({partner.id})), partner.id,
    )  # fmt: skip
    me = acting(uow, actor)
    for act in (
        lambda: service.reset_password(me, boss.id, "harbour-2", "harbour-2"),
        lambda: service.set_roles(me, boss.id, ["account_manager"]),
        lambda: service.delete_user(me, boss.id),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert codes(lambda: service.set_roles(me, colleague.id, ["partner_admin"])) == ["ROLE-BEYOND"]
    new = NewUser("x@y.example", "X", "harbour-1", ("finance_specialist",), partner.id)
    assert codes(lambda: service.create_user(me, new)) == ["ROLE-BEYOND"]
    service.reset_password(me, colleague.id, "harbour-2", "harbour-2")


@pytest.mark.meets("ORG-LOGIN-04", "ORG-USER-06")
@pytest.mark.parametrize("how", ["reset", "locked", "deleted"])
def test_who_was_recognised_and_put_out_before_the_session_opens_stays_out(
    how: str, uow: UnitOfWork, build: Build
) -> None:
    user, boss = build.user("analyst"), acting(uow, build.actor("administrator"))
    who = service.recognise(uow, user.email, PASSWORD)
    match how:
        case "reset":
            service.reset_password(boss, user.id, "beacon-88", "beacon-88")
        case "locked":
            service.change_user(
                boss, user.id, name=user.name, email=user.email, mobile=None, office_phone=None,
                status=UserStatus.LOCKED, expected=user.version,
            )  # fmt: skip
        case "deleted":
            service.delete_user(boss, user.id)
    assert codes(lambda: service.open_session(uow, who)) == ["SIGN-IN-FAILED"]
    assert PASSWORD not in repr(who)
    assert who.password_hash not in repr(who)
