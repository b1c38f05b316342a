"""The limited process: takes a request and tables in memory, locks itself in, answers rows, ends.

Runs as `python -I -c`, never within Kontor's own process. Standard input holds the request as JSON, the tables come as
open memory files in Arrow's stream format, and standard output carries frames: a letter, a length, a payload
(S schema, B batch, D done, E error in words as JSON).
"""

from __future__ import annotations

import json
import mmap
import os
import re
import struct
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from models.engines.sandbox import grammar, locks
from models.engines.sandbox.unreadable import Unreadable

MIB = 1024 * 1024
SLACK = 384 * MIB
"""Stacks of threads and what allocators set aside."""

Connection = duckdb.DuckDBPyConnection


class Stopped(Exception):
    """The request cannot be carried out; the code and the words go to whoever asked."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def main() -> None:
    """One request, one answer."""
    request = json.loads(sys.stdin.buffer.read())
    out: Any = sys.stdout.buffer
    try:
        tables = {each["name"]: _mapped(each) for each in request["tables"]}
        content = _mapped(request["file"]) if request.get("file") else None
        connection = _connection(request)
        _warm(connection)
        reader = _reader() if content is not None else None
        # Frames leave by number 0, where the request came in: nothing that prints can get among them.
        os.dup2(1, 0)
        out = os.fdopen(0, "wb", closefd=False)
        os.close(1)
        held = locks.lock_down(memory=request["memory_mib"] * MIB + SLACK, cpu_seconds=request["cpu_seconds"])
        if not locks.enough(held):
            raise Stopped("SQL-UNSAFE", "This machine cannot lock a process in, so that nothing may run in it.")
        if reader is not None:
            _send_table(out, reader.parsed(content, request["file"]["kind"], connection))
        for name, table in tables.items():
            connection.register(name, pa.ipc.open_stream(pa.py_buffer(table)).read_all())
        names = [*tables]
        for statement in request["statements"]:
            _answer(out, connection, statement, names, request)
        _frame(out, b"D", json.dumps({"locks": held}).encode())
    except Stopped as stopped:
        _frame(out, b"E", json.dumps({"code": stopped.code, "text": stopped.words}).encode())
    except Unreadable as unreadable:
        _frame(out, b"E", json.dumps({"code": "FILE-UNREADABLE", "text": str(unreadable)}).encode())
    except (MemoryError, pa.ArrowMemoryError):
        _frame(out, b"E", json.dumps({"code": "SQL-MEMORY", "text": _memory_words(request)}).encode())
    except (duckdb.Error, pa.ArrowException) as error:
        _frame(out, b"E", json.dumps(_said(error, request)).encode())
    except RecursionError:
        _frame(out, b"E", json.dumps({"code": "SQL-DEEP", "text": "The statement is nested too deeply."}).encode())
    out.flush()
    os._exit(0)  # nothing is worth waiting for: all of it was memory


def _connection(request: dict[str, Any]) -> Connection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": "false", "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false", "allow_community_extensions": "false",
            "allow_persistent_secrets": "false", "python_enable_replacements": "false", "temp_directory": "",
            "threads": str(request["threads"]), "memory_limit": f"{request['memory_mib']}MiB",
            "max_expression_depth": str(grammar.DEEPEST),
        },
    )  # fmt: skip
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _reader() -> Any:
    """What reads files, ready: most requests have none and need not wait for its code."""
    from models.engines.sandbox import files

    files.warm()
    return files


def _warm(connection: Connection) -> None:
    """Use once what loads its code at first need: afterwards no file can be opened any more."""
    small = pa.table({"t": pa.array(["a"]).dictionary_encode(), "n": pa.array([Decimal("1.5")])})
    connection.register("warm", small)
    stmt = "SELECT t, sum(n), now() AT TIME ZONE 'Asia/Shanghai', regexp_matches(t, 'a') FROM warm GROUP BY ALL"
    connection.sql(stmt).to_arrow_reader(10).read_all()
    connection.execute("SELECT json_serialize_sql('SELECT 1')").fetchall()
    connection.unregister("warm")
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


def _mapped(named: dict[str, Any]) -> mmap.mmap | bytes:
    """The content of a memory file; its number is given back."""
    fd, size = int(named["fd"]), int(named["size"])
    content = mmap.mmap(fd, size, prot=mmap.PROT_READ, flags=mmap.MAP_SHARED) if size else b""
    os.close(fd)
    return content


def _answer(
    out: Any, connection: Connection, statement: dict[str, Any], tables: list[str], request: dict[str, Any]
) -> None:
    sql = statement["sql"]
    tree = json.loads(connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0][0])
    if found := grammar.faults(tree, tables):
        raise Stopped("SQL-REFUSED", " ".join(found))
    values = {name: _value(kind, text) for name, kind, text in statement["parameters"]}
    relation = connection.sql(sql, params=values or None)
    reader = relation.to_arrow_reader(request["batch"])
    most, rows = int(request["rows"]), 0
    kinds = [_plain(kind) for kind in reader.schema.types]
    schema = pa.schema(list(zip(_unique(reader.schema.names), kinds, strict=True)))
    _frame(out, b"S", schema.serialize().to_pybytes())
    for batch in _bounded(reader, most):
        rows += batch.num_rows
        columns = [_column(batch.column(place), field.type) for place, field in enumerate(schema)]
        for piece in _pieces(pa.record_batch(columns, schema=schema), int(request["frame"])):
            _frame(out, b"B", piece.serialize().to_pybytes())
    _frame(out, b"N", json.dumps({"rows": min(rows, most), "more": rows > most}).encode())


def _bounded(reader: Any, most: int) -> Iterator[Any]:
    """Batches until one row more than the most is there: that one says that there were more."""
    seen = 0
    for batch in reader:
        left = most + 1 - seen
        yield batch.slice(0, left)
        seen += batch.num_rows
        if seen > most:
            return


def _pieces(batch: pa.RecordBatch, largest: int) -> Iterator[pa.RecordBatch]:
    """A batch in pieces that each fit into a frame; a single row that does not is refused."""
    if batch.nbytes <= largest:
        yield batch
        return
    if batch.num_rows <= 1:
        raise Stopped("SQL-WIDE", "A single row of the answer is too large to be shown.")
    half = batch.num_rows // 2
    yield from _pieces(batch.slice(0, half), largest)
    yield from _pieces(batch.slice(half), largest)


def _unique(names: list[str]) -> list[str]:
    """Names of columns, each once: the second `x` becomes `x_2`."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found


