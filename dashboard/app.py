"""All of HTTP in one ASGI application: `uvicorn dashboard.app:app`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from dashboard import downloads, sign_in, uploads
from dashboard.api.app import ADDRESS, api
from dashboard.designer import assets
from dashboard.guard import Guard
from models.core.database import ask
from models.core.migrate import migrate
from models.core.settled import settle
from models.expenditures import service as expenditures

log = logging.getLogger("kontor.web")
HERE = Path(__file__).resolve().parent


async def health(request: Request) -> Response:
    """Whether this process can serve: 200 with the record store answering, 503 without."""
    try:
        await to_thread.run_sync(ask)
    except Exception:
        log.exception("health.failed")
        return JSONResponse({"status": "unavailable", "database": False}, status_code=503)
    return JSONResponse({"status": "ok", "database": True})


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Before the first request: the schema of this version, and imports that a killed process left half-way."""
    await to_thread.run_sync(migrate)
    await to_thread.run_sync(expenditures.recover)
    settle()
    yield None


routes = [
    *sign_in.routes,
    *downloads.routes,
    *uploads.routes,
    *assets.routes,
    Mount(ADDRESS, app=api),
    Route("/health", health, methods=["GET"]),
]
app = st.App(
    HERE / "main.py",
    lifespan=lifespan,
    routes=routes,
    middleware=[Middleware(Guard)],
)
