"""Dragging a node of a workflow with 100 nodes until it is saved in the draft and drawn again, in Chromium, against a
plain button's round trip in the same browser and the same run. Aim: at most three times the button.

`value` is the canvas over a draft in the record store. The designer's whole page (problems, differences, running
numbers, properties) is told beside it: it is what somebody waits for who wants to see what is wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.harness import say, temporary_home

if TYPE_CHECKING:
    import streamlit as st
    from playwright.sync_api import Page

NODES = 100
ROUNDS = 12
DRAG = 80
"""Pixels, there and back."""
WATCH = """() => {
  addEventListener('pointerup', () => { window.began = performance.now(); }, { capture: true, once: true });
  const saved = () => document.querySelector('#saved')?.textContent;
  const before = saved();
  window.done = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('nothing was saved within 30 s')), 30_000);
    new MutationObserver((_, observer) => {
      if (saved() === undefined || saved() === before) return;
      observer.disconnect();
      resolve(performance.now() - window.began);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}"""


def main() -> dict[str, Any]:
    """Make the drafts, serve the three pages, use them in turn."""
    with temporary_home() as home:
        _make_drafts(home)
        with _serving() as (address, process):
            times = _measured(address)
            peak = _peak_mib(process)
    ours, floor, page = (round(median(times[what]) / 1000, 4) for what in ("canvas", "button", "page"))
    say(f"canvas: the whole page of the designer {page} s, {page / floor:.2f} times the button")
    return {
        "name": "canvas", "value": ours, "unit": "s", "floor": floor, "ratio": round(ours / floor, 3),
        "peak_mib": peak, "page": page,
    }  # fmt: skip


def served() -> st.App:
    """The application that the step's server runs."""
    import streamlit as st

    import models.tables  # noqa: F401 - a table may refer to any other area's
    from dashboard.designer import assets

    return st.App(Path(__file__).with_name("canvas_page.py"), routes=assets.routes)


def _make_drafts(home: Path) -> None:
    import models.tables  # noqa: F401
    from models.core.actor import SYSTEM, acting_as
    from models.core.migrate import migrate
    from models.core.settings import settings
    from models.core.unit_of_work import unit_of_work
    from models.design import drafting
    from models.design.editing import edited, flow
    from models.design.edits import AddNode
    from models.design.templates import template

    migrate(settings().record_store)
    content = template("funding")
    first = flow(content)["start"]
    while (count := len(flow(content)["nodes"])) < NODES:
        content, _ = edited(content, AddNode("action", None, (first, "submit"), f"Step {count}"))
    with acting_as(SYSTEM), unit_of_work() as uow:
        for what in ("canvas", "page"):  # one each: they would move each other's nodes
            draft_id = drafting.begin_with(uow, content, "Begun for a benchmark")
            (home / what).write_text(str(draft_id), encoding="utf-8")


@contextmanager
def _serving() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    from tests.support.installation import free_ports

    (port,) = free_ports(1)
    server = [sys.executable, "-m", "uvicorn", "--factory", "benchmarks.canvas:served", "--log-level", "warning"]
    process = subprocess.Popen(
        [*server, "--host", "127.0.0.1", "--port", str(port)], cwd=Path(__file__).parents[1], env=dict(os.environ)
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(timeout=20)


def _measured(address: str) -> dict[str, list[float]]:
    """Milliseconds of every round trip, by what was used."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import QUIET
    from tests.support import chromium
    from tests.support.waiting import until

    home = Path(os.environ["KONTOR_HOME"])
    times: dict[str, list[float]] = {"button": [], "canvas": [], "page": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(QUIET))
        until(lambda: _answers(address), within=60, what="the server")
        pages = {what: browser.new_page(viewport={"width": 1440, "height": 900}) for what in times}
        for what, page in pages.items():
            draft = "" if what == "button" else (home / what).read_text(encoding="utf-8")
            page.goto(f"{address}/?what={what}&draft={draft}")
            page.wait_for_selector("#saved", state="attached", timeout=60_000)
        for number in range(-2, ROUNDS):  # the first two warm up
            for what, page in pages.items():
                page.bring_to_front()
                taken = _click(page) if what == "button" else _drag(page, -DRAG if number % 2 else DRAG)
                if number >= 0:
                    times[what].append(taken)
        browser.close()
    for what, found in times.items():
        say(f"{what}: {json.dumps([round(each) for each in found])} ms")
    return times


def _click(page: Page) -> float:
    page.evaluate(WATCH)
    page.get_by_role("button", name="Save").click()
    return float(page.evaluate("() => window.done"))


def _drag(page: Page, by: int) -> float:
    box = page.locator(".react-flow__node-box", has_text=f"Step {NODES - 1}")  # put in last, it follows the form
    if "selected" not in (box.get_attribute("class") or ""):
        box.click()  # what is chosen is told first, and is not what is measured
        page.wait_for_url("**node=**")
        page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    place = box.bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + by / 2, steps=2)
    page.mouse.move(x, y + by, steps=5)
    page.evaluate(WATCH)
    page.mouse.up()
    return float(page.evaluate("() => window.done"))


def _answers(address: str) -> bool:
    import urllib.request

    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _peak_mib(process: subprocess.Popen[bytes]) -> float:
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:"))
    return round(int(line.split()[1]) / 1024, 1)
