"""The review queue by key and by thumb: what only a real browser shows."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support import browsing
from tests.support.installation import Installation

pytestmark = pytest.mark.browser
TITLE, ANSWER = ".k.head.case h2", ".st-key-queue .k.answer"


@pytest.fixture
def queue_page(demo_installation: Installation, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the queue of a reviewer at a case that can be decided."""

    def opened(**size: int) -> Page:
        account = next(a for a in demo_installation.accounts().values() if a["role"] == "Business reviewer")
        page = open_page(demo_installation.address, **size)
        browsing.sign_in(page, account["email"], account["password"])
        browsing.open_address(page, "queue")
        page.locator(".rows button", has_not_text="Clock stopped").first.click()
        expect(page.get_by_role("button", name="Approve")).to_be_visible()
        return page

    return opened


def waiting(page: Page) -> int:
    """How many reviews wait, as the page says it."""
    said = re.match(r"([\d,]+) review", page.locator(ANSWER).inner_text())
    assert said
    return int(said.group(1).replace(",", ""))


def test_keys_decide_once_and_never_behind_a_dialog(queue_page: Callable[..., Page]) -> None:
    page = queue_page()
    before, title = waiting(page), page.locator(TITLE).inner_text()
    page.keyboard.press("x")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("a")
    dialog.get_by_role("button", name="Reject").click()
    expect(dialog.get_by_text("Choose a reason from the list.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    browsing.wait_until_drawn(page)
    assert (waiting(page), page.locator(TITLE).inner_text()) == (before, title)

    # Keys are off while a dialog is open; they are on again when the buttons are drawn with their letters.
    expect(page.get_by_role("button", name="Approve").locator('[data-has-shortcut="true"]')).to_be_visible()
    for _ in range(30):  # a key that is held: the browser repeats it
        page.keyboard.down("a")
        page.wait_for_timeout(40)
    page.keyboard.up("a")
    expect(page.locator(TITLE)).not_to_have_text(title)
    browsing.wait_until_drawn(page)
    assert waiting(page) == before - 1


def test_on_a_phone_there_is_the_list_or_the_case(queue_page: Callable[..., Page]) -> None:
    page = queue_page(width=390, height=844)
    expect(page.locator(TITLE)).to_be_visible()
    expect(page.locator(ANSWER)).to_be_hidden()
    assert not browsing.scrolls_sideways(page)
    page.get_by_role("button", name="Back to the queue").click()
    expect(page.locator(ANSWER)).to_be_visible()
    expect(page.locator(TITLE)).to_be_hidden()
    expect(page.get_by_role("button", name="Approve")).to_be_hidden()
    assert not browsing.scrolls_sideways(page)
