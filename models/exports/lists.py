"""The list of one's own exports."""

from __future__ import annotations

from pathlib import Path

from models.engines.lists import Field, Filter, ListSource, load_list, register
from models.exports.rules import ExportFormat, ExportStatus
from models.exports.tables import ExportTask

E = ExportTask
STATUSES = {status.value: status.value.capitalize() for status in ExportStatus}
FORMATS = {ExportFormat.CSV.value: "CSV", ExportFormat.XLSX.value: "XLSX", ExportFormat.PARQUET.value: "Parquet"}

register(
    ListSource(
        load_list(Path(__file__).parent / "definitions" / "exports.list.yaml"), E.id,
        lambda uow, stmt: stmt.where(E.requested_by == uow.actor.user_id),
        {
            "title": Field(E.title), "requested": Field(E.requested_at), "rows": Field(E.rows_total, nullable=True),
            "status": Field(E.status, words=lambda value: STATUSES[value.value]),
            "format": Field(E.format, words=lambda value: FORMATS[value.value]),
        },
        filters={
            "status": Filter(E.status, options=lambda uow, chosen: STATUSES, parse=ExportStatus),
            "format": Filter(E.format, options=lambda uow, chosen: FORMATS, parse=ExportFormat),
            "requested": Filter(E.requested_at),
        },
        search=(E.title,),
    )
)  # fmt: skip
