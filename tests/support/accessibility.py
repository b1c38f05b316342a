"""What keeps people who cannot see a page, or use no mouse, from using it: found by axe-core in a real browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
STOPS = ("serious", "critical")
_RUN = "standards => axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values: standards}})"


def findings(page: Page) -> list[str]:
    """What axe finds serious or critical on the page that is open, each with its rule, element and remedy."""
    page.evaluate(Axe().axe_script)
    violations = page.evaluate(_RUN, list(STANDARDS))["violations"]
    return [
        f"{found['id']}: {_short(element['html'], 160)} ({_short(element['failureSummary'], 240)})"
        for found in violations
        if found["impact"] in STOPS
        for element in found["nodes"]
    ]


def _short(words: str, most: int) -> str:
    return " ".join(words.split())[:most]
