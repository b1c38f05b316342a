"""A manager drags a dashboard together and shares it; an analyst finds it on the home page, in the own scope."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support import browsing
from tests.support.installation import Installation
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.deep]  # two people, one after the other


SLOW = 30_000
"""Milliseconds that a page may take to be drawn on a busy machine."""


def signed_in(installation: Installation, page: Page, role: str) -> Page:
    account = next(a for a in installation.accounts().values() if a["role"] == role)
    browsing.sign_in(page, account["email"], account["password"])
    return page


def drag(page: Page, kind: str, across: float, down: float) -> None:
    """Drag a kind of tile from the palette to a place of the grid (share of its width, pixels from its top)."""
    chip = page.locator(f".kg-kind[data-kind={kind}]").bounding_box()
    ground = page.locator(".kontor-grid .grid-stack").bounding_box()
    assert chip
    assert ground
    page.mouse.move(chip["x"] + 20, chip["y"] + 10)
    page.mouse.down()
    page.mouse.move(chip["x"] + 30, chip["y"] + 50, steps=4)
    page.mouse.move(ground["x"] + ground["width"] * across, ground["y"] + down, steps=10)
    page.mouse.up()


def place(page: Page, title: str) -> tuple[int, int, int, int]:
    """Column, row, width and height of a tile, as the grid has them."""
    item = page.locator(".grid-stack-item", has=page.locator(".kg-tile", has_text=title)).first
    x, y, w, h = (int(item.get_attribute(f"gs-{name}") or 0 if name in "xy" else item.get_attribute(f"gs-{name}") or 1)
                  for name in "xywh")  # fmt: skip
    return x, y, w, h


def test_a_dashboard_is_dragged_together_shared_and_stands_on_a_home_page(
    demo_installation: Installation, open_page: Callable[..., Page]
) -> None:
    manager = signed_in(demo_installation, open_page(demo_installation.address), "Ecosystem manager")
    browsing.open_address(manager, "dashboard-builder")
    manager.get_by_role("textbox", name="A new dashboard").fill("Quarter in short")
    manager.get_by_role("button", name="Begin").click()
    manager.locator(".kg-kind").first.wait_for()
    browsing.wait_until_drawn(manager)

    drag(manager, "bars", 0.1, 20)
    expect(manager.locator(".kg-tile")).to_have_count(1, timeout=SLOW)
    expect(manager).to_have_url(re.compile("tile="), timeout=SLOW)
    manager.get_by_placeholder("Says its finding by itself").fill("Our largest partners")
    manager.keyboard.press("Enter")
    expect(manager.locator(".kg-tile")).to_contain_text("Our largest partners", timeout=SLOW)
    browsing.wait_until_drawn(manager)

    manager.locator(".kg-kind[data-kind=figure]").click()
    expect(manager.locator(".kg-tile")).to_have_count(2, timeout=SLOW)
    browsing.wait_until_drawn(manager)
    before = place(manager, "Our largest partners")
    manager.locator(".kg-tile", has_text="Our largest partners").focus()
    manager.keyboard.press("Shift+ArrowLeft")
    until(lambda: place(manager, "Our largest partners")[2] == before[2] - 1, within=30, what="a narrower tile")
    browsing.wait_until_drawn(manager)
    manager.reload()
    browsing.wait_until_drawn(manager)
    assert place(manager, "Our largest partners")[2] == before[2] - 1
    expect(manager.get_by_role("heading", name="Our largest partners")).to_be_visible(timeout=SLOW)

    manager.get_by_role("button", name="Share", exact=True).click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_role("combobox", name="For whom").click()
    manager.get_by_role("option", name="Analyst").click()
    manager.keyboard.press("Tab")
    dialog.get_by_text("Put it on their home pages").click()
    dialog.get_by_role("textbox", name="Why").fill("For the quarter")
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(manager.get_by_text("Quarter in short is shared.")).to_be_visible(timeout=SLOW)

    analyst = signed_in(demo_installation, open_page(demo_installation.address), "Analyst")
    browsing.open_address(analyst, "")
    expect(analyst.get_by_role("heading", name="Quarter in short")).to_be_visible(timeout=SLOW)
    expect(analyst.get_by_role("heading", name="Our largest partners")).to_be_visible(timeout=SLOW)
    browsing.open_address(analyst, "dashboard")
    analyst.get_by_role("button", name=re.compile("Quarter in short")).click()
    browsing.wait_until_drawn(analyst)
    analyst.get_by_role("button", name="Off my home page").click()
    expect(analyst.get_by_text("Your home page has no dashboard now.")).to_be_visible(timeout=SLOW)
    assert browsing.error_boxes(analyst) == []
