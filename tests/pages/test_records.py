"""Partners, customers and members as people use them: find, open, assign, create; each in Streamlit's test runner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.customers import queries as customers
from models.customers.tables import Customer
from models.identity import custom_roles
from models.identity import queries as identity
from models.identity.tables import UserAccount
from models.partners import queries as partners
from models.partners.rules import PartnerKind, Tier
from models.partners.tables import Partner
from models.revenue import queries as goals
from tests.support.build import Build
from tests.support.pages import page, texts

PARTNERS, PARTNER = "partners/partners.py", "partners/partner.py"
CUSTOMERS, CUSTOMER = "customers/customers.py", "customers/customer.py"
MEMBERS = "organisation/members.py"


@dataclass
class World:
    """Two partners, three customers, and people who look at them."""

    tallinn: Partner
    polder: Customer
    kudu: Customer
    marta: UserAccount
    ingrid: Actor
    analyst: Actor
    admin: Actor
    director: Actor
    manager: Actor


@pytest.fixture
def world(on_sqlite: str) -> World:
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        ingrid = build.actor("ecosystem_manager", name="Ingrid Solberg")
        tallinn = build.partner("Tallinn Data Foundry", city="Tallinn", country="EE", manager_id=ingrid.user_id)
        other = build.partner("Kapstadt Digital", kind=PartnerKind.DISTRIBUTOR, city="Cape Town", country="ZA")
        marta = build.user("account_manager", partner=tallinn, name="Marta Kask")
        polder = build.customer(tallinn, "Polder Energie", email="clouds@polder.example", account_manager_id=marta.id)
        build.assignment(polder, marta, date(2024, 3, 2))
        kudu = build.customer(tallinn, "Kudu Mobile Money")
        build.customer(other, "Orchid Freight Lines")
        return World(
            tallinn, polder, kudu, marta, ingrid, build.actor("analyst"),
            build.actor("partner_admin", partner=tallinn, name="Kristjan Saar"),
            build.actor("account_director", partner=tallinn, name="Toomas Lepik"),
            build.actor_of(marta, ("account_manager",)),
        )  # fmt: skip


def press(test: AppTest, label: str) -> AppTest:
    """Press the button with these words."""
    return next(button for button in test.button if button.label == label).click().run()


def press_in(test: AppTest, opener: str, label: str) -> AppTest:
    """Press a button inside a dialog. The test runner knows no fragments: what opened the dialog must stay pressed."""
    inner = [button for button in test.button if button.label == label][-1]
    next(button for button in test.button if button.label == opener and button is not inner).click()
    return inner.click().run()


def field(test: AppTest, kind: str, label: str) -> object:
    """The input with this label."""
    return next(each for each in getattr(test, kind) if each.label == label)


def shown(test: AppTest) -> str:
    """Words and tables of the page."""
    assert not test.exception, test.exception
    return texts(test) + "\n".join(frame.value.to_csv() for frame in test.dataframe)


def test_partners_are_listed_with_who_looks_after_them(world):
    text = shown(page(PARTNERS, world.ingrid).run())
    assert "<b>2 partners</b>: 1 cloud solution provider and 1 distributor" in text
    assert "<b>1</b> without an ecosystem manager" in text
    assert 'Tallinn Data Foundry,Cloud solution provider,Registered,"Tallinn, Estonia",Ingrid Solberg,2,Active' in text


def test_the_address_filters_partners_and_a_chip_takes_the_filter_off(world):
    test = page(PARTNERS, world.ingrid, kind=["distributor"], tier=["nonsense"]).run()
    assert "<b>1 partner</b>: 1 distributor." in shown(test)
    assert "Tallinn" not in shown(test)
    press(test, "Kind: Distributor")
    assert "kind" not in test.query_params
    assert "Tallinn Data Foundry" in shown(test)


def test_searching_partners_writes_the_address(world):
    test = page(PARTNERS, world.ingrid).run()
    field(test, "text_input", "Search").set_value("cape").run()
    assert test.query_params["q"] in ("cape", ["cape"])
    assert "Kapstadt" in shown(test)
    assert "Tallinn" not in shown(test)
    field(test, "text_input", "Search").set_value("nobody").run()
    assert "No partner matches" in shown(test)


def test_an_analyst_sees_a_partner_but_no_action(world):
    test = page(PARTNER, world.analyst, id=str(world.tallinn.id)).run()
    assert "<b>2 customers</b></a> with 1 account manager; <b>Ingrid Solberg</b> looks after it." in shown(test)
    assert [button.label for button in test.button] == []


def test_an_ecosystem_manager_changes_the_standing(world):
    test = page(PARTNER, world.ingrid, id=str(world.tallinn.id)).run()
    press(test, "Change standing")
    field(test, "selectbox", "Tier").set_value("advanced")
    press_in(test, "Change standing", "Save standing")
    assert [error.value for error in test.error] == [
        "Business authentication comes before any tier above Registered. (PARTNER-AUTHENTICATION)"
    ]
    field(test, "toggle", "Business authentication passed").set_value(True)
    press_in(test, "Change standing", "Save standing")
    assert "has the new standing" in texts(test)
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert partners.partner(uow, world.tallinn.id).tier is Tier.ADVANCED


@pytest.mark.meets("ONB-GOAL-01")
def test_a_manager_sets_a_revenue_goal_that_keeps_its_history(world):
    test = page(PARTNER, world.ingrid, id=str(world.tallinn.id)).run()
    assert "No goal was set." in texts(test)
    for amount, said in (("lots", "Write an amount"), ("360,000.00", ""), ("400000", "")):
        press(test, "Set a revenue goal")
        field(test, "text_input", "Goal, USD").set_value(amount)
        press_in(test, "Set a revenue goal", "Set the goal")
        assert said in " ".join(error.value for error in test.error)
    assert "400,000.00" in shown(test)
    with unit_of_work(actor=world.ingrid, read_only=True) as uow:
        assert [row.amount for row in goals.goals(uow, world.tallinn.id)] == [400_000, 360_000]
    assert "400,000.00" in shown(page(PARTNER, world.analyst, id=str(world.tallinn.id)).run())


@pytest.mark.parametrize("wrong", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_address_that_names_nothing_says_so(world, wrong):
    for script in (PARTNER, CUSTOMER):
        text = shown(page(script, world.ingrid, id=wrong).run())
        assert "names no " in text or "There is no such" in text


@pytest.mark.meets("CUS-COM-03")
def test_lists_mask_personal_data_until_it_is_asked_for(world):
    test = page(CUSTOMERS, world.admin).run()
    text = shown(test)
    assert "P****e" in text
    assert "clou**@polder.example" in text
    assert "193****0003" in text
    assert "Polder" not in text
    field(test, "pills", "Show in full").set_value(["name", "email"]).run()
    text = shown(test)
    assert "Polder Energie" in text
    assert "clouds@polder.example" in text
    assert "19300000003" not in text


@pytest.mark.meets("CUS-COM-01")
def test_everybody_sees_their_own_customers(world):
    assert "<b>3 customers</b>" in shown(page(CUSTOMERS, world.ingrid).run())
    assert "<b>2 customers</b>" in shown(page(CUSTOMERS, world.admin).run())
    test = page(CUSTOMERS, world.manager).run()
    assert "<b>1 customer</b>" in shown(test)
    assert "Select" not in [button.label for button in test.button]
    assert "There is no such customer" in shown(page(CUSTOMER, world.manager, id=str(world.kudu.id)).run())


@pytest.mark.meets("CUS-DET-01", "CUS-DET-05")
def test_a_customers_page_names_who_looked_after_it(world):
    text = shown(page(CUSTOMER, world.ingrid, id=str(world.polder.id)).run())
    assert "<b>Marta Kask</b> looks after it." in text
    assert "<b>Marta Kask</b></td><td>Tallinn Data Foundry</td><td>Mar 2, 2024</td>" in text
    assert "clou**@polder.example" in text


@pytest.mark.meets("CUS-AM-01", "CUS-AM-02")
def test_a_director_assigns_a_customer_in_two_steps(world):
    test = page(CUSTOMER, world.director, id=str(world.kudu.id)).run()
    press(test, "Assign account manager")
    assert "Expenditure counts for the new account manager from" in shown(test)
    press_in(test, "Assign account manager", "Next")
    next(button for button in test.button if button.label == "Assign account manager").click()
    field(test, "selectbox", "Account manager").set_value(world.marta.id).run()
    assign = next(button.label for button in test.button if button.label.startswith("Assign 1 customer from"))
    press_in(test, "Assign account manager", assign)
    assert "has been assigned successfully" in texts(test)
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert customers.customer(uow, world.kudu.id).account_manager_id == world.marta.id


@pytest.mark.meets("ORG-USER-01", "ORG-USER-03")
def test_an_admin_creates_a_member(world):
    test = page(MEMBERS, world.admin).run()
    assert "<b>3 users</b>, 1 account manager among them; none locked." in shown(test)
    press(test, "Create user")
    press_in(test, "Create user", "Next")
    assert "Enter the username." in texts(test)
    for label, value in {
        "Username": "liis", "Name": "Liis Tamm", "E-mail": "liis@tallinn.example", "Mobile number": "+372 5551234",
        "First password": "harbour-12", "First password again": "harbour-12",
    }.items():  # fmt: skip
        field(test, "text_input", label).set_value(value)
    press_in(test, "Create user", "Next")
    press(test, "Create user")  # the dialog is at its second step
    opener = next(button for button in test.button if button.label == "Create user")
    opener.click()
    field(test, "pills", "Roles, at most three").set_value(["account_director", "account_manager"]).run()
    assert "Select Account director or Account manager, not both." in texts(test)
    opener = next(button for button in test.button if button.label == "Create user")
    opener.click()
    field(test, "pills", "Roles, at most three").set_value(["account_manager"]).run()
    press_in(test, "Create user", "Create user")
    assert "Liis Tamm may sign in now" in texts(test)
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        made = {row.name: row.roles for row in identity.users(uow, world.tallinn.id)}
    assert made["Liis Tamm"] == ("account_manager",)


@pytest.mark.meets("ORG-USER-02")
def test_members_are_filtered_by_role_status_and_words(world):
    assert "<b>1 user</b>" in shown(page(MEMBERS, world.admin, role="account_manager").run())
    assert "No user matches" in shown(page(MEMBERS, world.admin, role="account_manager", status="locked").run())
    text = shown(page(MEMBERS, world.admin, q="saar").run())
    assert "<b>1 user</b>" in text
    assert "Marta" not in text


@pytest.mark.meets("ORG-ROLE-02")
def test_an_admin_creates_a_custom_role(world):
    test = page(MEMBERS, world.admin, tab="roles").run()
    assert "<b>4 system-defined roles</b> and <b>0 of 10 possible custom roles</b>." in shown(test)
    press(test, "Create custom role")
    press_in(test, "Create custom role", "Create role")
    assert [error.value.rpartition("(")[2] for error in test.error] == ["ROLE-NAME)", "ROLE-EMPTY)"]
    field(test, "text_input", "Role name").set_value("Reporting")
    field(test, "pills", "Permissions").set_value(["statistics.view"])
    press_in(test, "Create custom role", "Create role")
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        made = custom_roles.roles(uow, world.tallinn.id)[-1]
    assert (made.name, made.permissions) == ("Reporting", ("home.view", "statistics.view"))


def test_a_director_looks_at_members_without_changing_them(world):
    test = page(MEMBERS, world.director).run()
    assert "Marta Kask" in shown(test)
    assert "Create user" not in [button.label for button in test.button]
