"""Serves the page with the canvas alone: no installation, no database, up in two seconds."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import streamlit as st
from starlette.middleware import Middleware

from dashboard.designer import assets
from dashboard.guard import Guard
from tests.support import ROOT
from tests.support.installation import free_ports
from tests.support.waiting import until

# Behind the guard, as in the application: its policy decides which scripts and styles a browser loads.
app = st.App(
    Path(__file__).with_name("canvas_script.py"), routes=assets.routes, middleware=[Middleware(Guard)]
)  # fmt: skip


@contextmanager
def serving(log: Path) -> Iterator[str]:
    """The address of the page, while its process runs."""
    (port,) = free_ports(1)
    server = [sys.executable, "-m", "uvicorn", "tests.support.canvas_server:app", "--log-level", "warning"]
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*server, "--host", "127.0.0.1", "--port", str(port)], cwd=ROOT, stdout=said, stderr=said
        )
    try:
        until(lambda: process.poll() is not None or _answers(port), what="the page with the canvas")
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
