"""Expenditure files come in, and lines move to the customer whose they are (FIN-SEXP; docs/guide/imports.md)."""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task

from flows.work import RETRIED, Payload, carry, named, show_progress
from models.core.outbox import Work
from models.expenditures import service


@task(name="expenditure-import", **RETRIED)
def import_files(key: str, payload: Payload) -> None:
    """Safe to repeat: the import's row says how far it came, the lake commit carries its id."""
    service.run_requested(named(payload, "import_id"), progress=lambda step, part: show_progress(part))


@task(name="expenditure-remap", **RETRIED)
def move_lines(key: str, payload: Payload) -> None:
    """Safe to repeat, as an import is."""
    service.run_remap(named(payload, "import_id"), progress=lambda step, part: show_progress(part))


@flow(name="expenditure-imports")
async def expenditure_imports(batch: list[Work]) -> list[State[Any]]:
    """Read the delivered files into the lake."""
    return await carry(import_files, batch)


@flow(name="expenditure-remaps")
async def expenditure_remaps(batch: list[Work]) -> list[State[Any]]:
    """Move the lines of newly mapped sub-accounts to their customers."""
    return await carry(move_lines, batch)
