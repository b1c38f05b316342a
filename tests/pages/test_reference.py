"""Design › Reference data as a manager uses it, and what somebody sees who may only look."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from models.core.actor import SYSTEM, Actor
from models.core.clock import business_date
from models.core.unit_of_work import unit_of_work
from models.identity.roles import role_book
from models.reference import queries, service, wording
from models.reference.rules import DayKind
from tests.support.build import Build
from tests.support.pages import page, texts, words

PAGE = "design/reference.py"


@pytest.fixture
def people(on_sqlite: str) -> tuple[Actor, Actor]:
    """Inês, who manages reference data, and Mei of finance, who may look."""
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        return build.actor("ecosystem_manager", name="Inês Duarte"), build.actor("finance", name="Mei Tan")


def shown(actor: Actor, **query: str) -> AppTest:
    return page(PAGE, actor, **query).run()


def press(test: AppTest, label: str) -> AppTest:
    found = next(button for button in test.button if button.label == label).click().run()
    assert not found.exception, found.exception
    return found


def working_day() -> date:
    day = business_date() + timedelta(days=7)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def test_every_number_of_every_type_stands_there_with_a_way_into_the_designer(people: tuple[Actor, Actor]) -> None:
    ines, mei = people
    test = shown(ines)
    assert "Claim within days 90" in words(test, gap=" ").strip()
    assert 'href="/designer?type=mdf&amp;view=numbers"' in texts(test)
    assert "in 1 application type." in words(test)
    found = words(shown(ines, q="review claim 5"), gap=" ")
    assert "1 value" in found
    assert "5 working days" in found
    assert "Version 3" in found
    assert "as delivered" in found
    assert "Nothing found" in words(shown(ines, q="no such number"))
    assert "/designer" not in texts(shown(mei))


def test_a_manager_enters_a_holiday_and_ends_it(people: tuple[Actor, Actor]) -> None:
    ines, mei = people
    test = press(shown(ines, part="calendars", country="DE"), "Add holiday")
    test.text_input[0].set_value("Company day")
    test.date_input[0].set_value(working_day())
    test = press(test, "Save")
    assert "Company day is in the calendar." in words(test)
    assert "Company day" in words(shown(mei, part="calendars", country="DE"))
    assert "Company day" not in words(shown(mei, part="calendars", country="CN"))
    assert not [button for button in shown(mei, part="calendars", country="DE").button if button.label == "End one"]
    test = press(press(shown(ines, part="calendars", country="DE"), "End one"), "End")
    assert "Taken back by Inês Duarte" in words(test)


def test_what_is_refused_is_said_and_nothing_is_kept(people: tuple[Actor, Actor]) -> None:
    ines, _ = people
    test = press(shown(ines, part="calendars", country="DE"), "Add working day")
    test.text_input[0].set_value("A day like others")
    test.date_input[0].set_value(working_day())
    assert "nothing would change. (REF-NOTHING)" in words(press(test, "Save"))
    with unit_of_work(actor=ines, read_only=True) as uow:
        assert queries.exceptions(uow) == []


def test_a_tax_rate_is_entered_in_a_managers_way_of_writing(people: tuple[Actor, Actor]) -> None:
    ines, mei = people
    test = press(shown(ines, part="taxes"), "Enter tax rate")
    test.selectbox[0].set_value("EE")
    test.text_input[0].set_value("VAT")
    test.text_input[1].set_value("24,5 %")
    test = press(test, "Enter")
    assert "1 tax rate in force in 1 country." in words(test)
    with unit_of_work(actor=mei, read_only=True) as uow:
        (row,) = queries.taxes(uow)
    assert (row.country, row.percent, row.validity.first) == ("EE", Decimal("24.5"), business_date())
    test = press(shown(ines, part="taxes"), "Enter tax rate")
    test.text_input[0].set_value("VAT")
    test.text_input[1].set_value("plenty")
    assert "between 0 and 100 per cent" in words(press(test, "Enter"))


def test_permissions_are_found_by_their_words_and_by_role(people: tuple[Actor, Actor]) -> None:
    _, mei = people
    found = words(shown(mei, part="permissions", q="record invoices"), gap=" ")
    assert "1 permission" in found
    assert "Record invoices and carry out payments payments.work Administrator Finance reviewer Finance --" in found
    assert "Explores data over all partners" in words(shown(mei, part="permissions", role="analyst"))
    assert f"{len(role_book().of('analyst'))} permissions of Analyst." in words(
        shown(mei, part="permissions", role="analyst")
    )


def test_who_may_not_see_it_sees_nothing_of_it(people: tuple[Actor, Actor]) -> None:
    ines, _ = people
    with unit_of_work(actor=ines) as uow:
        service.add_exception(uow, "CN", DayKind.HOLIDAY, "Company day", working_day())
    with unit_of_work(actor=SYSTEM) as uow:
        joris = Build(uow).actor("reviewer_business", username="joris", email="joris@kontor.example")
    test = shown(joris, part="calendars", country="CN")
    assert "Company day" not in words(test)


def test_a_manager_changes_what_a_message_says_and_goes_back(people: tuple[Actor, Actor]) -> None:
    ines, mei = people
    assert "17 messages, none of them not as delivered." in words(shown(ines, part="messages"))
    test = shown(ines, part="messages", message="review_turn")
    test = test.text_input(key="message:review_turn:None:subject").set_value("Decide {case}, {boss}").run()
    assert "{boss} means nothing here." in words(test)
    assert "means nothing here" in words(press(test, "Save"))
    test.text_input(key="message:review_turn:None:subject").set_value("Please decide {case}").run()
    assert "Please decide MDF-2026-0142 Cloud day" in words(test)
    test = press(test, "Save")
    assert "A review waits: the new words are told from now on." in words(test)
    assert "1 of them not as delivered." in words(shown(mei, part="messages"))
    looked = shown(mei, part="messages", message="review_turn")
    assert [button.label for button in looked.button] == ["All messages"]
    test = press(shown(ines, part="messages", message="review_turn"), "As delivered")
    assert "A review waits says what it came with." in words(test)
    test = press(test, "Say this again")
    with unit_of_work(actor=mei, read_only=True) as uow:
        assert wording.messages(uow)[0].subject == "Please decide {case}"


def test_limits_and_agreements_stand_with_the_other_reference_data(people: tuple[Actor, Actor]) -> None:
    ines, mei = people
    assert "0 people may decide where a stage asks for a limit." in words(shown(ines, part="limits"), gap=" ")
    assert "may decide where a stage" not in words(shown(mei, part="limits"), gap=" ")
    said = words(shown(mei, part="agreements"), gap=" ")
    assert "1 agreement that partners agree to when they apply." in said
    assert "What a partner agreed to stays with its case." in said
