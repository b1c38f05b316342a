"""The canvas without a browser: its bundle is the one of its sources, messages are read strictly, each counts once."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboard.designer import assets, changes
from dashboard.designer.canvas import (
    Added,
    Box,
    Connected,
    Drawing,
    Line,
    Live,
    Moved,
    Reconnected,
    Redo,
    Removed,
    Selected,
    Undo,
    Way,
)
from dashboard.guard import Guard

FRONTEND = assets.BUNDLE.parent / "frontend"
FREE = (" (MIT)", " (ISC)", " (BSD-3-Clause)")
WAY = {"source": "review", "outcome": "approve", "target": "end"}


def hash_of_sources() -> str:
    """As frontend/build.mjs counts it."""
    names = [f"src/{path.name}" for path in (FRONTEND / "src").iterdir()]
    whole = hashlib.sha256()
    for name in sorted([*names, "build.mjs", "package.json", "package-lock.json", "tsconfig.json"]):
        whole.update(f"{name}\0".encode() + (FRONTEND / name).read_bytes() + b"\0")
    return whole.hexdigest()


@pytest.mark.parametrize("name", ["canvas.js", "canvas.css"])
def test_the_bundle_is_the_one_of_its_sources(name: str) -> None:
    first_line = (assets.BUNDLE / name).read_text(encoding="utf-8").split("\n", 1)[0]
    assert f"Sources: {hash_of_sources()}" in first_line, "run: make designer"


def test_everything_bundled_brings_its_licence() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    wanted = {
        f"{path.removeprefix('node_modules/')} {package['version']}"
        for path, package in lock["packages"].items()
        if path and not package.get("dev") and not path.startswith(("node_modules/@types/", "node_modules/csstype"))
    }  # the two are declarations for the compiler
    licences = (assets.BUNDLE / "LICENSES.txt").read_text(encoding="utf-8")
    named = {line.rpartition(" (")[0] for line in licences.splitlines() if line.endswith(FREE)}
    assert {"@xyflow/react 12.12.1", "@dagrejs/dagre 3.1.3", "gridstack 14.1.0", "react 19.3.1"} <= named
    assert wanted - named == set(), "not in LICENSES.txt"
    assert len(wanted) == 20


def test_no_lock_names_a_registry() -> None:
    assert "resolved" not in (FRONTEND / "package-lock.json").read_text(encoding="utf-8")


@pytest.fixture
def client(home: Path) -> TestClient:
    return TestClient(Starlette(routes=assets.routes, middleware=[Middleware(Guard)]))


def test_the_bundle_is_kept_for_good_below_an_address_of_its_version(client: TestClient) -> None:
    script = client.get(assets.address("canvas.js"))
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.content == (assets.BUNDLE / "canvas.js").read_bytes()
    assert client.get(assets.address("canvas.css")).headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "address", ["/designer-canvas/0/canvas.js", assets.address("LICENSES.txt"), assets.address("x")]
)
def test_another_version_and_other_files_are_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "raw, change",
    [
        ({"type": "moved", "positions": {"a": [16, -32.5]}}, Moved({"a": (16.0, -32.5)})),
        ({"type": "connected", **WAY}, Connected("review", "approve", "end")),
        (
            {"type": "reconnected", "before": WAY, "after": {**WAY, "target": "b"}},
            Reconnected(Way("review", "approve", "end"), Way("review", "approve", "b")),
        ),
        ({"type": "removed", "boxes": ["a"], "lines": [WAY]}, Removed(("a",), (Way("review", "approve", "end"),))),
        ({"type": "added", "kind": "form", "x": 0, "y": 1, "after": None}, Added("form", 0, 1)),
        ({"type": "added", "kind": "form", "x": 0, "y": 1, "after": ["a", ""]}, Added("form", 0, 1, ("a", ""))),
        ({"type": "selected", "box": None, "line": WAY}, Selected(line=Way("review", "approve", "end"))),
        ({"type": "undo"}, Undo()),
        ({"type": "redo"}, Redo()),
    ],
)
def test_a_message_becomes_a_change(raw: dict[str, object], change: object) -> None:
    assert changes.read({"number": 7, **raw}) == (7, change)


@pytest.mark.parametrize(
    "raw",
    [
        None, "undo", {"type": "undo"}, {"number": "1", "type": "undo"}, {"number": True, "type": "undo"},
        {"number": 1, "type": "dropped"}, {"number": 1, "type": ["undo"]}, {"number": 1, "type": "undo", "more": 1},
        {"number": 1, "type": "moved", "positions": {"a": [math.nan, 0]}},
        {"number": 1, "type": "moved", "positions": {"a": [math.inf, 0]}},
        {"number": 1, "type": "moved", "positions": {"a": [1e9, 0]}},
        {"number": 1, "type": "moved", "positions": {"a": [0]}},
        {"number": 1, "type": "moved", "positions": {str(n): [0, 0] for n in range(changes.MOST + 1)}},
        {"number": 1, "type": "connected", "source": "a", "outcome": "x" * 201, "target": "b"},
        {"number": 1, "type": "connected", "source": "a", "outcome": None, "target": "b"},
        {"number": 1, "type": "added", "kind": "form", "x": 0, "y": 0, "after": ["a"]},
        {"number": 1, "type": "removed", "boxes": [1], "lines": []},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_no_change(raw: object) -> None:
    assert changes.read(raw) is None


def test_a_selected_line_has_the_id_that_the_canvas_takes() -> None:
    line = Line("review", "approve", "end")
    assert Selected(line=line.way).id == line.way.id == "review[approve]>end"
    assert (Selected("review").id, Selected().id) == ("review", None)


def test_a_drawing_goes_out_as_plain_values() -> None:
    box = Box("a", "form", "A", ("one",), 1, 2, (("", ""),), ("bad",), (), Live(3, "1 d"), True)
    data = Drawing((box,), (Line("a", "", "b"),)).as_data()
    assert json.loads(json.dumps(data)) == {
        "boxes": [
            {
                "id": "a", "kind": "form", "title": "A", "lines": ["one"], "x": 1, "y": 2, "outcomes": [["", ""]],
                "problems": ["bad"], "warnings": [], "start": True,
                "live": {"cases": 3, "median": "1 d", "p90": "", "rejected": "", "bottleneck": False},
            }
        ],
        "lines": [{"source": "a", "outcome": "", "target": "b", "label": "", "tone": ""}],
    }  # fmt: skip


SCRIPT = """
import types
import streamlit as st
from dashboard.designer import canvas as part

