"""States and formats of an export."""

from __future__ import annotations

from enum import StrEnum


class ExportStatus(StrEnum):
    """How far an export is; Download is offered once it is completed (FIN-EXP-01)."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class ExportFormat(StrEnum):
    """The kinds of file an export can be."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
