"""Files leave the house: exports to who asked for them, a case's files and its printed page to whoever may see the case
(FIN-EXP-01, CUS-COM-06, BEN-MDI-02). Everybody else gets words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard import session
from models.applications.case_view import Attachment, attachment
from models.core.actor import Actor
from models.core.errors import DomainError, NotAllowed, NotFound, NotSignedIn, WrongState
from models.core.unit_of_work import unit_of_work
from models.exports import queries
from models.exports.queries import Download
from models.payments.invoicing import invoicing_pdf

log = logging.getLogger("kontor.web")

STATUS: dict[type[DomainError], int] = {NotSignedIn: 401, NotAllowed: 403, NotFound: 404, WrongState: 409}
HEADERS = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}


async def download(request: Request) -> Response:
    """The file of one export; refused in words to everybody but its requester and the vendor's administrator."""
    return await _sent(request, _export)


async def case_file(request: Request) -> Response:
    """A file of a case, for whoever may see the case; those of drafts are the partner's own."""
    return await _sent(request, _attachment)


async def invoicing_page(request: Request) -> Response:
    """The invoicing information of a case as a page to print and mail with the invoice (BEN-MDI-02)."""
    return await _sent(request, _printed)


async def _sent(request: Request, find: Callable[[Request, Actor], Response]) -> Response:
    """What was found, or why there is nothing, in words."""

    def answer() -> Response:
        actor: Actor | None = session.actor_of(request)
        if actor is None:
            raise NotSignedIn("Sign in, then open the page that the file belongs to and download it from there.")
        return find(request, actor)

    try:
        return await to_thread.run_sync(answer)
    except DomainError as error:
        words = " ".join(problem.text for problem in error.problems)
        return PlainTextResponse(words, status_code=STATUS.get(type(error), 400), headers=HEADERS)


def _export(request: Request, actor: Actor) -> Response:
    task_id: UUID = request.path_params["task_id"]
    with unit_of_work(read_only=True, actor=actor) as uow:
        found = queries.download(uow, task_id)
    log.info("export.downloaded", extra={"export": str(task_id), "user": str(actor.user_id), "bytes": found.size})
    return _streamed(found, found.content_type)


def _attachment(request: Request, actor: Actor) -> Response:
    case_id: UUID = request.path_params["case_id"]
    with unit_of_work(read_only=True, actor=actor) as uow:
        found = attachment(uow, case_id, request.path_params["sha256"])
    log.info("case.file.downloaded", extra={"case": str(case_id), "user": str(actor.user_id), "bytes": found.size})
    return _streamed(found, guess_type(found.name)[0] or "application/octet-stream")


def _printed(request: Request, actor: Actor) -> Response:
    case_id: UUID = request.path_params["case_id"]
    with unit_of_work(read_only=True, actor=actor) as uow:
        page = invoicing_pdf(uow, case_id)
    log.info("invoicing.printed", extra={"case": str(case_id), "user": str(actor.user_id), "bytes": len(page)})
    headers = HEADERS | {"content-disposition": 'inline; filename="invoicing-information.pdf"'}
    return Response(page, media_type="application/pdf", headers=headers)


def _streamed(found: Download | Attachment, content_type: str) -> Response:
    """Always saved, never shown by the browser: what somebody uploaded must not act in our name."""
    headers = HEADERS | {"content-disposition": disposition(found.name), "content-length": str(found.size)}
    return StreamingResponse(found.chunks(), media_type=content_type, headers=headers)


def disposition(name: str) -> str:
    """The header that lets a browser save a file under its name; in ASCII for old ones, whole for all others."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


TEMPLATES = Path(__file__).resolve().parent / "templates"
"""Documents that forms let people start from, each called by its name in lower case with hyphens."""


def template_address(name: str) -> str | None:
    """Where a template is, by the name that a form's definition gives it; None when there is none yet."""
    file = f"{re.sub('[^a-z0-9]+', '-', name.lower())}.docx"
    return f"/templates/{file}" if (TEMPLATES / file).is_file() else None


async def template(request: Request) -> Response:
    """A document to start from, for everybody who is signed in."""
    return await _sent(request, _template)


def _template(request: Request, actor: Actor) -> Response:
    file = next((each for each in TEMPLATES.iterdir() if each.name == request.path_params["name"]), None)
    if file is None or not file.is_file():
        raise NotFound("There is no such template.")
    headers = HEADERS | {"content-disposition": disposition(file.name)}
    return Response(
        file.read_bytes(), media_type=guess_type(file.name)[0] or "application/octet-stream", headers=headers
    )


routes = [
    Route("/templates/{name}", template, methods=["GET"]),
    Route("/exports/{task_id:uuid}", download, methods=["GET"]),
    Route("/files/{case_id:uuid}/{sha256}", case_file, methods=["GET"]),
    Route("/invoicing/{case_id:uuid}.pdf", invoicing_page, methods=["GET"]),
]
