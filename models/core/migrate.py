"""Brings the record store to this version's schema; safe to repeat and safe for two processes at once."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from models.core.database import make_engine
from models.core.settings import ROOT, settings


def configuration(url: str) -> Config:
    """Alembic's configuration for a record store; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def migrate(url: str | None = None) -> str:
    """Upgrade to the newest schema; answers the revision that the store now has."""
    url = url or settings().record_store
    if url.startswith("sqlite:///"):
        settings().home.mkdir(parents=True, exist_ok=True)
    head = ScriptDirectory.from_config(configuration(url)).get_current_head() or ""
    if current_revision(url) != head:
        command.upgrade(configuration(url), "head")
    return head


def current_revision(url: str) -> str:
    """The revision that a store has; empty when it has none."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""
    finally:
        engine.dispose()
