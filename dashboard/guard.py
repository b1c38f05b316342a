"""Stands before all of HTTP: safe headers, no posts from other sites, no endless bodies, no files without a session."""

from __future__ import annotations

from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import session
from dashboard.api.problems import document
from models.core.errors import Problem
from models.core.settings import settings

# Streamlit draws its pages with inline styles, and components of ours arrive as blobs.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
    "object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
}
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_WITH_SESSION = ("/media/", "/_stcore/upload_file", "/_stcore/metrics")
_API = "/api/"
_WITH_FILES = ("/uploads/", "/_stcore/upload_file")
FORM = 64 * 1024
"""Most bytes of a body beside its files: the fields of a form, names and boundaries of parts."""
_HTTPS_ONLY = {"strict-transport-security": "max-age=31536000"}


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it with 403."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        changing = scope["type"] == "websocket" or scope["method"] in _CHANGING
        if changing and not (same_site(headers) or _from_a_program(scope["path"], headers)):
            await _refuse(scope, receive, send, "This request came from another site and was not carried out.")
            return
        if scope["path"].startswith(_WITH_SESSION) and not await _has_session(scope):
            await _refuse(scope, receive, send, "Sign in to open this file.")
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        await self._app(scope, _limited(receive, most_bytes(scope["path"])), _with_headers(send))


def same_site(headers: Headers) -> bool:
    """Whether the browser says that the request came from our own pages; silence counts as no."""
    if origin := headers.get("origin"):
        return urlsplit(origin).netloc == headers.get("host")
    return headers.get("sec-fetch-site", "") in ("same-origin", "none")


def _from_a_program(path: str, headers: Headers) -> bool:
    """Whether a request to the API comes from no page at all: its token says whose it is, no cookie does."""
    return path.startswith(_API) and "origin" not in headers and headers.get("sec-fetch-site", "none") == "none"


def most_bytes(path: str) -> int:
    """How large the body of a request to this address may be, whatever length it claims."""
    return FORM + (settings().upload_mib * 1024 * 1024 if path.startswith(_WITH_FILES) else 0)


def headers_now() -> dict[str, str]:
    """The headers of every answer of this installation."""
    return HEADERS | (_HTTPS_ONLY if settings().over_https else {})


def _limited(receive: Receive, most: int) -> Receive:
    """The body as it comes in, until it is too large; the application then answers 413."""
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413, "This request is too large and was not carried out.")
        return message

    return receiving


async def _has_session(scope: Scope) -> bool:
    person = await to_thread.run_sync(session.person_of, HTTPConnection(scope).cookies)
    return person is not None


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    answer: Response = PlainTextResponse(why, status_code=403, headers=headers_now())
    if scope["path"].startswith(_API):
        answer = document(403, [Problem("OTHER-SITE", why)], headers_now())
    await answer(scope, receive, send)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in headers_now().items():
                headers.setdefault(name, value)
        await send(message)

    return sending
