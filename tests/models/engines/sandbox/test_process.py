"""The limited process: what it answers exactly, what it gives up, and that nobody gets out of it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter

from models.core.errors import DomainError, Refused
from models.engines.sandbox import process
from models.engines.sandbox.process import (
    Cancel,
    Cancelled,
    Limits,
    Parameter,
    Sandbox,
    Statement,
    TookTooLong,
    table_of,
)
from tests.models.engines.sandbox.test_grammar import WAYS_OUT
from tests.support import ROOT

LINES = pa.table({
    "partner": ["a", "b", "a", None],
    "amount": pa.array([Decimal("0.1"), Decimal("0.2"), None, Decimal("3")], pa.decimal128(38, 12)),
})  # fmt: skip
SMALL = Limits(seconds=20, memory_mib=256)


def asked(sql: str, *parameters: Parameter, limits: Limits = SMALL) -> list[dict[str, Any]]:
    with table_of("line", LINES) as table:
        return rows(Sandbox(limits).run([Statement(sql, parameters)], [table]))


def rows(answers: Iterator[process.Answer]) -> list[dict[str, Any]]:
    return [row for answer in answers for batch in answer.batches for row in batch.to_pylist()]


def test_amounts_stay_exact_and_values_are_bound():
    sql = "SELECT partner, sum(amount) AS total, $x AS said FROM line GROUP BY ALL ORDER BY 1 NULLS LAST"
    said = "'; DROP TABLE line; --"
    found = asked(sql, Parameter("x", "text", said))
    assert [(row["partner"], row["total"]) for row in found] == [
        ("a", Decimal("0.1")), ("b", Decimal("0.2")), (None, Decimal(3)),
    ]  # fmt: skip
    assert {row["said"] for row in found} == {said}


def test_several_statements_share_one_process_and_more_rows_than_the_limit_are_told():
    sandbox = Sandbox(Limits(seconds=20, memory_mib=256, rows=3))
    endings = []
    for answer in sandbox.run([Statement("FROM range(100)"), Statement("SELECT 1 AS x, 2 AS x, [1] AS l")], []):
        list(answer.batches)
        endings.append((answer.schema.names, answer.ended))
    assert [(names, ended.rows, ended.more) for names, ended in endings if ended] == [
        (["range"], 3, True), (["x", "x_2", "l"], 1, False),
    ]  # fmt: skip
    assert {"files", "memory", "landlock", "seccomp"} >= set(sandbox.locks) > {"files", "memory"}


ESCAPES = """
import ctypes, json, os, signal, socket, subprocess, sys, threading
import duckdb, pyarrow
from models.engines.sandbox import locks
parent = os.getppid()
os.dup2(1, 0); os.close(1)
held = locks.lock_down(memory=64 * 1024 * 1024, cpu_seconds=60)
libc = ctypes.CDLL(None, use_errno=True)
def failed(call):
    try:
        call()
    except BaseException as error:
        return type(error).__name__
    return "WENT"
def native(number, *arguments):
    if libc.syscall(number, *arguments) == -1:
        raise OSError(ctypes.get_errno())
