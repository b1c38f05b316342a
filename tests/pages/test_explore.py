"""The pages of Explore: a question asked, shown, kept and asked again; nothing of others, nothing for who may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import engine
from models.explore import queries, running
from models.exports.queries import history
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.pages import page, words

SQL, FIELDS, FILES, PROFILE, KEPT = (
    f"explore/{name}.py" for name in ("sql", "fields", "files", "profile", "questions")
)
JULY = datetime(2026, 7, 16, 6, 5, tzinfo=UTC)
SUMS = "SELECT p.name, sum(expenditure) AS total FROM expenditure_line JOIN partner p USING (partner_id) "
SUMS += "WHERE cycle >= :since GROUP BY ALL ORDER BY 2 DESC"


@pytest.fixture(autouse=True)
def _in_july():
    with clock_at(JULY):
        engine.forget()
        yield


@pytest.fixture
def people(on_sqlite, tmp_path) -> tuple[Actor, Actor]:
    """An analyst of the vendor, and a partner's person whose role may explore; a line of each of two partners."""
    facts = FactBuilder(tmp_path)
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        north, harbor = build.partner("Nordlicht Systems"), build.partner("Harbor & Finch")
        facts.put([
            facts.line(date(2026, 6, 2), "400.05", build.customer(north, "Bluewing Air Cargo")),
            facts.line(date(2026, 6, 9), "80.000000000001", build.customer(harbor, "Kudu Mobile Money")),
        ])  # fmt: skip
        partner = build.actor("partner_admin", partner=north)
        return build.actor("analyst"), replace(partner, permissions=partner.permissions | {"explore.use"})


def answered(test):
    """The page once its answer is there."""
    run = running.find(_people[0], test.session_state["explore_run"])
    assert run and run.over.wait(30)
    return test.run()


_people: list[Actor] = []


def asked(actor: Actor, **query: str):
    _people[:] = [actor]
    test = page(SQL, actor, sql=SUMS, **query).run()
    return answered(test.button(key="explore_go").click().run())


def test_a_statement_is_answered_with_exact_amounts_and_what_it_read(people):
    test = asked(people[0], **{"v.since": "date:2026-06-01"})
    assert test.dataframe[0].value.to_dict("list") == {
        "name": ["Nordlicht Systems", "Harbor & Finch"], "total": ["400.05", "80.000000000001"],
    }  # fmt: skip
    assert "2 rows in" in words(test) and "Read 2 rows of expenditure_line" in words(test)


def test_a_partners_person_sees_their_own_alone(people):
    test = asked(people[1], **{"v.since": "date:2026-06-01"})
    assert test.dataframe[0].value["name"].tolist() == ["Nordlicht Systems"]
    assert "Harbor" not in words(test) and "Kudu" not in words(test)


def test_a_chart_and_an_export_of_the_whole_answer(people):
    test = asked(people[0], view="chart", **{"v.since": "date:2026-06-01"})
    assert "total is largest for Nordlicht Systems: 400.05" in words(test)
    test.get("menu_button")  # the menu itself is drawn by the browser; what it asks for is tested with the service
    with unit_of_work(read_only=True, actor=people[0]) as uow:
        assert history(uow).rows == ()


def test_what_is_missing_or_wrong_is_said_before_anything_runs(people):
    test = page(SQL, people[0], sql=SUMS).run()
    assert "Enter a value for since." in words(test)
    wrong = page(SQL, people[0], sql="SELECT * FROM read_csv('/etc/passwd')").run()
    assert "reaches beyond the rows of the tables" in words(wrong)
    _people[:] = [people[0]]
    refused = answered(wrong.button(key="explore_go").click().run())
    assert [error.value for error in refused.error] and not refused.dataframe


def test_a_question_is_kept_shared_opened_and_removed(people):
    test = page(SQL, people[0], sql=SUMS, **{"v.since": "date:2026-06-01"}).run()
    test.button(key="explore_keep_open").click().run()
    test.text_input(key="explore_keep_title").set_value("Sums by partner")
    test.multiselect(key="explore_keep_roles").set_value(["ecosystem_manager"])
    test.button(key="explore_keep_open").click()  # the runner draws whole pages: the dialog is opened once more
    test.button(key="explore_keep").click().run()
    with unit_of_work(read_only=True, actor=people[0]) as uow:
        (row,) = queries.questions(uow)
    assert (row.title, row.shared_with) == ("Sums by partner", ("ecosystem_manager",))
    shown = words(page(KEPT, people[0]).run())
    assert "1 question can be asked again" in shown and "Reads expenditure_line" in shown
    opened = page(SQL, people[0], question=str(row.id)).run()
    assert opened.text_area(key="explore_sql").value == SUMS
    assert opened.text_input(key="explore_value:since").value == "2026-06-01"
    assert "Sums by partner" not in words(page(KEPT, people[1]).run())


def test_fields_answer_from_the_address_and_a_filter_is_removed(people):
    test = page(FIELDS, people[0], measure="expenditure", by="partner", period="last_month", partner=["x"]).run()
    assert "Nothing in" in words(test)
    test.button(key="f_chip:partner").click().run()
    assert "Nordlicht Systems" in words(test) and "make" in words(test)
    assert test.query_params["by"] == "partner" and "partner" not in test.query_params
    pivot = page(
        FIELDS, people[0], measure="expenditure", by="partner", period="last_month", step="month", view="pivot"
    )
    assert "400.05" in words(pivot.run()) and "480.05" in words(pivot)


def test_a_profile_says_how_a_column_is_filled(people):
    shown = words(page(PROFILE, people[1], table="expenditure_line", column="service_type").run())
    assert "service_type is filled on 100.0 % of 1 rows" in shown


def test_without_the_permission_there_is_nothing(people):
    nobody = replace(people[1], permissions=people[1].permissions - {"explore.use"})
    for script in (SQL, FIELDS, FILES, PROFILE, KEPT):
        test = page(script, nobody).run()
        assert "Nordlicht" not in words(test) and test.error
