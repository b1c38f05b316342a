"""Every refusal of the API as problem+json, in the words of the pages; never a trace."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from models.core.errors import ChangedMeanwhile, DomainError, NotAllowed, NotFound, NotSignedIn, Problem, WrongState

log = logging.getLogger("kontor.api")
MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[DomainError], int] = {
    NotSignedIn: 401, NotAllowed: 403, NotFound: 404, WrongState: 409, ChangedMeanwhile: 409,
}  # fmt: skip
LATER = frozenset({"BUSY", "LAKE-AWAY", "LAKE-BUSY"})
"""Codes of what passes by itself."""
SHORTLY = 1
"""Seconds after which a place is likely to be free."""
SECONDS = 5
"""After which to try again what passes by itself."""


class TooMany(DomainError):
    """A token made too many requests."""

    code = "TOO-MANY"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests with this token. Try again in {seconds} seconds.")
        self.seconds = seconds


def crowded() -> JSONResponse:
    """Too many requests are being answered at this moment."""
    text = f"Too many requests at a time. Send the next one when another is answered, or in {SHORTLY} seconds."
    return document(429, [Problem("TOO-MANY-AT-ONCE", text)], {"retry-after": str(SHORTLY)})


class ProblemDetail(BaseModel):
    """One thing that stands in the way: a stable code, words that name the remedy, and the field it is about."""

    code: str
    text: str
    field: str | None = None


class ProblemDocument(BaseModel):
    """Why a request was not carried out (RFC 9457)."""

    type: str = Field("about:blank", description="Always about:blank: the codes below say what it is.")
    title: str = Field(description="The words of the HTTP status.")
    status: int
    detail: str = Field(description="Everything that stands in the way, in words.")
    problems: list[ProblemDetail]


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an operation declares of the refusals it may answer with; those of every request are always there."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    return {
        status: {"description": WORDS[status], "content": content, **HEADERS.get(status, {})}
        for status in sorted({401, 429, 500, 503, *statuses})
    }


WORDS = {
    401: "No token, or one that opens nothing (any more).",
    403: "The token was not made for this, the person's roles do not allow it, or the request came from another site.",
    404: "No such thing among those the person may see.",
    409: "The thing is not in a state that allows it.",
    413: "The request is too large.",
    422: "Something in the request is wrong; every problem at once.",
    429: "Too many requests with this token, or at a time; `Retry-After` says when to come back.",
    500: "An unexpected fault, which is in the log of the installation.",
    503: "Something is busy or away for a moment; try again.",
}
_RETRY_AFTER = {"headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}}
HEADERS: dict[int, dict[str, Any]] = {
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
    401: {"headers": {"WWW-Authenticate": {"description": "Always Bearer.", "schema": {"type": "string"}}}},
}


def document(status: int, problems: list[Problem], headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A refusal as problem+json."""
    body = ProblemDocument(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=" ".join(problem.text for problem in problems),
        problems=[ProblemDetail(code=each.code, text=each.text, field=each.field) for each in problems],
    )
    return JSONResponse(body.model_dump(), status_code=status, headers=headers, media_type=MEDIA_TYPE)


async def refused(_: Request, error: Exception) -> JSONResponse:
    """What the person or the program can put right."""
    assert isinstance(error, DomainError)
    headers = {}
    if isinstance(error, TooMany):
        status, headers = 429, {"retry-after": str(error.seconds)}
    elif any(problem.code in LATER for problem in error.problems):
        status, headers = 503, {"retry-after": str(SECONDS)}
    else:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
    if status == 401:
        headers = {"www-authenticate": "Bearer"}
    return document(status, list(error.problems), headers)


async def invalid(_: Request, error: Exception) -> JSONResponse:
    """What does not have the declared shape."""
    assert isinstance(error, RequestValidationError)
    return document(422, [_of_shape(each) for each in error.errors()])


def _of_shape(error: Mapping[str, Any]) -> Problem:
    place = ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0])
    return Problem("SHAPE", f"{place}: {error['msg']}.", place)


async def plain(_: Request, error: Exception) -> JSONResponse:
    """No such address, no such method, too large."""
    assert isinstance(error, HTTPException)
    words = {404: "There is no such address. GET /api/v1/openapi.json lists them.",
             405: "This address does not take that method."}  # fmt: skip
    problem = Problem(f"HTTP-{error.status_code}", words.get(error.status_code, str(error.detail)))
    return document(error.status_code, [problem], error.headers)


async def fault(request: Request, error: Exception) -> JSONResponse:
    """A bug: told without a trace, which is in the log."""
    log.error("api.failed", extra={"path": request.url.path}, exc_info=error)
    return document(500, [Problem("FAULT", "Something unexpected happened. Your administrator finds it in the log.")])


def install(api: FastAPI) -> None:
    """Let every refusal of the application come out as problem+json."""
    api.add_exception_handler(DomainError, refused)
    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(HTTPException, plain)
    api.add_exception_handler(Exception, fault)
