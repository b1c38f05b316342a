"""The databases that tests get are fresh, apart from each other, and gone with the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.support import ROOT
from tests.support.postgres import cloned_url, drop_database, postgres_url


def run(url: str, statement: str) -> object:
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        value = result.scalar_one() if result.returns_rows else None
    engine.dispose()
    return value


def test_two_databases_know_nothing_of_each_other():
    one, other = postgres_url(), postgres_url()
    run(one, "CREATE TABLE seen (id int)")
    assert run(one, "SELECT count(*) FROM pg_tables WHERE tablename = 'seen'") == 1
    assert run(other, "SELECT count(*) FROM pg_tables WHERE tablename = 'seen'") == 0
    drop_database(one)
    drop_database(other)


def test_a_preparation_is_made_once_and_copied():
    made: list[str] = []

    def prepare(url: str) -> None:
        made.append(url)
        run(url, "CREATE TABLE prepared AS SELECT 7 AS value")

    copies = [cloned_url("tooling-test", prepare) for _ in range(3)]
    assert len(set(copies)) == 3
    assert [run(copy, "SELECT value FROM prepared") for copy in copies] == [7, 7, 7]
    assert len(made) == 1


@pytest.mark.skipif("KONTOR_TEST_POSTGRES_URL" in os.environ, reason="a server of one's own is not ended by us")
def test_the_server_ends_with_a_run_that_is_killed(tmp_path: Path):
    """A run that ends without tidying up leaves neither a server nor its files."""
    program = (
        "import os; from tests.support import session_folder; from tests.support.postgres import postgres_url\n"
        "session_folder.open_folder(); postgres_url()\n"
        "folder = session_folder.folder()\n"
        "print(folder, (folder / 'pg/data/postmaster.pid').read_text().split()[0], flush=True); os._exit(9)"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KONTOR_TEST_SESSION")}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 9, done.stderr
    folder, server = done.stdout.split()
    from tests.support.waiting import until

    until(lambda: not Path(folder).exists(), within=20)
    assert not Path(f"/proc/{server}").exists() or "Z" in Path(f"/proc/{server}/stat").read_text().split()[2]
