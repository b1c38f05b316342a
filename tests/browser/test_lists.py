"""A manager adds a column to the partners' list, saves a view and shares it; an analyst's list opens with both."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support import browsing
from tests.support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.deep]  # two people, one after the other


def signed_in(installation: Installation, page: Page, role: str) -> Page:
    account = next(a for a in installation.accounts().values() if a["role"] == role)
    browsing.sign_in(page, account["email"], account["password"])
    return page


def table(page: Page) -> str:
    """What the grid is said to hold."""
    return page.locator("[data-testid=stDataFrame]").first.evaluate(
        "grid => grid.closest('[aria-label]')?.ariaLabel || grid.querySelector('[aria-label]')?.ariaLabel || ''"
    )


def test_a_column_and_a_view_are_added_to_a_list_and_shared(
    demo_installation: Installation, open_page: Callable[..., Page]
) -> None:
    manager = signed_in(demo_installation, open_page(demo_installation.address), "Ecosystem manager")
    browsing.open_address(manager, "design-lists?list=partners")
    manager.locator(".st-key-col_line_region label").first.click()
    expect(manager.get_by_text("1 change not published yet.")).to_be_visible()
    manager.context.clear_cookies()  # the browser is closed and opened again: the draft is there
    manager = signed_in(demo_installation, open_page(demo_installation.address), "Ecosystem manager")
    browsing.open_address(manager, "design-lists?list=partners")
    expect(manager.get_by_text("1 change not published yet.")).to_be_visible()
    manager.get_by_role("button", name="Publish").click()
    dialog = manager.get_by_role("dialog")
    expect(dialog.get_by_text("Region is shown.")).to_be_visible()
    dialog.get_by_role("textbox", name="Why").fill("Regions matter")
    dialog.get_by_role("button", name="Publish").click()
    expect(manager.get_by_text("Partners: the change is in force.")).to_be_visible()

    browsing.open_address(manager, "partners?tier=basic&order=-joined")
    manager.get_by_test_id("stPopoverButton").filter(has_text="Views").click()
    manager.get_by_label("Save what you see as a view").fill("Basic tier")
    manager.get_by_role("button", name="Save view").click()
    expect(manager.get_by_text("The view Basic tier is saved.")).to_be_visible()
    browsing.wait_until_drawn(manager)
    manager.get_by_test_id("stPopoverButton").filter(has_text="Basic tier").click()
    manager.get_by_role("button", name="Rename, share or delete").click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Share with").click()
    manager.get_by_role("option", name="Analyst").click()
    manager.keyboard.press("Tab")
    dialog.get_by_text("Their list opens with it").click()
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(manager.get_by_text("The view Basic tier is shared with Analyst.")).to_be_visible(timeout=20_000)

    analyst = signed_in(demo_installation, open_page(demo_installation.address), "Analyst")
    browsing.open_address(analyst, "partners")
    expect(analyst.get_by_role("button", name="Tier: Basic")).to_be_visible()
    expect(analyst.get_by_test_id("stPopoverButton").filter(has_text="Basic tier")).to_be_visible()
    expect(analyst.get_by_text(re.compile(r"\d+ partners:"))).to_be_visible()
    assert "Region" in table(analyst)
    analyst.get_by_role("button", name="Tier: Basic").click()
    expect(analyst.get_by_role("button", name="Tier: Basic")).to_have_count(0)
    assert "order=-joined" in analyst.url


def test_clean_reviews_are_approved_together_after_a_look(
    demo_installation: Installation, open_page: Callable[..., Page]
) -> None:
    reviewer = signed_in(demo_installation, open_page(demo_installation.address), "Business reviewer")
    browsing.open_address(reviewer, "queue-list")
    before = int(re.findall(r"(\d+) reviews? waits? for you", reviewer.inner_text("body"))[0])
    reviewer.get_by_role("button", name="Select").click()
    expect(reviewer.get_by_text("Tick reviews in the list first.")).to_be_visible()
    browsing.wait_until_drawn(reviewer)
    grid = reviewer.locator("[data-testid=stDataFrame]").first.bounding_box()
    assert grid
    reviewer.mouse.click(grid["x"] + 18, grid["y"] + 16)  # the box above all boxes
    reviewer.get_by_role("button", name=f"Approve {before} reviews").click()
    dialog = reviewer.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile(r"USD [\d,.]+ in all\."))).to_be_visible(timeout=30_000)
    button = dialog.get_by_role("button", name=re.compile(r"^Approve \d+ reviews?, USD "))
    number = int(re.findall(r"Approve (\d+)", button.inner_text())[0])
    assert 0 < number <= before
    button.click()
    expect(reviewer.get_by_text(re.compile(rf"^{number} reviews? approved\.$"))).to_be_visible(timeout=30_000)
    browsing.wait_until_drawn(reviewer)
    left = re.findall(r"(\d+) reviews? waits? for you", reviewer.inner_text("body"))
    assert int(left[0] if left else 0) == before - number
    expect(reviewer.get_by_role("button", name="Approve", exact=True)).to_be_disabled()  # nothing stays ticked
