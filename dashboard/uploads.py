"""Files come into the house: FOCUS deliveries, streamed to disk and checked before they are asked to be imported."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from uuid import UUID

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard import session
from dashboard.downloads import HEADERS, STATUS, disposition
from dashboard.guard import most_bytes
from models.core.actor import Actor
from models.core.errors import DomainError, NotSignedIn, Problem, Refused
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.expenditures import deliveries, service

log = logging.getLogger("kontor.web")
MOST_FILES = 50


async def upload_focus(request: Request) -> Response:
    """Take a delivery and ask for its import; answers `{"import": key}`, or `{"problems": […]}` with why not."""
    try:
        actor = await to_thread.run_sync(_somebody, request)
        actor.demand("expenditures.import")
        _demand_size(request)
        async with request.form(max_files=MOST_FILES) as form:
            given = [part for part in form.getlist("files") if isinstance(part, UploadFile)]
            run_id = await to_thread.run_sync(_take, actor, str(form.get("source", "")), given)
    except DomainError as error:
        problems = [{"code": problem.code, "text": problem.text} for problem in error.problems]
        return JSONResponse({"problems": problems}, status_code=STATUS.get(type(error), 400))
    log.info("delivery.uploaded", extra={"import": str(run_id), "files": len(given)})
    return JSONResponse({"import": str(run_id)}, status_code=202)


async def rejects(request: Request) -> Response:
    """The rejected lines of one delivered file, as CSV."""
    run_id: UUID = request.path_params["run_id"]
    name = request.query_params.get("file", "")
    try:
        chunks = await to_thread.run_sync(_rejected, request, run_id, name)
    except DomainError as error:
        return PlainTextResponse(error.problems[0].text, status_code=STATUS.get(type(error), 400), headers=HEADERS)
    headers = HEADERS | {"content-disposition": disposition(f"{name}.rejects.csv")}
    return StreamingResponse(chunks, media_type="text/csv; charset=utf-8", headers=headers)


def _somebody(request: Request) -> Actor:
    actor = session.actor_of(request)
    if actor is None:
        raise NotSignedIn("Your session is over. Sign in again; the file is still on your machine.")
    return actor


def _demand_size(request: Request) -> None:
    """Refuse a body that is too large before any of it is read."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most_bytes(request.url.path):
        text = (
            f"The delivery is larger than {settings().upload_mib:,} MiB. Lay the files into the inbox folder "
            "on the server and import them from there."
        )
        raise Refused(Problem("FILE-SIZE", text, "files"))


def _rejected(request: Request, run_id: UUID, name: str) -> Iterator[bytes]:
    with unit_of_work(read_only=True, actor=_somebody(request)) as uow:
        return deliveries.rejects(uow, run_id, name)


def _take(actor: Actor, source: str, given: Sequence[UploadFile]) -> UUID:
    stored = [deliveries.keep_upload(part.file, part.filename or "") for part in given]
    with unit_of_work(actor=actor) as uow:
        return service.request_import(uow, source, stored)


routes = [
    Route("/uploads/focus", upload_focus, methods=["POST"]),
    Route("/imports/{run_id:uuid}/rejects", rejects, methods=["GET"]),
]
