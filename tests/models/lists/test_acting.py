"""What is done with rows of a list happens as it was shown, to rows that one may see, or not at all."""

from __future__ import annotations

from uuid import uuid4

import pytest

from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import Asked, Preview
from models.identity.rules import UserStatus
from models.identity.tables import UserAccount
from models.lists import acting, queries
from models.partners import queries as partners
from tests.support.build import Build


@pytest.fixture
def admin(uow: UnitOfWork, build: Build) -> UnitOfWork:
    return UnitOfWork(uow.session, build.actor("administrator", name="Ada Holm"), uow.now)


def test_users_are_locked_as_the_preview_says(admin: UnitOfWork, build: Build) -> None:
    open_, locked = build.user("analyst"), build.user("finance", status=UserStatus.LOCKED)
    member = build.user("partner_admin", partner=build.partner())
    assert admin.actor.user_id is not None
    keys = [open_.id, locked.id, admin.actor.user_id, member.id, uuid4()]
    found = acting.preview(admin, "users", "lock", keys)
    assert found == Preview(
        (open_.id,),
        {"locked already": 1, "you cannot lock yourself out": 1, "not among those you may see": 2},
    )
    assert acting.run(admin, "users", "lock", found) == 1
    assert build.uow.session.get_one(UserAccount, open_.id).status is UserStatus.LOCKED
    with pytest.raises(ChangedMeanwhile):
        acting.run(admin, "users", "lock", found)
    with pytest.raises(Refused, match="nothing that this could be done to"):
        acting.run(admin, "users", "lock", Preview(()))


def test_partners_get_an_ecosystem_manager_at_once(admin: UnitOfWork, build: Build) -> None:
    manager = build.actor("ecosystem_manager", name="Ingrid Solberg")
    assert manager.user_id is not None
    having, without = build.partner(manager_id=manager.user_id), build.partner()
    choice = str(manager.user_id)
    offered = acting.choices(admin, "partners", "give_manager", [without.id])
    assert offered == {"manager": {choice: "Ingrid Solberg", "nobody": "Nobody"}}
    with pytest.raises(Refused, match="Give this first: Ecosystem manager"):
        acting.preview(admin, "partners", "give_manager", [without.id])
    given = {"manager": choice}
    found = acting.preview(admin, "partners", "give_manager", [having.id, without.id], given)
    assert found == Preview((without.id,), {"they have this ecosystem manager already": 1})
    acting.run(admin, "partners", "give_manager", found, given)
    assert partners.partner(admin, without.id).manager_id == manager.user_id


def test_an_action_needs_its_permission_a_name_and_not_too_many_rows(admin: UnitOfWork, build: Build) -> None:
    analyst = UnitOfWork(admin.session, build.actor("analyst"), admin.now)
    with pytest.raises(NotAllowed):
        acting.preview(analyst, "partners", "give_manager", [build.partner().id])
    assert acting.actions_of(analyst, queries.source_of("partners")) == []
    with pytest.raises(NotFound):
        acting.preview(admin, "partners", "sell", [])
    with pytest.raises(Refused, match="at most 1,000 rows at once"):
        acting.preview(admin, "partners", "give_manager", [uuid4() for _ in range(1_001)], {"manager": "nobody"})


def test_some_actions_work_on_fewer_rows(admin: UnitOfWork) -> None:
    with pytest.raises(Refused, match="at most 200 rows at once"):
        acting.preview(admin, "reviews", "approve", [uuid4() for _ in range(201)])


def test_all_that_is_found_can_be_acted_on(admin: UnitOfWork, build: Build) -> None:
    wanted = [build.partner(f"Zeta {n}").id for n in range(3)]
    build.partner("Kapstadt")
    opened = queries.open_list(admin, "partners")
    assert acting.all_found(admin, opened, Asked(search="zeta", sort="name")) == wanted
