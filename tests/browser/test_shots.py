"""Every page of the demo, as people see it: wide and narrow, light and dark. The pictures are kept in build/shots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from dashboard.navigation import ENTRIES
from models.core.actor import Actor
from models.identity.roles import role_book
from tests.browser.conftest import SHOTS
from tests.support import browsing
from tests.support.installation import Installation

pytestmark = pytest.mark.browser

# Who opens which pages: the vendor's administrator opens all but the partner's own.
PEOPLE = {"vendor": "Administrator", "partner": "Partner admin"}
ROLES = {"vendor": "administrator", "partner": "partner_admin"}
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
NEEDS_A_SUBJECT = {"partner", "customer"}
"""Detail pages, reached from their list with the key of one row."""


def pages_of(side: str) -> list[str]:
    """The addresses that a side's administrator opens by themselves; the first page has none."""
    book = role_book()
    actor = Actor(None, "", permissions=book.of(ROLES[side]), partner_id=None if side == "vendor" else uuid4())
    opened = [entry for entry in ENTRIES if entry.opens_for(actor) and entry.address not in NEEDS_A_SUBJECT]
    return ["", *(entry.address for entry in opened[1:])]


# Either side, each size and each theme once over pages of every kind; all pages and combinations in the deep tier.
OFTEN = [("vendor", "light", "wide"), ("partner", "dark", "narrow")]
EVERY_KIND = {
    "", "queue", "cases", "benefits", "expenditures", "customer-statistics", "dashboard", "explore", "customers",
    "workflows", "members", "account",
}  # fmt: skip
"""Work, list, form's home, statistics of both makes, grid, fields, design, people."""
SELDOM = [("vendor", "dark", "narrow"), ("vendor", "light", "narrow"), ("vendor", "dark", "wide"),
          ("partner", "light", "wide"), ("partner", "light", "narrow"), ("partner", "dark", "wide")]  # fmt: skip
LOOKS = [
    pytest.param((side, colours), size, often, id=f"{side}-{colours}-{size}{'-often' * often}", marks=marks)
    for looks, often, marks in ((OFTEN, True, ()), (OFTEN + SELDOM, False, (pytest.mark.deep,)))
    for side, colours, size in looks
]


@pytest.fixture(scope="module")
def somebody(
    request: pytest.FixtureRequest, browser: object, demo_installation: Installation
) -> Iterator[tuple[str, str, Page]]:
    """Somebody signed in with the colours they prefer."""
    side, colours = request.param
    account = next(a for a in demo_installation.accounts().values() if a["role"] == PEOPLE[side])
    context = browser.new_context(  # type: ignore[attr-defined]
        base_url=demo_installation.address, color_scheme=colours, locale="en-GB", timezone_id="Europe/Berlin",
        viewport={"width": 1280, "height": 900},
    )  # fmt: skip
    page = context.new_page()
    browsing.sign_in(page, account["email"], account["password"])
    yield side, colours, page
    context.close()


@pytest.mark.parametrize(("somebody", "size", "often"), LOOKS, indirect=["somebody"])
def test_every_page_is_whole(somebody: tuple[str, str, Page], size: str, often: bool):
    """No red box, nothing beyond the right edge, the title and the answer without scrolling."""
    side, colours, page = somebody
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    wrong: list[str] = []
    for address in [each for each in pages_of(side) if not often or each in EVERY_KIND]:
        browsing.open_address(page, address)
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{side}-{address or 'home'}-{size}-{colours}.png")
        wrong += [f"{address or 'home'}: {fault}" for fault in faults(page, height)]
    assert not wrong, "\n".join(wrong)


def faults(page: Page, height: int) -> list[str]:
    """What is wrong with the page that is open."""
    found = [f"error box: {text}" for text in browsing.error_boxes(page)]
    if browsing.scrolls_sideways(page):
        found.append("scrolls sideways")
    for what, selector, needed in (("title", "h1", True), ("answer", ".k.answer", False)):
        bottom = browsing.bottom_of(page, selector)
        if (bottom is None and needed) or (bottom is not None and bottom > height):
            found.append(f"{what} not in sight (ends at {bottom})")
    return found


def test_the_sign_in_page_is_whole(demo_installation: Installation, open_page: Callable[..., Page]):
    for size, (width, height) in SIZES.items():
        for dark in (False, True):
            page = open_page(demo_installation.address, width=width, height=height, dark=dark)
            page.goto("/")
            page.get_by_role("button", name="Sign in").wait_for()
            page.wait_for_load_state("networkidle")
            SHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SHOTS / f"sign-in-{size}-{'dark' if dark else 'light'}.png")
            assert faults(page, height) == []
