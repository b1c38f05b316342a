"""Serves the bundle of canvas and grid below an address with its hash, so that browsers keep it for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

BUNDLE = Path(__file__).resolve().parent / "bundle"
_TYPES = {
    "canvas.js": "text/javascript", "canvas.css": "text/css", "grid.js": "text/javascript", "grid.css": "text/css"
}  # fmt: skip
_FOREVER = {"cache-control": "public, max-age=31536000, immutable"}

# Streamlit runs this from a blob, which has no address of its own to import relative to.
LOADER = """
export default function (component) {
  const from = (path) => new URL(path, location.origin).href;
  const { script, style } = component.data;
  if (!document.querySelector(`link[href="${from(style)}"]`)) {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = from(style);
    document.head.append(link);
  }
  let over = false, end = () => {};
  import(from(script)).then((bundle) => { if (!over) end = bundle.draw(component); });
  return () => { over = true; end(); };
}
"""
"""What a component of the bundle runs: it fetches `data.script` and `data.style`, and lets the script draw."""


def address(name: str) -> str:
    """Where a browser finds a file of this version."""
    return f"/designer-canvas/{_version()}/{name}"


async def asset(request: Request) -> Response:
    """A file of the bundle. An address of another version finds nothing: a mixture of two would be kept for good."""
    name = request.path_params["name"]
    if request.path_params["version"] != _version() or name not in _TYPES:
        return PlainTextResponse("There is no such file. Reload the page.", status_code=404)
    return Response(_content(name), media_type=_TYPES[name], headers=_FOREVER)


@cache
def _content(name: str) -> bytes:
    return (BUNDLE / name).read_bytes()


@cache
def _version() -> str:
    whole = hashlib.sha256()
    for name in sorted(_TYPES):
        whole.update(_content(name))
    return whole.hexdigest()[:16]


# Open to everybody, as the fonts are: it holds code that anybody can read, and nothing of an installation.
routes = [Route("/designer-canvas/{version}/{name}", asset, methods=["GET"])]
