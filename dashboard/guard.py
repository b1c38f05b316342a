"""Stands before all of HTTP: headers that keep browsers safe, no posts from other sites, no files without a session."""

from __future__ import annotations

from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import session

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
_WITH_SESSION = ("/media/", "/_stcore/upload_file")


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
        if changing and not same_site(headers):
            await _refuse(scope, receive, send, "This request came from another site and was not carried out.")
            return
        if scope["path"].startswith(_WITH_SESSION) and not await _has_session(scope):
            await _refuse(scope, receive, send, "Sign in to open this file.")
            return
        await self._app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)


def same_site(headers: Headers) -> bool:
    """Whether the browser says that the request came from our own pages; silence counts as no."""
    if origin := headers.get("origin"):
        return urlsplit(origin).netloc == headers.get("host")
    return headers.get("sec-fetch-site", "") in ("same-origin", "none")


async def _has_session(scope: Scope) -> bool:
    person = await to_thread.run_sync(session.person_of, HTTPConnection(scope).cookies)
    return person is not None


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    await PlainTextResponse(why, status_code=403, headers=HEADERS)(scope, receive, send)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
