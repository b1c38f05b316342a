"""Roles of partners: the preset four, custom ones with their limit, and directors over account managers."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from models.core import history
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.identity import access, custom_roles, members, service
from models.identity.rules import CUSTOM, role_problems, with_defaults
from models.identity.service import NewUser
from models.partners.tables import Partner
from tests.support.acting import acting, codes
from tests.support.build import PASSWORD, Build

ADMIN, DIRECTOR, MANAGER, FINANCE = "partner_admin", "account_director", "account_manager", "finance_specialist"


@pytest.fixture
def partner(build: Build) -> Partner:
    return build.partner("Tallinn Data Foundry")


@pytest.fixture
def admin(uow: UnitOfWork, build: Build, partner: Partner) -> UnitOfWork:
    return acting(uow, build.actor(ADMIN, partner=partner, name="Kristjan Saar"))


def create(work: UnitOfWork, partner: Partner, name: str = "Sales support", permissions: object = ("customers.view",)):
    return custom_roles.create_role(work, partner.id, name=name, description="", permissions=permissions)


def role_of(work, partner, key):
    return next(role for role in custom_roles.roles(work, partner.id) if role.id == key)


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([MANAGER], []),
        ([MANAGER, FINANCE], []),
        ([MANAGER, FINANCE, "custom:a"], []),
        ([], ["ROLE-NONE"]),
        ([MANAGER, FINANCE, "custom:a", "custom:b"], ["ROLE-MANY"]),
        ([ADMIN, FINANCE], ["ROLE-ADMIN"]),
        ([ADMIN], []),
        ([DIRECTOR, MANAGER], ["ROLE-EXCLUSIVE"]),
        ([ADMIN, DIRECTOR, MANAGER, FINANCE], ["ROLE-MANY", "ROLE-ADMIN", "ROLE-EXCLUSIVE"]),
    ],
)
@pytest.mark.meets("ORG-ROLE-09")
def test_which_roles_go_together(roles, expected):
    assert [problem.code for problem in role_problems(roles)] == expected


@pytest.mark.meets("ORG-ROLE-01")
def test_every_organisation_has_the_four_preset_roles(admin, partner):
    roles = custom_roles.roles(admin, partner.id)
    assert [role.name for role in roles] == ["Admin", "Account director", "Account manager", "Finance specialist"]
    assert all(role.preset for role in roles)


@pytest.mark.meets("ORG-ROLE-02", "ORG-ROLE-04")
def test_a_new_role_appears_with_the_default_permissions(admin, partner):
    key = create(admin, partner, " Sales support ", ["customers.view"])
    role = role_of(admin, partner, key)
    assert (role.name, role.preset, role.users) == ("Sales support", False, 0)
    assert role.permissions == ("customers.view", "home.view")
    assert with_defaults(["a"], ["b"]) == ["a", "b"]


@pytest.mark.meets("ORG-ROLE-03")
def test_the_eleventh_custom_role_is_refused(admin, partner):
    for number in range(settings().custom_roles_per_partner):
        create(admin, partner, f"Role {number}")
    assert codes(lambda: create(admin, partner, "One more")) == ["ROLE-LIMIT"]
    assert len(custom_roles.roles(admin, partner.id)) == 4 + 10


@pytest.mark.parametrize(
    ("name", "permissions", "expected"),
    [
        ("", ["customers.view"], ["ROLE-NAME"]),
        ("sales SUPPORT", ["customers.view"], ["ROLE-TAKEN"]),
        ("admin", ["customers.view"], ["ROLE-TAKEN"]),
        ("Other", [], ["ROLE-EMPTY"]),
        ("Other", ["users.manage"], ["ROLE-PERMISSION"]),
        ("", [], ["ROLE-NAME", "ROLE-EMPTY"]),
    ],
)
def test_what_a_custom_role_must_be(admin, partner, name, permissions, expected):
    create(admin, partner)
    assert codes(lambda: create(admin, partner, name, permissions)) == expected
    assert len(custom_roles.roles(admin, partner.id)) == 5


def test_nobody_hands_out_what_they_may_not_do(uow, build, partner):
    key = custom_roles.create_role(
        uow, partner.id, name="Role maker", description="", permissions=["roles.create", "members.view"]
    )
    user = build.user(f"{CUSTOM}{key}", partner=partner)
    token = service.sign_in(uow, user.email, PASSWORD)
    person = access.signed_in(uow, token)
    assert person is not None
    work = acting(uow, person.actor)
    assert codes(lambda: create(work, partner, "More", ["members.manage"])) == ["ROLE-BEYOND"]
    assert role_of(work, partner, create(work, partner, "Less", ["members.view"])).permissions == (
        "home.view",
        "members.view",
    )


@pytest.mark.meets("ORG-ROLE-07")
def test_a_changed_role_counts_for_its_users_at_once(uow, build, partner):
    key = create(uow, partner, permissions=["customers.view"])
    user = build.user(f"{CUSTOM}{key}", partner=partner)
    token = service.sign_in(uow, user.email, PASSWORD)
    assert access.signed_in(uow, token).actor.permissions == {"customers.view", "home.view"}
    custom_roles.change_role(
        uow, key, name="Reporting", description="Sees figures", permissions=["statistics.view"],
        expected=role_of(uow, partner, key).version,
    )  # fmt: skip
    uow.session.flush()
    assert access.signed_in(uow, token).actor.permissions == {"statistics.view", "home.view"}
    with pytest.raises(ChangedMeanwhile):
        custom_roles.change_role(uow, key, name="Old", description="", permissions=["statistics.view"], expected=1)


@pytest.mark.meets("ORG-ROLE-05", "ORG-ROLE-08")
def test_a_role_that_somebody_has_is_not_deleted(uow, build, partner):
    key = create(uow, partner)
    liis = build.user(f"{CUSTOM}{key}", partner=partner, name="Liis Tamm", username="liis")
    assert custom_roles.users_with(uow, partner.id, f"{CUSTOM}{key}") == [("Liis Tamm", "liis")]
    assert codes(lambda: custom_roles.delete_role(uow, key)) == ["ROLE-IN-USE"]
    service.set_roles(uow, liis.id, [FINANCE])
    uow.session.flush()
    custom_roles.delete_role(uow, key)
    uow.session.flush()
    assert [role.preset for role in custom_roles.roles(uow, partner.id)] == [True] * 4
    assert history.entries(uow, subject="role").rows[0].action in {"role.deleted", "role.created"}


@pytest.mark.parametrize("role", [DIRECTOR, FINANCE])
def test_roles_are_made_only_with_the_permission(uow, build, partner, role):
    with pytest.raises(NotAllowed):
        create(acting(uow, build.actor(role, partner=partner)), partner)


def test_another_partners_roles_are_out_of_reach(admin, build, uow, partner):
    other = build.partner("Baltic Cloudworks")
    with pytest.raises(NotFound):
        create(admin, other)
    key = custom_roles.create_role(uow, other.id, name="Theirs", description="", permissions=["customers.view"])
    with pytest.raises(NotFound):
        custom_roles.delete_role(admin, key)


@pytest.mark.meets("ORG-ROLE-13")
def test_account_managers_stand_under_a_director(admin, build, partner):
    director = build.user(DIRECTOR, partner=partner, name="Toomas Lepik")
    manager = build.user(MANAGER, partner=partner, name="Marta Kask")
    members.set_director(admin, manager.id, director.id)
    assert members.account_managers(admin, [partner.id])[0].director_id == director.id
    assert codes(lambda: members.set_director(admin, manager.id, manager.id)) == ["DIRECTOR-UNKNOWN"]
    assert codes(lambda: members.set_director(admin, director.id, None)) == ["NOT-FOUND"]
    members.set_director(admin, manager.id, None)
    assert manager.director_id is None


@pytest.mark.meets("ORG-ROLE-11")
def test_a_director_that_is_none_any_more_leaves_the_managers_without(admin, build, partner):
    director = build.user(DIRECTOR, partner=partner)
    manager = build.user(MANAGER, partner=partner, name="Marta Kask", director_id=director.id)
    assert service.set_roles(admin, director.id, [FINANCE]) == ["Marta Kask"]
    assert manager.director_id is None


@pytest.mark.meets("ORG-ROLE-12")
def test_the_guides_company_is_made_of_preset_roles(admin, partner, monkeypatch):
    monkeypatch.setattr(service, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    def hire(name: str, role: str, director: object = None) -> object:
        new = NewUser(f"{name}@company.example", name, "harbour-1", (role,), partner.id, director_id=director)
        return service.create_user(admin, new)

    hire("finance", FINANCE)
    for number in (1, 2):
        director = hire(f"director{number}", DIRECTOR)
        for manager in range(4):
            hire(f"manager{number}{manager}", MANAGER, director)
    counted = {role.key: role.users for role in custom_roles.roles(admin, partner.id)}
    assert counted == {ADMIN: 1, DIRECTOR: 2, MANAGER: 8, FINANCE: 1}
