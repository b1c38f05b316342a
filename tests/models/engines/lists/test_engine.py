"""The engine on an invented list: every kind of filter, fills, NULLs in an order, words of filters, faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from models.core.actor import Actor
from models.core.errors import NotFound
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import Asked, Field, Fill, Filled, Filter, ListDefinition, ListSource, shaped, source_of
from models.engines.lists.asking import names_state, parsed
from models.engines.lists.compiling import batches, count_by, filter_words, found_keys, range_words, read_page
from models.engines.lists.editing import differences, spelled_out
from models.engines.lists.schema import FilterKind, ListFilter
from models.engines.lists.shaping import Adjustment, ColumnChange, FilterChange
from models.exports.rules import ExportFormat, ExportStatus
from models.exports.tables import ExportTask
from tests.support.build import Build

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)  # July 1, 12:00 in GMT+08:00
T = ExportTask
MADE = ListDefinition.model_validate(
    {
        "key": "invented", "title": "Invented", "one": "task", "permission": "", "sort": "title",
        "columns": [
            {"name": "title", "label": "Title", "sort": True},
            {"name": "rows", "label": "Rows", "kind": "count", "sort": True},
            {"name": "at", "label": "At", "kind": "instant", "sort": True},
            {"name": "length", "label": "Length", "kind": "count"},
            {"name": "secret", "label": "Secret", "permission": "money.view", "sort": True},
        ],
        "filters": [
            {"name": "title", "label": "Title", "kind": "text"}, {"name": "rows", "label": "Rows", "kind": "count"},
            {"name": "at", "label": "At", "kind": "instant"}, {"name": "status", "label": "Status", "nothing": "none"},
            {"name": "done", "label": "Done", "kind": "yes_no"},
        ],
        "phone": {"title": "title"}, "empty": {"title": "Nothing"},
    }
)  # fmt: skip


def lengths(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled | None:
    return Filled({key: {"length": n} for n, key in enumerate(keys)}, {"length": "Length, pages"}) if keys else None


SOURCE = ListSource(
    MADE, T.id, lambda uow, stmt: stmt,
    {
        "title": Field(T.title), "rows": Field(T.rows_total, nullable=True), "at": Field(T.requested_at),
        "secret": Field(T.kind),
    },
    filters={
        "title": Filter(T.title), "rows": Filter(T.rows_total), "at": Filter(T.requested_at),
        "status": Filter(T.status, options=lambda uow, chosen: {"failed": "Failed"}, parse=ExportStatus),
        "done": Filter(condition=lambda values: T.finished_at.is_not(None) if values[-1] else T.finished_at.is_(None)),
    },
    search=(T.title,), fills=(Fill(("length",), lengths),),
)  # fmt: skip
SHAPE = shaped(MADE, actor=Actor(None, "Somebody"))


@pytest.fixture
def made(uow: UnitOfWork, build: Build) -> UnitOfWork:
    who = build.user("analyst")
    for n, rows in enumerate([5, None, 70, 12]):
        uow.session.add(
            ExportTask(
                partner_id=None, requested_by=who.id, requested_at=NOON + timedelta(days=n), kind="k", question={},
                title=f"Trend {n}%" if n % 2 else f"Lines {n}", format=ExportFormat.CSV, rows_total=rows,
                status=ExportStatus.FAILED if n == 2 else ExportStatus.WAITING, started_at=None,
                finished_at=NOON if n == 3 else None, data_as_of=None, sha256=None, size=None, file_name=None,
                error=None,
            )
        )  # fmt: skip
    uow.session.flush()
    return uow


def titles(uow: UnitOfWork, asked: Asked) -> list[str]:
    answer = read_page(uow, SOURCE, SHAPE, asked, PageRequest(), ["title", "length"])
    assert answer.away == (frozenset() if answer.page.rows else frozenset({"length"}))
    return [row.values["title"] for row in answer.page.rows]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"title": ("%",)}, ["Trend 1%", "Trend 3%"]),
        ({"title": ("LINES",)}, ["Lines 0", "Lines 2"]),
        ({"rows": ("10..",)}, ["Lines 2", "Trend 3%"]),
        ({"rows": ("..12",)}, ["Lines 0", "Trend 3%"]),
        ({"at": ("2026-07-02..2026-07-03",)}, ["Lines 2", "Trend 1%"]),
        ({"at": ("..2026-07-01",)}, ["Lines 0"]),
        ({"status": ("failed",)}, ["Lines 2"]),
        ({"status": ("none",)}, []),
        ({"status": ("none", "failed")}, ["Lines 2"]),
        ({"done": ("yes",)}, ["Trend 3%"]),
        ({"done": ("no",), "rows": ("..1",)}, []),
    ],
)
def test_each_kind_of_filter_finds_its_rows(
    made: UnitOfWork, filters: dict[str, tuple[str, ...]], found: list[str]
) -> None:
    assert titles(made, Asked(filters)) == found


def test_rows_without_a_value_come_last_either_way(made: UnitOfWork) -> None:
    assert titles(made, Asked(sort="rows")) == ["Lines 0", "Trend 3%", "Lines 2", "Trend 1%"]
    assert titles(made, Asked(sort="-rows")) == ["Lines 2", "Trend 3%", "Lines 0", "Trend 1%"]
    assert len(found_keys(made, SOURCE, SHAPE, Asked(sort="-rows"), most=2)) == 2
    assert count_by(made, SOURCE, SHAPE, Asked(), "rows") == {5: 1, 12: 1, 70: 1, None: 1}


def test_fills_say_their_header_and_are_away_where_there_is_nothing(made: UnitOfWork) -> None:
    answer = read_page(made, SOURCE, SHAPE, Asked(), PageRequest(), ["title", "length"])
    assert answer.labels == {"length": "Length, pages"}
    assert [row.values["length"] for row in answer.page.rows] == [0, 1, 2, 3]
    assert read_page(made, SOURCE, SHAPE, Asked(), PageRequest(), ["title"]).labels == {}


def test_a_filter_names_its_values_itself_where_that_is_cheaper(uow: UnitOfWork) -> None:
    named = Filter(T.status, words=lambda uow, values: {value: value.upper() for value in values})
    source = replace(SOURCE, filters={**SOURCE.filters, "status": named})
    asked = Asked({"status": ("failed",)})
    assert filter_words(uow, source, SHAPE, asked) == {"status": {"failed": "FAILED"}}
    assert [Asked().narrows, Asked(search=" ").narrows, asked.narrows] == [False, False, True]
    assert [column.name for column in MADE.columns if column.kind.numeric] == ["rows", "length"]


def test_filters_that_are_on_are_said_in_words(uow: UnitOfWork) -> None:
    asked = Asked({"status": ("failed", "none", "odd"), "rows": ("5..10",), "done": ("yes",), "title": ("x",)})
    assert filter_words(uow, SOURCE, SHAPE, asked) == {
        "status": {"failed": "Failed", "none": "Nobody", "odd": "odd"}, "rows": {"5..10": "5 to 10"},
        "done": {"yes": "yes"}, "title": {"x": "x"},
    }  # fmt: skip
    assert (range_words("5.."), range_words("..5")) == ("from 5", "to 5")


@pytest.mark.parametrize("value", ["x..", f"..{2**60}", "1.5.."])
def test_counts_of_a_range_are_whole(value: str) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|too large"):
        parsed(Filter(), ListFilter(name="n", label="N", kind=FilterKind.COUNT), value)
    assert parsed(Filter(), ListFilter(name="n", label="N", kind=FilterKind.COUNT), "1..9") == (1, 9)
    with pytest.raises(ValueError, match="is no amount"):
        parsed(Filter(), ListFilter(name="n", label="N", kind=FilterKind.AMOUNT), value.replace("1.5", "y"))


def test_a_list_that_sorts_by_what_somebody_lacks_keeps_its_own_order() -> None:
    change = Adjustment(sort="-secret")
    assert shaped(MADE, change, Actor(None, "Somebody")).sort == "title"
    assert shaped(MADE, change, Actor(None, "Finance", permissions=frozenset({"money.view"}))).sort == "-secret"
    assert names_state(SHAPE, {"rows": ["5.."]})
    assert not names_state(SHAPE, {"view": ["x"], "after": ["y"]})


def test_differences_name_widths_orders_and_what_is_no_longer_preset() -> None:
    before = Adjustment(preset={"status": ("failed",)})
    after = spelled_out(MADE, Adjustment(columns=(ColumnChange(name="title", width=300),),
                                         filters=(FilterChange(name="rows", label="Number of rows"),)))  # fmt: skip
    assert differences(MADE, before, after) == [
        "Title is 300 px wide.", "The filter Rows is called Number of rows.",
        "Its filters stand in the order Number of rows, Title, At, Status, Done.", "It opens without filters.",
    ]  # fmt: skip
    assert differences(MADE, after, Adjustment(filters=(FilterChange(name="at"),)))[-1] == (
        "Its filters stand in the order At, Title, Rows, Status, Done."
    )


def test_what_an_area_forgot_is_named() -> None:
    wrong = ListSource(
        MADE.model_copy(update={"columns": (*MADE.columns[:3], MADE.columns[3].model_copy(update={"sort": True}))}),
        T.id, lambda uow, stmt: stmt, {"title": Field(T.title), "other": Field(T.kind), "_own": Field(T.kind)},
        filters=SOURCE.filters, fills=SOURCE.fills,
    )  # fmt: skip
    assert wrong.faults({"exports.create"}) == [
        "invented: column at has nothing behind it", "invented: column rows has nothing behind it",
        "invented: column other is in no definition", "invented: column rows is filled in, so it cannot sort",
        "invented: column at is filled in, so it cannot sort",
        "invented: column length is filled in, so it cannot sort",
    ]  # fmt: skip
    assert "invented: no permission exports.create" in wrong.faults(())
    with pytest.raises(NotFound, match="There is no list"):
        source_of("nothing")


@pytest.mark.parametrize(("size", "sizes"), [(1, [1, 1, 1, 1]), (3, [3, 1]), (4, [4]), (9, [4])])
def test_all_rows_come_batch_after_batch_in_the_lists_order(made: UnitOfWork, size: int, sizes: list[int]) -> None:
    found = list(batches(made, SOURCE, SHAPE, Asked(sort="-title"), ["title"], size=size))
    assert [len(answer.page.rows) for answer in found] == sizes
    titles = [row.values["title"] for answer in found for row in answer.page.rows]
    assert titles == sorted(titles, reverse=True) and len(set(titles)) == 4


def test_a_list_that_finds_nothing_has_one_empty_batch(made: UnitOfWork) -> None:
    asked = Asked(filters={"title": ("no such title",)})
    assert [answer.page.rows for answer in batches(made, SOURCE, SHAPE, asked, ["title"], size=2)] == [()]