found = {
    "read": failed(lambda: open("/etc/passwd")),
    "read itself": failed(lambda: open("/proc/self/environ")),
    "write": failed(lambda: open("/tmp/out-of-the-sandbox", "w")),
    "list": failed(lambda: os.listdir("/")),
    "link": failed(lambda: os.symlink("/etc/passwd", "/tmp/link-out")),
    "remove": failed(lambda: os.unlink("/tmp/whatever")),
    "connect": failed(lambda: socket.socket().connect(("127.0.0.1", 1))),
    "local socket": failed(lambda: socket.socketpair()),
    "fork": failed(os.fork),
    "run": failed(lambda: subprocess.run(["/bin/true"])),
    "exec": failed(lambda: os.execv("/bin/true", ["true"])),
    "signal": failed(lambda: os.kill(parent, signal.SIGTERM)),
    "trace": failed(lambda: native(101, 16, parent, 0, 0)),
    "other memory": failed(lambda: native(310, parent, 0, 0, 0, 0, 0)),
    "mount": failed(lambda: native(165, 0, b"/mnt", 0, 0, 0)),
    "namespace": failed(lambda: native(272, 0x10000000)),
    "ring": failed(lambda: native(425, 4, 0)),
    "memory file": failed(lambda: os.memfd_create("x")),
    "old calls": failed(lambda: native(0x40000000 + 39)),
    "root again": failed(lambda: os.setuid(0)),
    "memory": failed(lambda: bytearray(4 * 1024 * 1024 * 1024)),
    "more time": failed(lambda: __import__("resource").setrlimit(0, (10_000, 10_000))),
}
os.write(0, json.dumps([held, found]).encode())
os._exit(0)
"""


def test_a_process_that_locked_itself_in_opens_nothing_and_reaches_nobody():
    """The statement is not even needed: whoever ran his own code in there would stand before the same doors."""
    boot = f"import sys; sys.path.append({str(ROOT)!r})\n{ESCAPES}"
    ended = subprocess.run([sys.executable, "-I", "-c", boot], capture_output=True, timeout=60, check=False)
    held, found = json.loads(ended.stdout)
    assert {"files", "memory"} < set(held)
    assert [name for name, how in found.items() if how == "WENT"] == []
    assert len(found) == 22


def test_it_learns_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("KONTOR_SMTP_URL", "smtp://secret")
    assert not {name for name in process.ENVIRONMENT if "KONTOR" in name or "PATH" in name}
    boot = process.BOOT.replace("main()", "") + "import os; os.write(1, repr(dict(os.environ)).encode())"
    ended = subprocess.run([sys.executable, "-I", "-c", boot], env=process.ENVIRONMENT, capture_output=True, check=True)
    assert b"secret" not in ended.stdout and b"LC_ALL" in ended.stdout


def test_what_takes_too_long_or_too_much_memory_ends_in_words():
    endless = "WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r"
    with pytest.raises(TookTooLong):
        asked(endless, limits=Limits(seconds=1.5, memory_mib=256))
    with pytest.raises(Refused, match="256 MiB"):
        asked("SELECT string_agg(repeat('x', 1000000), '') FROM range(10000)")


def test_a_question_is_cancelled_from_another_thread():
    cancel = Cancel()
    threading.Timer(1.0, cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        rows(Sandbox(Limits(seconds=30), cancel).run([Statement("SELECT sum(range) FROM range(100000000000)")], []))
    assert time.monotonic() - began < 5


def test_no_memory_file_is_left():
    before = len(os.listdir("/proc/self/fd"))
    asked("FROM line")
    assert len(os.listdir("/proc/self/fd")) <= before


# ---- files ----


def workbook(*rows_: tuple[Any, ...]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows_):
            sheet.write_row(place, 0, row)
    return content.getvalue()


def bomb() -> bytes:
    """A workbook of some megabytes that unpacks to three gigabytes."""
    source, content = zipfile.ZipFile(io.BytesIO(workbook(("a",), ("b",)))), io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != "xl/sharedStrings.xml":
                target.writestr(name, source.read(name))
                continue
            with target.open(name, "w", force_zip64=True) as out:
                namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                out.write(b'<?xml version="1.0"?><sst xmlns="' + namespace + b'" count="1" uniqueCount="1"><si><t>')
                for _ in range(600):
                    out.write(b"a" * 5_000_000)
                out.write(b"</t></si></sst>")
    return content.getvalue()


def test_a_file_keeps_its_decimals_codes_and_days():
    text = "\ufeffNet Amount (USD);Day;Code;Net Amount (USD)\n1.10;2026-01-02;007;x\n2;2026-01-03;008;\n"
    found = Sandbox(SMALL).parse(text.encode(), "csv")
    assert found.column_names == ["net_amount_usd", "day", "code", "net_amount_usd_2"]
    assert [str(kind) for kind in found.schema.types] == ["decimal128(38, 2)", "date32[day]", "string", "string"]
    assert found.column("net_amount_usd").to_pylist() == [Decimal("1.10"), Decimal("2.00")]
    assert found.column("code").to_pylist() == ["007", "008"]


def test_a_workbook_gives_what_was_typed():
    found = Sandbox(SMALL).parse(workbook(("Partner", "Amount"), ("x", 0.1), ("y", 1234567.89)), "xlsx")
    assert found.to_pydict() == {"partner": ["x", "y"], "amount": [Decimal("0.10"), Decimal("1234567.89")]}


@pytest.mark.deep
@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", "csv", "no row"),
        (b"a,b\n1,2,3\n", "csv", "Record 1 has 3 values"),
        (b"PK\x03\x04 not a book", "xlsx", "cannot be read"),
        (b"PAR1 not one PAR1", "parquet", "cannot be read"),
        (b"a," * 400 + b"a\n" + b"1," * 400 + b"1\n", "csv", "at most 300"),
    ],
)
def test_a_damaged_file_is_refused_in_words(content, kind, words):
    with pytest.raises(Refused, match=words):
        Sandbox(SMALL).parse(content, kind)


@pytest.mark.deep
def test_a_bomb_is_refused_before_it_hurts():
    with pytest.raises(Refused, match="too large once it is unpacked"):
        Sandbox(Limits(seconds=30, memory_mib=512)).parse(bomb(), "xlsx")


# ---- every way out once more, with the reading of statements switched off: the process alone must hold ----

UNREAD = "import models.engines.sandbox.grammar as g; g.faults = lambda *a: []; "
MORE = (
    "COPY (SELECT 42) TO '/tmp/kontor-out-of-the-sandbox.csv'",
    "ATTACH '/tmp/kontor-out-of-the-sandbox.db' AS x",
    "SELECT * FROM read_csv('/dev/stdin')",
    "SELECT * FROM read_text('/proc/' || (SELECT 1) || '/environ')",
    "SELECT list(range) FROM range(1000000000)",
    "SELECT regexp_matches(repeat('a', 1000000), '(a+)+$') FROM range(1000)",
    "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
    "SELECT " + "(" * 5_000 + "1" + ")" * 5_000,
    "SELECT " + "[" * 2_000 + "]" * 2_000,
    "SELECT repeat(repeat('x', 1000000), 1000000)",
    "SELECT * FROM range(100000) a, range(100000) b",
)


@pytest.mark.deep
@pytest.mark.parametrize("sql", [*WAYS_OUT, *MORE])
def test_the_process_holds_without_the_reading(monkeypatch, sql):
    monkeypatch.setattr(process, "BOOT", process.BOOT.replace("; from", f"; {UNREAD}from"))
    try:
        found = asked(sql, limits=Limits(seconds=4, memory_mib=256))
    except DomainError:
        found = []
    text = json.dumps(found, default=str)
    assert "root:x" not in text and "KONTOR" not in text
    assert not [name for name in os.listdir("/tmp") if name.startswith("kontor-out-of-the-sandbox")]
