"""What this area lends to definitions: the checks of MDF, the verbs of the ledger, and MDF itself."""

from __future__ import annotations

from pathlib import Path

from models.benefits import actions, checks
from models.engines.definitions import define

__all__ = ["actions", "checks"]

define(Path(__file__).parent / "definitions" / "mdf.yaml")
