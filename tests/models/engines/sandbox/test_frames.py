"""Whatever the limited process sends or does, the one that started it answers in words, and in time."""

from __future__ import annotations

import os

import pytest

from models.core.errors import DomainError, Refused
from models.engines.sandbox import process
from models.engines.sandbox.process import Cancel, Cancelled, Limits, Sandbox, Statement, TookTooLong
from tests.models.engines.sandbox.test_process import SMALL, asked, rows

LIAR = """
import os, signal, struct, sys
import pyarrow as pa
sys.stdin.buffer.read()
def frame(kind, payload=b""):
    os.write(1, struct.pack(">cI", kind, len(payload)) + payload)
schema = pa.schema([("x", pa.int64())])
shape = schema.serialize().to_pybytes()
batch = pa.record_batch([pa.array([1])], schema=schema).serialize().to_pybytes()
"""
CHILD = "from models.engines.sandbox.child import main"


def lying(monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    """Instead of the limited process, one that says what it likes."""
    monkeypatch.setattr(process, "BOOT", LIAR + does)


def changed(monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """The limited process with a change to it, made before it begins."""
    assert CHILD in process.BOOT
    monkeypatch.setattr(process, "BOOT", process.BOOT.replace(CHILD, f"{change}; {CHILD}"))


def code_of(error: DomainError) -> str:
    return error.problems[0].code if isinstance(error, Refused) else error.code


@pytest.mark.parametrize(
    ("does", "code"),
    [
        ("frame(b'X')", "SQL-DIED"),
        ("frame(b'S', shape); frame(b'X')", "SQL-DIED"),
        ("os.write(1, struct.pack('>cI', b'S', 1 << 31))", "SQL-DIED"),
        ("frame(b'S', b'no schema')", "SQL-DIED"),
        ("frame(b'S', shape); frame(b'B', b'no batch')", "SQL-DIED"),
        ("frame(b'E', b'no words')", "SQL-DIED"),
        ("frame(b'S', shape)", "SQL-DIED"),
        ("", "SQL-DIED"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "SQL-TIME"),
        ("os._exit(128 + signal.SIGXCPU)", "SQL-TIME"),
        ('frame(b\'E\', b\'{"code": "SQL-FAULT", "text": "no"}\')', "SQL-FAULT"),
    ],
)
def test_frames_that_do_not_fit_end_the_question(monkeypatch, does, code):
    lying(monkeypatch, does)
    with pytest.raises(DomainError) as refused:
        asked("SELECT 1 AS x")
    assert code_of(refused.value) == code


def test_batches_that_nobody_looked_at_do_not_stand_in_the_way(monkeypatch):
    ends = "frame(b'N', b'{\"rows\": 1, \"more\": false}')"
    lying(monkeypatch, f"frame(b'S', shape); frame(b'B', batch); {ends}; frame(b'D', b'{{\"locks\": []}}')")
    ended = [answer.ended for answer in Sandbox(SMALL).run([], [])]
    assert ended == [None]  # not known before its rows were read
    found = list(Sandbox(SMALL).run([], []))
    assert [answer.ended.rows for answer in found if answer.ended] == [1]


def test_a_process_that_does_not_listen_ends_the_question(monkeypatch):
    monkeypatch.setattr(process, "BOOT", "import os; os.close(0)")
    with pytest.raises(Refused, match="ended without an answer"):
        rows(Sandbox(SMALL).run([Statement("SELECT '" + "x" * 1_000_000 + "'")], []))


def test_an_answer_that_is_too_large_is_refused():
    with pytest.raises(Refused, match="too large to be shown"):
        asked("SELECT 1 AS x", limits=Limits(seconds=20, memory_mib=256, answer_mib=0))


def test_a_question_cancelled_before_it_began_never_runs():
    cancel = Cancel()
    cancel()
    with pytest.raises(Cancelled):
        rows(Sandbox(SMALL, cancel).run([Statement("SELECT 1")], []))


def test_time_is_watched_from_outside_as_well(monkeypatch):
    lying(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(TookTooLong):
        asked("SELECT 1", limits=Limits(seconds=1.2, memory_mib=256))


def test_a_file_of_which_nothing_comes_back_is_unreadable(monkeypatch):
    lying(monkeypatch, "frame(b'D', b'{\"locks\": []}')")
    with pytest.raises(Refused, match="nothing that could be read"):
        Sandbox(SMALL).parse(b"a\n1\n", "csv")


def test_a_file_that_takes_all_memory_is_too_large(monkeypatch):
    lying(monkeypatch, 'frame(b\'E\', b\'{"code": "SQL-MEMORY", "text": "all of it"}\')')
    with pytest.raises(Refused, match="too large once it is unpacked"):
        Sandbox(SMALL).parse(b"a\n1\n", "csv")


def test_a_file_that_cannot_be_read_is_told_as_it_is():
    with pytest.raises(Refused, match="Record 1 has 3 values"):
        Sandbox(SMALL).parse(b"a,b\n1,2,3\n", "csv")


def test_a_machine_without_files_in_memory_uses_one_without_a_name(monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    assert asked("SELECT count(*) AS rows FROM line") == [{"rows": 4}]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("locks.lock_down = lambda **_: ['memory']", "SQL-UNSAFE"),
        ("from models.engines.sandbox import child; child._answer = lambda *_: 1 / 0", "SQL-DIED"),
        ("from models.engines.sandbox import child; child._answer = lambda *_: bytearray(1 << 40)", "SQL-MEMORY"),
        ("from models.engines.sandbox import child; child._answer = lambda *_: child._answer()", "SQL-DEEP"),
    ],
)
def test_what_goes_wrong_within_is_told(monkeypatch, change, code):
    changed(monkeypatch, change)
    with pytest.raises(Refused) as refused:
        asked("SELECT 1 AS x")
    assert code_of(refused.value) == code


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT * FROM read_text('/etc/passwd')", "SQL-REFUSED"),
        ("SELECT repeat('x', 9000000) AS x", "SQL-WIDE"),
        ("SELECT no_such_column FROM line", "SQL-FAULT"),
        ("SELECT CAST('x' AS INTEGER)", "SQL-FAULT"),
    ],
)
def test_what_a_statement_may_not_or_cannot_is_told(sql, code):
    with pytest.raises(Refused) as refused:
        asked(sql)
    assert code_of(refused.value) == code


def test_rows_that_do_not_fit_into_one_frame_come_in_several():
    found = asked("SELECT repeat('x', 3000000) AS x FROM range(5)")
    assert [len(row["x"]) for row in found] == [3_000_000] * 5


def test_what_would_reach_beyond_the_tables_is_told_where_only_the_process_holds(monkeypatch):
    changed(monkeypatch, "import models.engines.sandbox.grammar as g; g.faults = lambda *_: []")
    with pytest.raises(Refused) as refused:
        asked("SELECT * FROM read_text('/etc/passwd')")
    assert code_of(refused.value) == "SQL-REFUSED"
