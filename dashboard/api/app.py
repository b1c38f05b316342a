"""The API as an ASGI application, mounted under `/api/v1` of the one process that serves all of HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api import cases, exports, problems, reference, statistics
from dashboard.api.access import Anybody
from dashboard.api.limits import AT_ONCE
from dashboard.api.problems import ProblemDocument, answers
from models.core.settings import settings
from models.tokens.rules import TokenArea

ADDRESS = "/api/v1"
OF_COURSE = {"200": "The answer.", "202": "It is asked for, and made in the background."}
ABOUT = """Reads what a person may see in Kontor, in their name, with a personal token (*My account › Tokens*).

Send it with every request: `Authorization: Bearer kontor_…`. Roles and visible rows are the person's at that moment.
Amounts are exact decimals as text, beside their currency; times are UTC, dates business dates (GMT+08:00). A refusal is
a problem document (`application/problem+json`) whose `problems` carry stable codes and the words of the pages."""


class Private:
    """ASGI middleware: answers belong to one token, so nobody on the way keeps them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers that say so."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message["headers"]}
                if b"cache-control" not in names:
                    message["headers"] = [*message["headers"], (b"cache-control", b"private, no-store")]
                message["headers"] = [*message["headers"], (b"vary", b"authorization")]
            await send(message)

        await self._app(scope, receive, sending)


class Places:
    """ASGI middleware: so many requests are answered at a time; of one program at most half of them.

    A place is given back when the answer was sent whole, so that a slow download holds one too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say that there is no place."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        program = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if not AT_ONCE.enter(program, settings().api_requests_at_once):
            await problems.crowded()(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            AT_ONCE.leave(program)


class TokenOut(BaseModel):
    """Whose token it is and what it opens; `permissions` are the person's at this moment."""

    name: str
    person: str
    areas: list[TokenArea]
    permissions: list[str]
    expires_at: datetime


api = FastAPI(
    title="Kontor", version="1", summary="The partner ecosystem, for programs", description=ABOUT,
    docs_url=None, redoc_url=None, openapi_url=None, root_path_in_servers=False, servers=[{"url": ADDRESS}],
    redirect_slashes=False,
)  # fmt: skip
problems.install(api)
api.add_middleware(Places)
api.add_middleware(Private)


@api.get("/token", responses=answers(), tags=["Token"], operation_id="token")
def token(who: Anybody) -> TokenOut:
    """What this token is: a first request to try it with."""
    return TokenOut(
        name=who.name, person=who.actor.name, areas=sorted(who.areas), permissions=sorted(who.actor.permissions),
        expires_at=who.expires_at,
    )  # fmt: skip


for _router in (statistics.router, cases.router, exports.router):
    api.include_router(_router)


def described() -> dict[str, Any]:
    """The OpenAPI description, made once: every answer, refusal and parameter."""
    if api.openapi_schema is None:
        made = get_openapi(
            title=api.title, version=api.version, summary=api.summary, description=api.description,
            routes=api.routes, servers=api.servers,
        )  # fmt: skip
        schemas = made["components"]["schemas"]
        schemas["ProblemDocument"] = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schemas["ProblemDocument"].pop("$defs")
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for operation in (each for ways in made["paths"].values() for each in ways.values()):
            for status in operation["responses"].keys() & OF_COURSE.keys():
                if operation["responses"][status]["description"] == "Successful Response":
                    operation["responses"][status]["description"] = OF_COURSE[status]
        made["components"]["schemas"] = dict(sorted(schemas.items()))
        api.openapi_schema = made
    return api.openapi_schema


api.openapi = described  # type: ignore[method-assign]  # FastAPI's own way


async def openapi(_: Request) -> Response:
    """The description for programs; it holds nobody's data, so no token is asked for."""
    return reference.as_json(described())


async def docs(_: Request) -> Response:
    """The description for people."""
    return reference.as_page(described())


api.add_route("/openapi.json", openapi, methods=["GET"], include_in_schema=False)
api.add_route("/docs", docs, methods=["GET"], include_in_schema=False)
