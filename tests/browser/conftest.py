"""Real browsers against real processes: an empty installation and one with the demo, each started once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.support import ROOT, chromium, prefect_template
from tests.support.installation import Installation, installation

SHOTS = ROOT / "build" / "shots"
QUIET = (
    "--no-sandbox", "--headless=new", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


# What a page does is awaited, however busy the machine; a test that fails waits no longer than for a page.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests; closed after them, since Playwright holds the thread's event loop."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium.find(), args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Kontor as it is after `make run DEMO=0` on a fresh machine."""
    with installation(tmp_path_factory.mktemp("empty")) as made:
        prefect_template.begin(made.home / "prefect")
        made.start("--no-demo")
        yield made
        keep_log(made, "empty")


@pytest.fixture(scope="package")
def demo_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Kontor as it is after the first `make run`."""
    with installation(tmp_path_factory.mktemp("demo")) as made:
        prefect_template.begin(made.home / "prefect")
        made.start(within=240)
        yield made
        keep_log(made, "demo")


def keep_log(made: Installation, name: str) -> None:
    """What the processes said, beside the pictures."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    (SHOTS / f"{name}.log").write_text(made.log, encoding="utf-8")


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens a page of its own session; of a test that fails, the last picture is kept in build/shots."""
    contexts: list[BrowserContext] = []

    def open_page(base: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
            locale="en-GB",
            timezone_id="Europe/Berlin",
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for number, context in enumerate(contexts):
        for page in context.pages:
            if getattr(request.node, "failed", False):
                SHOTS.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=SHOTS / f"failed-{request.node.name}-{number}.png")
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let fixtures know that their test failed."""
    report = yield
    if report.failed:  # type: ignore[attr-defined]
        item.failed = True  # type: ignore[attr-defined]
    return report
