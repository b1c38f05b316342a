"""Files brought for a session, profiles of columns, fields, and answers that are awaited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest

from models.core.clock import clock_at
from models.core.errors import NotFound, Refused
from models.core.unit_of_work import unit_of_work
from models.engines.sandbox.process import Cancel, Cancelled, Parameter
from models.explore import bringing, fields, holding, places, running
from models.explore.asking import Asked, answer, parameter_problem
from models.explore.bringing import bring
from models.explore.exporting import question_of
from models.explore.holding import hold
from models.explore.profiles import profile
from models.explore.queries import history
from models.explore.rules import RunStatus
from models.exports.producers import producer_of
from models.exports.rules import ColumnKind
from models.statistics.asks import Ask
from tests.models.explore.conftest import JUNE, MAY
from tests.support.facts import at_noon

TARGETS = b"partner,target\nNordlicht Systems,100.50\nHarbor & Finch,2\n"
PERIOD = {"period": {"first": MAY, "last": JUNE}}


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("a.csv", b"", "FILE-EMPTY"),
        ("a.xlsx", b"a,b\n1,2\n", "FILE-KIND"),
        ("a.csv", b"PK\x03\x04 xl/workbook.xml", "FILE-KIND"),
        ("a.csv", b"PAR1abcPAR1", "FILE-KIND"),
        ("a.exe", b"MZ\x00\x00", "FILE-KIND"),
        ("a.csv", b"%PDF-1.7", "FILE-KIND"),
        ("a.xlsx", b"PK\x03\x04 xl/workbook.xml", "FILE-UNREADABLE"),
        ("a.csv", b"x" * (51 * 1024 * 1024), "FILE-LARGE"),
    ],
)
def test_a_file_is_judged_by_its_content_and_size(file, content, code):
    with pytest.raises(Refused) as refused:
        bringing.kind_of_content(file, content)
    assert refused.value.problems[0].code == code


def test_names_of_brought_tables_are_plain_and_apart():
    assert bringing.table_name("Partner targets (Q3).xlsx", ()) == "my_partner_targets_q3"
    assert bringing.table_name("../../etc/passwd.csv", {"my_passwd"}) == "my_passwd_2"
    assert bringing.table_name("ü.csv", ()) == "my_file"


def test_a_brought_file_is_joined_with_our_data_and_profiled(world):
    with unit_of_work(read_only=True, actor=world.partner) as uow:
        found = bring(uow, "Targets.csv", TARGETS)
        own = {found.table: found.rows}
        sql = """SELECT t.partner, target - sum(expenditure) AS left_over
            FROM my_targets t JOIN partner p ON p.name = t.partner JOIN expenditure_line l USING (partner_id)
            GROUP BY t.partner, target"""
        joined = answer(uow, Asked(sql), own=own)
        looked = profile(uow, "my_targets", "target", own=own)
    spent = sum(line["expenditure"] for line in world.lines if line["partner_id"] == str(world.partner.partner_id))
    assert joined.rows.to_pylist() == [{"partner": "Nordlicht Systems", "left_over": Decimal("100.50") - spent}]
    assert joined.own == ("my_targets",)
    assert (looked.rows, looked.total, looked.distinct) == (2, "102.50", 2)


def test_a_profile_says_what_is_there_exactly(world):
    with unit_of_work(read_only=True, actor=world.partner) as uow:
        service_type = profile(uow, "expenditure_line", "service_type", months=1)
        amounts = profile(uow, "expenditure_line", "expenditure", months=1)
        with pytest.raises(NotFound):
            profile(uow, "expenditure_line", 'x" FROM y --')
        with pytest.raises(NotFound):
            profile(uow, "user_account", "email")
    assert [(each.text, each.rows) for each in service_type.top] == [("CDN", 6), ("Object storage", 6)]
    assert (service_type.rows, service_type.empty, service_type.distinct) == (12, 0, 2)
    assert [(month.start, month.rows, month.empty) for month in service_type.months] == [
        (date(2026, 4, 1), 4, 0), (MAY, 4, 0), (JUNE, 4, 0),
    ]  # fmt: skip
    assert (service_type.drift, service_type.now_from, service_type.before_from) == ((), JUNE, MAY)
    ours = [line["expenditure"] for line in world.lines if line["partner_id"] == str(world.partner.partner_id)]
    assert Decimal(amounts.total) == sum(ours)
    assert sum(each.rows for each in amounts.bins) == 12


def test_a_pivot_has_the_totals_of_questions_of_their_own(world):
    ask = Ask.of("spending_customers", by=("partner", "service_type"), **PERIOD)
    with clock_at(at_noon(date(2026, 7, 16))), unit_of_work(read_only=True, actor=world.analyst) as uow:
        found = fields.pivot(uow, ask)
        facets = fields.facets(uow, Ask.of("expenditure", **PERIOD))
    keys = {name: key for key, name in world.names.items()}
    north = keys["Nordlicht Systems"]
    assert (found.cells[north, "CDN"], found.row_totals[north]) == (2, 2)  # not 4: the same customers in both
    assert (found.column_totals["CDN"], found.total) == (4, 4)
    assert facets and facets[0].groups > 1


@pytest.mark.parametrize(
    ("kind", "text", "fine"),
    [("number", "1250.50", True), ("number", "NaN", False), ("number", "x", False), ("date", "2026-06-30", True),
     ("date", "30.6.2026", False), ("text", "anything", True)],
)  # fmt: skip
def test_a_value_is_of_its_kind(kind, text, fine):
    assert (parameter_problem(Parameter("x", kind, text)) == "") is fine


def test_an_answer_is_awaited_remembered_and_nobody_elses(world):
    run = running.start(world.analyst, Asked("SELECT 6 * 7 AS x"))
    endless = running.start(world.analyst, Asked("SELECT sum(range) FROM range(100000000000)"))
    assert run.over.wait(30) and run.answered and run.answered.rows.to_pylist() == [{"x": 42}]
    assert running.find(world.analyst, run.id) is run and running.find(world.partner, run.id) is None
    endless.cancel()
    assert endless.over.wait(30) and isinstance(endless.error, Cancelled)
    with unit_of_work(read_only=True, actor=world.analyst) as uow:
        assert {row.status for row in history(uow)} == {RunStatus.DONE, RunStatus.CANCELLED}


def test_what_exploring_holds_is_bounded_for_each_and_for_all(monkeypatch):
    bounds = SimpleNamespace(explore_held_each_mib=3, explore_held_mib=5)
    monkeypatch.setattr(holding, "settings", lambda: bounds)
    monkeypatch.setattr(holding, "_held", [])
    ann, ben, mib = uuid4(), uuid4(), 1 << 20
    with pytest.raises(Refused, match=r"The file takes 4 MiB of memory; one person may hold 3\. Keep fewer rows"):
        hold(ann, "too large", 4 * mib, words="the file")
    first, second = hold(ann, "first", 2 * mib, words="the file"), hold(ann, "second", mib, words="the file")
    bens = hold(ben, "ben's", 2 * mib, words="the file")
    assert [each.left for each in (first, second, bens)] == [False, False, False]
    third = hold(ann, "third", mib, words="the file")
    assert [each.left for each in (first, second, third, bens)] == [True, False, False, False], "Ann's oldest left"
    more = hold(ben, "more", mib, words="the answer")
    carl = hold(uuid4(), "carl's", 2 * mib, words="the answer")
    assert [each.left for each in (second, bens, third, more, carl)] == [True, True, False, False, False]
    del third, more, carl
    alone = hold(ann, "alone", 3 * mib, words="the answer")
    last = hold(ben, "last", 2 * mib, words="the answer")
    assert (alone.value, last.value) == ("alone", "last"), "what nobody refers to takes no room"


def test_an_answer_and_a_file_that_left_say_so(world):
    with unit_of_work(read_only=True, actor=world.partner) as uow:
        found = bring(uow, "Targets.csv", TARGETS)
    run = running.start(world.analyst, Asked("SELECT 6 * 7 AS x"))
    assert run.over.wait(30) and not run.left and found.rows.num_rows == 2
    run.held.value = found.held.value = None
    assert run.left and run.answered is None
    assert (found.rows.num_rows, found.rows.column_names) == (0, ["partner", "target"])


def test_who_waits_for_a_place_can_go(world):
    gone = Cancel()
    gone()
    with places.place(Cancel()), places.place(Cancel()), pytest.raises(Cancelled), places.place(gone):
        pass
    with places.place(gone):
        pass  # one is free again


def test_exports_hold_every_row_exact_by_sql_and_by_fields(world):
    sql = Asked("SELECT partner_id, sum(expenditure) AS total, count(*) AS lines FROM expenditure_line GROUP BY 1")
    ask = Ask.of("expenditure", by=("partner",), **PERIOD)
    with clock_at(at_noon(date(2026, 7, 16))), unit_of_work(read_only=True, actor=world.partner) as uow:
        one = producer_of("explore.sql").open(uow, question_of(sql))
        (cells,) = list(one.batches)
        two = producer_of("explore.fields").open(uow, {"ask": ask.model_dump(mode="json")})
        (rows,) = list(two.batches)
    ours = [line for line in world.lines if line["partner_id"] == str(world.partner.partner_id)]
    assert cells == [[str(world.partner.partner_id)], [sum(line["expenditure"] for line in ours)], [12]]
    assert [(each.label, each.kind) for each in one.columns] == [
        ("partner_id", ColumnKind.TEXT), ("total", ColumnKind.EXACT), ("lines", ColumnKind.NUMBER),
    ]  # fmt: skip
    assert [list(map(str, column)) for column in rows[:2]] == [["Nordlicht Systems"], ["USD"]]
    assert rows[2] == [sum(line["expenditure"] for line in ours if line["cycle"] >= MAY)]
