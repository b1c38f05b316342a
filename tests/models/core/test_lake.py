"""The lake: atomic replacement of whole files, plans that prune, states that expire, damage that is named."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from pyiceberg.exceptions import CommitFailedException

from models.core import lake as lake_module
from models.core.clock import clock_at
from models.core.lake import Lake, all_of, any_of, between, equals, lake, one_of
from models.core.lake_tables import iceberg_schema
from models.expenditures.facts import expenditure_line
from models.expenditures.line_sql import duck_type

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
pytestmark = pytest.mark.usefixtures("database")


def write(folder: Path, name: str, *, source="aws", cycle=SEPTEMBER, file_id=1, amount=1, lines=10) -> Path:
    values = {
        "source": f"'{source}'", "cycle": f"DATE '{cycle}'", "file_id": str(file_id), "line": "i",
        "expenditure": str(amount), "charge_start": f"TIMESTAMPTZ '{cycle} 00:00:00+00'",
    }  # fmt: skip
    columns = ", ".join(
        f"CAST({values.get(c.name, 'NULL')} AS {duck_type(c)}) AS {c.name}" for c in expenditure_line.columns
    )
    path = folder / f"{name}.parquet"
    duckdb.execute(f"COPY (SELECT {columns} FROM range({lines}) r(i)) TO '{path}' (FORMAT parquet)")
    return path


def put(*files: Path, commit: str, remove=None, into: Lake | None = None) -> int:
    return (into or lake()).replace(expenditure_line, remove=remove, files=files, commit_id=commit)


def amount(rows=None) -> Decimal:
    scan = lake().scan(expenditure_line, rows)
    return duckdb.execute(f"SELECT coalesce(sum(expenditure), 0) FROM {scan.sql}").fetchall()[0][0]


def test_types_lose_nothing_on_the_way():
    fields = {field.name: str(field.field_type) for field in iceberg_schema(expenditure_line).fields}
    assert fields["expenditure"] == "decimal(38, 12)"
    assert fields["quantity"] == "decimal(38, 18)"
    assert (fields["cycle"], fields["charge_start"], fields["file_id"]) == ("date", "timestamptz", "long")


def test_an_empty_table_reads_as_no_rows_with_all_columns():
    scan = lake().scan(expenditure_line)
    assert (scan.files, scan.rows, scan.snapshot_id) == ((), 0, None)
    read = duckdb.execute(f"SELECT * FROM {scan.sql}")
    assert [column[0] for column in read.description] == [column.name for column in expenditure_line.columns]
    assert read.fetchall() == []


def test_replacing_takes_out_whole_files_and_leaves_the_others(tmp_path):
    put(write(tmp_path, "a"), write(tmp_path, "b", cycle=OCTOBER), commit="one")
    put(write(tmp_path, "c", file_id=2), write(tmp_path, "d", source="azure"), commit="two")
    remove = all_of(equals("source", "aws"), one_of("file_id", [1]))
    put(write(tmp_path, "e", amount=5), commit="three", remove=remove)
    assert amount() == 5 * 10 + 10 + 10
    assert amount(equals("source", "azure")) == 10
    assert lake().scan(expenditure_line, equals("cycle", OCTOBER)).files == ()


def test_a_file_is_never_rewritten(tmp_path):
    put(write(tmp_path, "a"), commit="one")
    with pytest.raises(ValueError, match="rows to remove and rows to keep"):
        put(commit="two", remove=equals("line", 3))
    assert amount() == 10


def test_names_longer_than_any_bound_are_told_apart(tmp_path):
    one, two = "a-source-with-a-long-name-1", "a-source-with-a-long-name-2"
    put(write(tmp_path, "a", source=one), write(tmp_path, "b", source=two, amount=3), commit="one")
    put(commit="two", remove=equals("source", one))
    assert amount() == 30


def test_a_commit_repeated_changes_nothing(tmp_path):
    first = put(write(tmp_path, "a"), commit="one")
    assert put(tmp_path / "a.parquet", commit="one") == first
    assert amount() == 10
    assert lake().committed(expenditure_line, "one")
    assert not lake().committed(expenditure_line, "two")


def test_a_plan_names_only_files_that_may_hold_the_rows(tmp_path):
    put(write(tmp_path, "a"), write(tmp_path, "b", cycle=OCTOBER), write(tmp_path, "c", source="azure"), commit="one")
    names = lambda rows: {Path(file).name for file in lake().scan(expenditure_line, rows).files}  # noqa: E731
    assert names(between("cycle", date(2026, 9, 15), date(2026, 12, 1))) == {"b.parquet"}
    assert names(all_of(equals("cycle", SEPTEMBER), equals("source", "azure"))) == {"c.parquet"}
    assert names(any_of(equals("source", "azure"), equals("cycle", OCTOBER))) == {"b.parquet", "c.parquet"}
    assert names(equals("partner_id", "nobody")) == set()


def test_a_known_state_is_planned_in_a_few_milliseconds(tmp_path):
    files = [write(tmp_path, f"f{n}", file_id=n, lines=1) for n in range(60)]
    put(*files, commit="one")
    lake().scan(expenditure_line)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        lake().scan(expenditure_line, equals("cycle", SEPTEMBER))
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.02


def test_another_process_sees_the_commit_at_once(tmp_path):
    put(write(tmp_path, "a"), commit="one")
    assert lake().scan(expenditure_line).rows == 10
    other = Lake(lake().url, str(lake()._catalogue.engine.url.render_as_string(hide_password=False)))
    put(write(tmp_path, "b", file_id=2), commit="two", into=other)
    assert lake().scan(expenditure_line).rows == 20


def test_writers_at_once_all_get_in(tmp_path):
    lake().scan(expenditure_line)
    files = [write(tmp_path, f"f{n}", source=f"s{n}", file_id=n) for n in range(6)]
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            put(files[number], commit=f"c{number}", remove=equals("source", f"s{number}"))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert amount() == 60


def test_a_conflict_is_tried_again_on_the_new_state(tmp_path, monkeypatch):
    real, times = Lake._commit, []

    def conflict_once(self, *arguments):
        times.append(1)
        if len(times) == 1:
            raise CommitFailedException("somebody was quicker")
        return real(self, *arguments)

    monkeypatch.setattr(Lake, "_commit", conflict_once)
    put(write(tmp_path, "a"), commit="one")
    assert (amount(), len(times)) == (10, 2)


def test_a_crowd_that_never_ends_is_said_in_words(tmp_path, monkeypatch):
    def conflict(self, *arguments):
        raise CommitFailedException("somebody was quicker")

    monkeypatch.setattr(Lake, "_commit", conflict)
    monkeypatch.setattr(lake_module, "COMMIT_ATTEMPTS", 2)
    with pytest.raises(lake_module.LakeBusy):
        put(write(tmp_path, "a"), commit="one")


def test_files_that_nobody_uses_go_after_the_grace_period(tmp_path):
    put(write(tmp_path, "a"), commit="one")
    old_plan = lake().scan(expenditure_line)
    put(write(tmp_path, "b", amount=2), commit="two", remove=equals("source", "aws"))
    assert lake().expire(expenditure_line, timedelta(hours=1)) == []
    assert duckdb.execute(f"SELECT sum(expenditure) FROM {old_plan.sql}").fetchall() == [(10,)]

    with clock_at(datetime.now(UTC) + timedelta(hours=2)):
        removed = lake().expire(expenditure_line, timedelta(hours=1))
    assert set(old_plan.files) <= set(removed)
    assert amount() == 20
    assert lake().check(expenditure_line) == []
    assert lake().committed(expenditure_line, "two")


def test_files_waiting_for_their_commit_are_left_alone(tmp_path):
    put(write(tmp_path, "a"), commit="one")
    waiting = lake()._place(expenditure_line, write(tmp_path, "b"), "two")
    assert lake().expire(expenditure_line, timedelta(hours=1)) == []
    assert Path(waiting).exists()
    lake().discard(expenditure_line, "two")
    assert not Path(waiting).exists()
    lake().discard(expenditure_line, "one")
    assert amount() == 10


def test_damage_is_named(tmp_path):
    put(write(tmp_path, "a"), write(tmp_path, "b", cycle=OCTOBER), commit="one")
    missing, cut = (Path(file) for file in sorted(lake().scan(expenditure_line).files))
    missing.unlink()
    cut.write_bytes(cut.read_bytes()[:-1])
    found = {finding.path: finding.problem for finding in lake().check(expenditure_line)}
    assert found == {
        str(missing): "The file with 10 lines is missing.",
        str(cut): "The file does not have the size that the catalogue names.",
    }
