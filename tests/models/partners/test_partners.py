"""Partners: lists and filters, standing, who looks after them, programs; on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from models.core import history
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused, WrongState
from models.core.paging import PageRequest
from models.engines.lists import Asked
from models.lists import queries as lists
from models.partners import queries, service
from models.partners.programs import program_book
from models.partners.rules import (
    MembershipKind,
    PartnerKind,
    PartnerStatus,
    Standing,
    Tier,
    joining_problems,
    standing_problems,
)
from tests.support.acting import acting, codes

CSP = "Cloud Solution Provider Program"


@pytest.mark.parametrize(
    ("wanted", "customers", "expected"),
    [
        (Standing(Tier.ADVANCED, PartnerStatus.ACTIVE, True, False), 5, []),
        (Standing(Tier.REGISTERED, PartnerStatus.ACTIVE, False, False), 5, []),
        (Standing(Tier.BASIC, PartnerStatus.ACTIVE, False, False), 0, ["PARTNER-AUTHENTICATION"]),
        (Standing(Tier.REGISTERED, PartnerStatus.LEFT, True, False), 1, ["PARTNER-CUSTOMERS"]),
        (Standing(Tier.REGISTERED, PartnerStatus.LEFT, True, False), 0, []),
        (Standing(Tier.BASIC, PartnerStatus.LEFT, False, True), 2, ["PARTNER-CUSTOMERS", "PARTNER-AUTHENTICATION"]),
    ],
)
def test_standing(wanted, customers, expected):
    assert [problem.code for problem in standing_problems(wanted, customers=customers)] == expected


@pytest.mark.parametrize(
    ("kind", "joined", "since", "expected"),
    [
        (PartnerKind.CLOUD_SOLUTION_PROVIDER, False, date(2024, 6, 1), []),
        (PartnerKind.RESELLER, False, date(2024, 6, 1), ["PROGRAM-KIND"]),
        (PartnerKind.CLOUD_SOLUTION_PROVIDER, True, date(2024, 6, 1), ["PROGRAM-JOINED"]),
        (PartnerKind.CLOUD_SOLUTION_PROVIDER, False, date(2024, 7, 27), ["PROGRAM-SINCE"]),
        (PartnerKind.CLOUD_SOLUTION_PROVIDER, False, date(2023, 12, 31), ["PROGRAM-SINCE"]),
    ],
)
def test_joining(kind, joined, since, expected):
    problems = joining_problems(
        kind, program_book().programs[CSP].kinds, joined=joined, since=since,
        partner_since=date(2024, 1, 1), today=date(2024, 7, 26),
    )  # fmt: skip
    assert [problem.code for problem in problems] == expected


@pytest.fixture
def manager(uow, build):
    return acting(uow, build.actor("ecosystem_manager", name="Ingrid Solberg"))


def test_a_new_standing_is_written_down_with_what_changed(manager, build):
    partner = build.partner()
    wanted = Standing(Tier.ADVANCED, PartnerStatus.DORMANT, True, False)
    service.change_standing(manager, partner.id, wanted, expected=partner.version)
    manager.session.flush()
    row = queries.partner(manager, partner.id)
    assert (row.tier, row.status, row.business_authenticated) == (Tier.ADVANCED, PartnerStatus.DORMANT, True)
    entry = history.entries(manager, subject="partner", subject_id=partner.id).rows[0]
    assert entry.actor_name == "Ingrid Solberg"
    assert entry.changes == {
        "tier": ["registered", "advanced"], "status": ["active", "dormant"], "business_authenticated": [False, True],
    }  # fmt: skip


def test_a_refused_standing_changes_nothing(manager, build):
    partner = build.partner()
    wanted = Standing(Tier.ADVANCED, PartnerStatus.ACTIVE, False, False)
    assert codes(lambda: service.change_standing(manager, partner.id, wanted, expected=1)) == ["PARTNER-AUTHENTICATION"]
    assert (partner.tier, history.entries(manager, subject="partner").rows) == (Tier.REGISTERED, ())


def test_a_partner_with_customers_cannot_leave(manager, build):
    partner = build.partner()
    build.customer(partner)
    wanted = Standing(Tier.REGISTERED, PartnerStatus.LEFT, False, False)
    assert codes(lambda: service.change_standing(manager, partner.id, wanted, expected=1)) == ["PARTNER-CUSTOMERS"]


def test_a_partner_that_leaves_leaves_its_programs(manager, build):
    partner = build.partner(joined_on=date(2024, 1, 1))
    service.join_program(manager, partner.id, MembershipKind.PROGRAM, CSP, since=date(2024, 2, 1))
    wanted = Standing(Tier.REGISTERED, PartnerStatus.LEFT, False, False)
    service.change_standing(manager, partner.id, wanted, expected=partner.version)
    assert [row.until for row in queries.memberships(manager, partner.id)] == [manager.today]


def test_who_saw_an_older_version_is_told(manager, build):
    partner = build.partner()
    wanted = Standing(Tier.REGISTERED, PartnerStatus.SUSPENDED, False, False)
    with pytest.raises(ChangedMeanwhile):
        service.change_standing(manager, partner.id, wanted, expected=2)
    with pytest.raises(ChangedMeanwhile):
        service.set_manager(manager, partner.id, None, expected=2)


def test_only_an_ecosystem_manager_looks_after_a_partner(manager, build):
    partner = build.partner()
    kamau, analyst = build.user("ecosystem_manager", name="Kamau Mwangi"), build.user("analyst")
    assert codes(lambda: service.set_manager(manager, partner.id, analyst.id, expected=1)) == ["PARTNER-MANAGER"]
    service.set_manager(manager, partner.id, kamau.id, expected=partner.version)
    manager.session.flush()
    assert queries.partner(manager, partner.id).manager_id == kamau.id
    service.set_manager(manager, partner.id, None, expected=partner.version)
    entries = history.entries(manager, subject="partner").rows
    assert [entry.changes for entry in entries] in (
        [{"manager": ["Kamau Mwangi", None]}, {"manager": [None, "Kamau Mwangi"]}],
        [{"manager": [None, "Kamau Mwangi"]}, {"manager": ["Kamau Mwangi", None]}],  # written in the same instant
    )


def test_leaving_a_program_keeps_that_it_was_there(manager, build):
    partner = build.partner(joined_on=date(2024, 1, 1))
    key = service.join_program(manager, partner.id, MembershipKind.PATH, "Service Path", since=date(2024, 2, 1))
    service.leave_program(manager, key)
    row = queries.memberships(manager, partner.id)[0]
    assert (row.name, row.since, row.until) == ("Service Path", date(2024, 2, 1), manager.today)
    with pytest.raises(WrongState):
        service.leave_program(manager, key)
    again = service.join_program(manager, partner.id, MembershipKind.PATH, "Service Path", since=manager.today)
    with pytest.raises(WrongState):
        service.leave_program(manager, again)


def test_an_unknown_program_is_refused(manager, build):
    partner = build.partner()
    with pytest.raises(Refused, match="PROGRAM-UNKNOWN"):
        service.join_program(manager, partner.id, MembershipKind.PATH, CSP, since=partner.joined_on)


@pytest.mark.parametrize("role", ["analyst", "finance", "reviewer_program"])
def test_others_of_the_vendor_see_but_do_not_change(uow, build, role):
    partner = build.partner("Baltic Cloudworks")
    work = acting(uow, build.actor(role))
    assert queries.partner(work, partner.id).name == "Baltic Cloudworks"
    with pytest.raises(NotAllowed):
        service.set_manager(work, partner.id, None, expected=1)


def test_members_of_partners_do_not_browse_partners(uow, build):
    partner, other = build.partner(), build.partner("Baltic Cloudworks")
    work = acting(uow, build.actor("partner_admin", partner=partner))
    with pytest.raises(NotAllowed):
        queries.partners(work)
    assert queries.names(work, [partner.id, other.id]) == {partner.id: partner.name}
    assert queries.options(work) == {partner.id: partner.name}


def test_an_unknown_partner_is_not_found(manager, build):
    with pytest.raises(NotFound):
        queries.partner(manager, build.customer(build.partner()).id)


def test_filters_work_together(manager, build):
    hansa = build.partner("Hansa Vertrieb", kind=PartnerKind.DISTRIBUTOR, tier=Tier.ADVANCED, manager_id=None)
    elbe = build.partner("Elbe Systemhaus", kind=PartnerKind.RESELLER, parent_id=hansa.id, city="Magdeburg")
    looked_after = build.partner("Kapstadt Digital", region="Sub-Saharan Africa", manager_id=manager.actor.user_id)
    service.join_program(manager, looked_after.id, MembershipKind.PROGRAM, CSP, since=looked_after.joined_on)

    def names(**filters: str) -> list[str]:
        asked = Asked({name: tuple(value.split("+")) for name, value in filters.items()})
        opened = lists.open_list(manager, "partners")
        return [row.values["name"] for row in lists.read(manager, opened, asked, PageRequest(), ["name"]).page.rows]

    assert [row.name for row in queries.partners(manager, "magdeBURG").rows] == ["Elbe Systemhaus"]
    assert names(parent=str(hansa.id)) == ["Elbe Systemhaus"]
    assert names(kind="distributor+reseller") == ["Elbe Systemhaus", "Hansa Vertrieb"]
    assert names(kind="distributor", tier="basic") == []
    assert names(manager=str(manager.actor.user_id)) == ["Kapstadt Digital"]
    assert names(manager="nobody") == ["Elbe Systemhaus", "Hansa Vertrieb"]
    assert names(program=CSP) == ["Kapstadt Digital"]
    assert names(region="Europe", status="active") == ["Elbe Systemhaus", "Hansa Vertrieb"]
    assert queries.partner(manager, elbe.id).parent == "Hansa Vertrieb"


def test_pages_follow_each_other_without_a_gap(manager, build):
    names = [build.partner(f"Partner {n:02d}").name for n in range(11)]
    seen, cursor = [], None
    while True:
        page = queries.partners(manager, page=PageRequest(cursor, 4))
        seen += [row.name for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == names
