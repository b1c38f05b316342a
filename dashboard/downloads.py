"""Files leave the house: exports, to who asked for them, streamed from the file store (FIN-EXP-01, CUS-COM-06)."""

from __future__ import annotations

import logging
from urllib.parse import quote
from uuid import UUID

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard import session
from models.core.actor import Actor
from models.core.errors import DomainError, NotAllowed, NotFound, NotSignedIn, WrongState
from models.core.unit_of_work import unit_of_work
from models.exports import queries
from models.exports.queries import Download

log = logging.getLogger("kontor.web")

STATUS: dict[type[DomainError], int] = {NotSignedIn: 401, NotAllowed: 403, NotFound: 404, WrongState: 409}
HEADERS = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}


async def download(request: Request) -> Response:
    """The file of one export; refused in words to everybody but its requester and the vendor's administrator."""
    try:
        found = await to_thread.run_sync(_found, request)
    except DomainError as error:
        words = " ".join(problem.text for problem in error.problems)
        return PlainTextResponse(words, status_code=STATUS.get(type(error), 400), headers=HEADERS)
    headers = HEADERS | {"content-disposition": disposition(found.name), "content-length": str(found.size)}
    return StreamingResponse(found.chunks(), media_type=found.content_type, headers=headers)


def _found(request: Request) -> Download:
    actor: Actor | None = session.actor_of(request)
    if actor is None:
        raise NotSignedIn("Sign in, then open your export history and download the file from there.")
    task_id: UUID = request.path_params["task_id"]
    with unit_of_work(read_only=True, actor=actor) as uow:
        found = queries.download(uow, task_id)
    log.info("export.downloaded", extra={"export": str(task_id), "user": str(actor.user_id), "bytes": found.size})
    return found


def disposition(name: str) -> str:
    """The header that lets a browser save a file under its name; in ASCII for old ones, whole for all others."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


routes = [Route("/exports/{task_id:uuid}", download, methods=["GET"])]
