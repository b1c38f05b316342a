"""Exports: ask for a file, see how far it is, download it; made in the background like those of pages."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dashboard.api.access import ForExports, reading, writing
from dashboard.api.problems import answers
from dashboard.downloads import HEADERS, disposition
from models.core.errors import NotFound
from models.core.paging import PageRequest
from models.exports import queries, service
from models.exports.queries import ExportRow
from models.exports.rules import ExportFormat, ExportStatus
from models.statistics import catalogue, exporting_lines
from models.statistics.asks import Ask

router = APIRouter(tags=["Exports"])
log = logging.getLogger("kontor.api")
Word = Annotated[str, StringConstraints(max_length=400)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Values = Word | Annotated[list[Word], Field(max_length=1000)]


class ExportAsked(BaseModel):
    """What is to be exported: `asked` are the parameters of the page's address, as it stands in the browser.

    Kinds: `expenditures.lines`, `statistics.lines` (every line behind the figure that `measure` names), and `lists.`
    with the key of a list, such as `lists.cases`.
    """

    model_config = ConfigDict(extra="forbid")
    kind: Annotated[str, StringConstraints(pattern=r"^(expenditures\.lines|statistics\.lines|lists\.[a-z_]{1,60})$")]
    asked: Annotated[dict[Name, Values], Field(max_length=60)] = {}
    format: ExportFormat = ExportFormat.CSV
    title: Annotated[str, StringConstraints(max_length=200)] = "Export"


class ExportOut(BaseModel):
    """An export and how far it is; `file` is the address to download it from once it is completed."""

    id: UUID
    title: str
    kind: str
    format: ExportFormat
    status: ExportStatus
    requested_at: datetime
    finished_at: datetime | None
    rows_done: int
    rows_total: int | None
    data_as_of: datetime | None
    size: int | None = Field(description="Bytes of the file.")
    file: str | None
    error: str | None


class ExportPage(BaseModel):
    """The person's own exports, newest first; `next` is the cursor of the following page, null on the last one."""

    rows: list[ExportOut]
    next: str | None


@router.post("/exports", status_code=202, responses=answers(403, 413, 422), operation_id="export")
def export(who: ForExports, wanted: ExportAsked) -> ExportOut:
    """Ask for a file of what a list or the expenditure lines show the person; ask its status until it is completed."""
    question: dict[str, Any] = {"asked": {_plain(name): _text(value) for name, value in wanted.asked.items()}}
    with writing(who) as uow:
        if wanted.kind == exporting_lines.KIND:
            ask = Ask.from_address(question["asked"], dimensions=catalogue.dimensions())
            question = exporting_lines.question_of(ask, uow)
        key = service.request(uow, wanted.kind, question, wanted.format, _plain(wanted.title))
        (row,) = queries.exports(uow, [key])
    log.info("export.requested", extra={"export": str(key), "token": str(who.token_id)})
    return _export(row)


@router.get("/exports", responses=answers(403, 422), operation_id="exports")
def exports(
    who: ForExports,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")] = None,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ExportPage:
    """The person's own exports, newest first, those of pages too."""
    who.actor.demand("exports.create")
    with reading(who) as uow:
        found = queries.history(uow, PageRequest(cursor or None, size))
    return ExportPage(rows=[_export(row) for row in found.rows], next=found.next)


@router.get("/exports/{export_id}", responses=answers(403, 404, 422), operation_id="export_status")
def export_status(who: ForExports, export_id: UUID) -> ExportOut:
    """How far one of the person's own exports is."""
    who.actor.demand("exports.create")
    with reading(who) as uow:
        found = queries.exports(uow, [export_id])
    if not found:
        raise NotFound("There is no such export among yours.")
    return _export(found[0])


_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {kind.content_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                    for kind in ExportFormat},
    }
}  # fmt: skip


@router.get(
    "/exports/{export_id}/file", response_class=StreamingResponse, responses=_FILE | answers(403, 404, 409, 422),
    operation_id="export_file",
)  # fmt: skip
def export_file(who: ForExports, export_id: UUID) -> StreamingResponse:
    """The file of a completed export of the person's own."""
    who.actor.demand("exports.create")
    with reading(who) as uow:
        if not queries.exports(uow, [export_id]):
            raise NotFound("There is no such export among yours.")
        found = queries.download(uow, export_id)
    log.info("export.downloaded", extra={"export": str(export_id), "token": str(who.token_id), "bytes": found.size})
    headers = HEADERS | {"content-disposition": disposition(found.name), "content-length": str(found.size)}
    return StreamingResponse(found.chunks(), media_type=found.content_type, headers=headers)


def _text(value: str | list[str]) -> str | list[str]:
    return _plain(value) if isinstance(value, str) else [_plain(each) for each in value]


def _plain(text: str) -> str:
    return text.replace("\x00", "")  # PostgreSQL takes no NUL


def _export(row: ExportRow) -> ExportOut:
    return ExportOut(
        id=row.id, title=row.title, kind=row.kind, format=row.format, status=row.status,
        requested_at=row.requested_at, finished_at=row.finished_at, rows_done=row.rows_done,
        rows_total=row.rows_total, data_as_of=row.data_as_of, size=row.size,
        file=f"/api/v1/exports/{row.id}/file" if row.downloadable else None, error=row.error,
    )  # fmt: skip