def _plain(kind: pa.DataType) -> pa.DataType:
    """What a value is shown as: nested and odd values are text."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    scalar = (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_date(kind)
        or pa.types.is_decimal128(kind)
    )  # fmt: skip
    if scalar:
        return kind
    return pa.timestamp("us", kind.tz and "UTC") if pa.types.is_timestamp(kind) else pa.string()


def _column(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if values.type == kind:
        return values
    if pa.types.is_string(kind) and not (pa.types.is_dictionary(values.type) or pa.types.is_large_string(values.type)):
        return pa.array([None if value is None else _text(value) for value in values.to_pylist()], kind)
    return values.cast(kind, safe=False)


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, default=str, ensure_ascii=False)
    return value.hex() if isinstance(value, bytes) else str(value)


def _value(kind: str, text: str | None) -> Any:
    """The value of a parameter, bound and never pasted."""
    if text is None:
        return None
    return Decimal(text) if kind == "number" else date.fromisoformat(text) if kind == "date" else text


def _send_table(out: Any, table: pa.Table) -> None:
    _frame(out, b"S", table.schema.serialize().to_pybytes())
    for batch in table.to_batches(max_chunksize=20_000):
        _frame(out, b"B", batch.serialize().to_pybytes())
    _frame(out, b"N", json.dumps({"rows": table.num_rows, "more": False}).encode())


def _said(error: Exception, request: dict[str, Any]) -> dict[str, str]:
    """A fault of DuckDB's in words that help: the kind is cut off, memory is explained."""
    text = str(error)
    if isinstance(error, duckdb.OutOfMemoryException) or "failed to allocate" in text.lower():
        return {"code": "SQL-MEMORY", "text": _memory_words(request)}
    if isinstance(error, duckdb.PermissionException | duckdb.IOException):
        return {"code": "SQL-REFUSED", "text": "This reaches beyond the tables of the schema, which is not possible."}
    return {"code": "SQL-FAULT", "text": _plainly(text)}


def _plainly(text: str) -> str:
    """DuckDB's words without its kind of error and its drawing of the place, which is named by its line."""
    words = re.sub(r"^[A-Z]\w+(?: [A-Z]\w+)* Error: ", "", text.partition("\n\nLINE ")[0]).replace("\n", " ").strip()
    line = re.search(r"\nLINE (\d+):", text)
    return f"{words} (line {line.group(1)})" if line else words


def _memory_words(request: dict[str, Any]) -> str:
    most = request["memory_mib"]
    return f"This needs more than the {most:,} MiB a question may use. Narrow it, or sum up before sorting or joining."


def _frame(out: Any, kind: bytes, payload: bytes) -> None:
    out.write(struct.pack(">cI", kind, len(payload)))
    out.write(payload)
    if kind != b"B":
        out.flush()
