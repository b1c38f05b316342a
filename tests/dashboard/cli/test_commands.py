"""The command line reports to standard output, explains on standard error, and exits with 0 only on success."""

from __future__ import annotations

import fcntl
import json
import socket
import stat
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from dashboard.cli import serve
from dashboard.cli.commands import app
from dashboard.cli.reporting import as_operator
from dashboard.cli.serve import DemoAccount
from models.core.actor import SYSTEM
from models.core.database import engine
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.identity import service
from models.identity.tables import UserAccount
from tests.support import ROOT
from tests.support.build import Build
from tests.support.mdf import Fund

ACCOUNT = DemoAccount("mara@northwind.example", "tin-plum-4711", "Mara Lindqvist", "Ecosystem manager")


def kontor(*arguments: str, given: str | None = None):
    return CliRunner().invoke(app, list(arguments), input=given)


def users() -> int:
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        return uow.session.scalar(select(func.count()).select_from(UserAccount)) or 0


def test_migrate_reports_the_revision_as_the_last_line(home: Path):
    done = kontor("migrate", "--json")
    assert done.exit_code == 0
    assert set(json.loads(done.stdout.splitlines()[-1])) == {"revision"}
    assert (home / "kontor.db").exists()
    assert kontor("migrate", "--json").stdout == done.stdout


def test_a_user_can_be_added_and_signs_in(database: str):
    added = kontor(
        "user", "add", "ada@northwind.example", "--name", "Ada Holm", "--role", "administrator",
        "--password-stdin", "--json", given="harbour-77\n",
    )  # fmt: skip
    assert added.exit_code == 0, added.output
    assert json.loads(added.stdout.splitlines()[-1])["email"] == "ada@northwind.example"
    with unit_of_work(actor=SYSTEM) as uow:
        assert service.sign_in(uow, "ada@northwind.example", "harbour-77")


def test_a_refused_user_is_explained_in_full_and_nothing_is_changed(on_sqlite: str):
    refused = kontor(
        "user", "add", "ada@northwind.example", "--name", "Ada Holm", "--role", "king", "--password-stdin", "--json",
        given="short\n",
    )  # fmt: skip
    assert refused.exit_code == 1
    told = json.loads(refused.stdout.splitlines()[-1])["problems"]
    assert [problem["code"] for problem in told] == ["PWD-SHORT", "PWD-KINDS", "ROLE-UNKNOWN"]
    assert [line.rsplit(" ", 1)[1] for line in refused.stderr.splitlines()] == [
        "(PWD-SHORT)", "(PWD-KINDS)", "(ROLE-UNKNOWN)",
    ]  # fmt: skip
    assert users() == 0


def test_a_wrong_setting_is_named_and_its_value_kept_to_itself(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KONTOR_PORT", "eighty")
    monkeypatch.setenv("KONTOR_BASE_CURRENCY", "dollar")
    settings.cache_clear()
    for command in (("migrate", "--json"), ("run",)):
        refused = kontor(*command)
        assert refused.exit_code == 1
        assert [line.split(":")[0] for line in refused.stderr.splitlines()] == ["KONTOR_PORT", "KONTOR_BASE_CURRENCY"]
        assert "(SETTING)" in refused.stderr
        assert "eighty" not in refused.stderr


def test_an_unknown_benchmark_is_an_error(home: Path):
    asked = kontor("bench", "nonsense")
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert "nonsense" in asked.stderr


def test_run_refuses_a_port_that_is_taken_and_names_the_setting(home: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("KONTOR_PORT", str(taken.getsockname()[1]))
        settings.cache_clear()
        refused = kontor("run", "--no-demo")
    assert refused.exit_code == 1
    assert "KONTOR_PORT. (RUN-PORT)" in refused.stderr
    assert not (home / "kontor.db").exists()


def test_run_refuses_a_home_where_another_runs(home: Path):
    with (home / "run.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        refused = kontor("run")
    assert refused.exit_code == 1
    assert "(RUN-TWICE)" in refused.stderr


def test_demo_accounts_are_kept_for_the_owner_alone(home: Path):
    serve.write_accounts(settings(), [ACCOUNT])
    assert stat.S_IMODE(serve.accounts_file(settings()).stat().st_mode) == 0o600
    assert serve.read_accounts(settings()) == [ACCOUNT]


def test_the_terminal_shows_where_to_go_and_who_can_sign_in(home: Path):
    shown = serve.banner(settings(), [ACCOUNT], None)
    assert f"Kontor is ready:  {settings().address}" in shown
    assert "mara@northwind.example  tin-plum-4711  Mara Lindqvist, Ecosystem manager" in shown
    assert "setup" not in shown


def test_an_empty_installation_is_told_how_to_begin(on_sqlite: str):
    with as_operator():
        accounts, code = serve.prepare(settings(), demo=False)
    assert accounts == []
    assert code == service.setup_code()
    shown = serve.banner(settings(), accounts, code)
    assert f"{settings().address}/setup" in shown
    assert service.setup_code() in shown


def test_processes_get_their_own_prefect_which_asks_nobody_outside(home: Path):
    environment = serve.child_environment(settings())
    assert environment["PREFECT_API_DATABASE_CONNECTION_URL"] == f"sqlite+aiosqlite:///{home}/prefect/prefect.db"
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_API_URL"] == f"http://127.0.0.1:{settings().prefect_port}/api"


def test_importing_the_sample_ends_with_its_exact_totals_and_a_second_time_changes_nothing(on_sqlite: str):
    first = kontor("import-focus", str(ROOT / "tests/data/focus_sample_1000.csv"), "--source", "sample", "--json")
    assert first.exit_code == 0, first.output
    expected = {
        "read": 1000, "accepted": 1000, "rejected": 0, "unmapped": 1000, "changed": True,
        "billed_cost": {"USD": "20.52022672899"},
    }  # fmt: skip
    assert json.loads(first.stdout.splitlines()[-1]) == expected
    again = kontor("import-focus", str(ROOT / "tests/data/focus_sample_1000.csv"), "--source", "sample", "--json")
    assert json.loads(again.stdout.splitlines()[-1]) == expected | {"changed": False}


def test_a_file_that_is_no_focus_file_is_refused_with_what_it_lacks(on_sqlite: str, tmp_path: Path):
    (tmp_path / "notes.csv").write_text("name,price\nnails,3\n")
    refused = kontor("import-focus", str(tmp_path / "notes.csv"), "--source", "sample", "--json")
    assert refused.exit_code == 1
    assert "BilledCost" in refused.stderr
    assert "problems" in json.loads(refused.stdout.splitlines()[-1])


def test_verify_is_silent_over_sound_cases_and_names_a_changed_byte(on_sqlite: str):
    with unit_of_work(actor=SYSTEM) as uow:
        Fund(Build(uow)).applied()
    sound = kontor("verify", "--json")
    assert sound.exit_code == 0, sound.output
    told = json.loads(sound.stdout.splitlines()[-1])
    assert (told["cases"], told["faults"]) == (1, [])
    with engine().begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER case_event_no_update")
        connection.exec_driver_sql("UPDATE case_event SET kind = 'Opened' WHERE seq = 4")
    changed = kontor("verify", "--json")
    assert changed.exit_code == 1
    assert json.loads(changed.stdout.splitlines()[-1])["faults"] == [
        {"case": "MDF-2026-0001", "event": 4, "text": "who, when or what was changed"}
    ]
    assert "MDF-2026-0001, event 4: who, when or what was changed" in changed.stderr