waits = st.session_state.pop("sent", None)
if waits is not None:
    st.session_state["c"] = types.SimpleNamespace(change=waits)
    part._noted("c")
    del st.session_state["c"]
early = part.taken("c") if st.session_state.get("early") else None
late = part.canvas(part.Drawing(()), selected=None, key="c", revision=1, palette=(("form", "Form", ":material/x:"),),
                   editable=st.session_state.get("editable", True))
st.session_state.found = [early, late]
"""


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_string(SCRIPT, default_timeout=60)


def found(page: AppTest, sent: object = None, **state: object) -> list[object]:
    """What a run hands out before and after drawing."""
    for name, value in state.items():
        page.session_state[name] = value
    if sent is not None:
        page.session_state["sent"] = sent
    page.run()
    assert not page.exception
    return list(page.session_state["found"])


def test_each_change_is_handed_out_once_before_or_after_drawing(page: AppTest) -> None:
    assert found(page) == [None, None]
    assert found(page, {"number": 1, "type": "undo"}) == [None, Undo()]
    assert found(page, {"number": 1, "type": "undo"}) == [None, None]
    assert found(page, {"number": 2, "type": "redo"}, early=True) == [Redo(), None]
    assert found(page) == [None, None]


def test_a_canvas_to_look_at_tells_only_what_is_selected(page: AppTest) -> None:
    assert found(page, {"number": 1, "type": "undo"}, editable=False) == [None, Undo()]  # sent before it was drawn so
    assert found(page, {"number": 2, "type": "undo"}) == [None, None]
    assert found(page, {"number": 3, "type": "selected", "box": "a", "line": None}) == [None, Selected("a")]


def test_the_sources_name_no_other_place() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (FRONTEND / "src").iterdir()]
    assert [text for text in texts if "http" in text] == []
