"""How a person uses Kontor in a browser: signs in, opens a page, waits until it is drawn."""

from __future__ import annotations

from playwright.sync_api import Page, expect

DRAWN = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
ERROR_BOXES = '[data-testid="stException"], [data-testid="stAlertContentError"], .k .msg.bad'


_WHOLE = f"""() => {{
    const seen = (selector) => [...document.querySelectorAll(selector)].filter((part) => part.offsetParent !== null);
    return document.querySelector('{DRAWN}')
        && document.querySelector('[data-testid="stMain"] h1')
        && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')
        && seen('[data-testid="stPlotlyChart"]').every((chart) => chart.querySelector('.main-svg'))
        && seen('[data-testid="stDataFrame"]').every((grid) => grid.querySelector('canvas'))
        && [...document.images].every((image) => image.complete)
        && document.fonts.status === 'loaded';
}}"""


def wait_until_drawn(page: Page) -> None:
    """Until the script has run and nothing is marked as old any more."""
    page.wait_for_selector(DRAWN)
    page.wait_for_function('() => !document.querySelector(\'[data-stale="true"], [data-testid="stSkeleton"]\')')
    page.wait_for_load_state("networkidle")


def open_address(page: Page, address: str) -> None:
    """Open an address of Kontor, such as `expenditures?view=trend`, and wait until everything of it is there.

    A fresh document has no title before its script ran, so this needs no quiet half second as a press of a button does.
    """
    page.goto(f"/{address}")
    page.wait_for_function(_WHOLE)


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in on the sign-in page."""
    page.goto("/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_attached(timeout=30_000)
    wait_until_drawn(page)


def first_administrator(page: Page, *, code: str, name: str, email: str, password: str) -> None:
    """Fill in the form of an empty installation."""
    page.goto("/setup")
    page.get_by_label("Setup code").fill(code)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("Password again").fill(password)
    page.get_by_role("button", name="Create administrator").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_attached(timeout=30_000)
    wait_until_drawn(page)


def error_boxes(page: Page) -> list[str]:
    """What the page shows in red, as text."""
    return page.locator(ERROR_BOXES).all_inner_texts()


def scrolls_sideways(page: Page) -> bool:
    """Whether the page (not a table inside it) is wider than the window."""
    return bool(
        page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll('[data-testid="stMain"]')]
                .some(part => part.scrollWidth > part.clientWidth + 1)"""
        )
    )


def bottom_of(page: Page, selector: str) -> float | None:
    """Where the first such element ends, in pixels from the top of the window; None when there is none."""
    found = page.locator(selector).first
    if not found.count():
        return None
    box = found.bounding_box()
    return box["y"] + box["height"] if box else None
