"""What every test may ask for: an installation of its own, both databases, a transaction, believable rows."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.core.actor import SYSTEM
from models.core.database import engine, make_engine, sessions
from models.core.files import files
from models.core.migrate import migrate
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork, unit_of_work
from tests.support import postgres, session_folder
from tests.support.build import Build
from tests.support.engines import keep_what_is_compiled


def forget_installation() -> None:
    """Let the next use read the settings again and open everything anew."""
    if engine.cache_info().currsize:
        engine().dispose()
    for cached in (settings, engine, sessions, files):
        cached.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def statements_compiled_once() -> Iterator[None]:
    """Tests with a database of their own share what SQLAlchemy compiled: a fifth of their time."""
    patch = keep_what_is_compiled()
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def same_main_module() -> Iterator[None]:
    """AppTest leaves its page as `__main__`, which a process started later would run again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty installation in a folder of its own; without a database."""
    for name in ("KONTOR_DATABASE_URL", "KONTOR_LAKE_URL", "KONTOR_FILES_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KONTOR_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    forget_installation()
    yield tmp_path / "home"
    forget_installation()


@pytest.fixture
def sqlite(home: Path) -> str:
    """A migrated SQLite record store."""
    template = session_folder.folder() / "migrated.db"
    if not template.exists():
        beside = home / "template.db"
        migrate(f"sqlite:///{beside}")
        shutil.copy(beside, template.with_suffix(f".{home.parent.name}"))
        template.with_suffix(f".{home.parent.name}").rename(template)
    shutil.copy(template, home / "kontor.db")
    return settings().record_store


@pytest.fixture(scope="session")
def postgresql_kept_empty() -> Iterator[str]:
    """A migrated PostgreSQL record store of this process, for tests that never commit."""
    url = postgres.cloned_url("migrated", lambda fresh: str(migrate(fresh)))
    yield url
    postgres.drop_database(url)


@pytest.fixture
def postgresql(home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A migrated PostgreSQL record store; a test in one transaction (`uow`) shares it with others of its kind."""
    shared = "uow" in request.fixturenames
    url: str
    if shared:
        url = request.getfixturevalue("postgresql_kept_empty")
    else:
        url = postgres.cloned_url("migrated", lambda fresh: str(migrate(fresh)))
    monkeypatch.setenv("KONTOR_DATABASE_URL", url)
    settings.cache_clear()
    yield url
    left = _rows(url) if shared else 0
    forget_installation()
    if not shared:
        postgres.drop_database(url)
    assert not left, "a test with `uow` committed: let it ask for `database` instead"


def _rows(url: str) -> int:
    """Rows that a test left behind, among the tables that nearly every row refers to."""
    own = make_engine(url)
    counted = "(SELECT count(*) FROM partner) + (SELECT count(*) FROM user_account) + (SELECT count(*) FROM outbox)"
    try:
        with own.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT {counted}").scalar_one())
    finally:
        own.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """A migrated record store: the test runs once on each of the two databases."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def uow(database: str) -> Iterator[UnitOfWork]:
    """A writing transaction of the system, on each of the two databases; never committed."""
    with unit_of_work(actor=SYSTEM) as work:
        yield work
        work.session.rollback()


@pytest.fixture
def build(uow: UnitOfWork) -> Build:
    """Makes believable rows in `uow`."""
    return Build(uow)


@pytest.fixture
def on_sqlite(sqlite: str) -> str:
    """SQLite alone, for what does not touch the database's own behaviour (pages, flows)."""
    return sqlite
