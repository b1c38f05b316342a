"""An administrator makes a user in a dialog, who chooses a password; a tab left open after signing out does nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support import browsing
from tests.support.installation import Installation
from tests.support.waiting import until

pytestmark = pytest.mark.browser


def administrator(installation: Installation, page: Page) -> None:
    account = next(a for a in installation.accounts().values() if a["role"] == "Administrator")
    browsing.sign_in(page, account["email"], account["password"])


@pytest.mark.meets("ORG-LOGIN-02")
def test_a_new_user_chooses_a_password_and_is_at_work(
    demo_installation: Installation, open_page: Callable[..., Page]
) -> None:
    admin = open_page(demo_installation.address)
    administrator(demo_installation, admin)
    browsing.open_address(admin, "users")
    admin.get_by_role("button", name="New user").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Marta Kask")
    dialog.get_by_role("textbox", name="E-mail").fill("marta.kask@northwind.example")
    dialog.locator("input[type=password]").fill("short")
    dialog.get_by_role("button", name="Create user").click()
    expect(dialog.get_by_text("Use at least 8 characters. (PWD-SHORT)")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="E-mail")).to_have_value("marta.kask@northwind.example")
    dialog.locator("input[type=password]").fill("lighthouse-7")
    browsing.wait_until_drawn(admin)
    roles = dialog.locator("[data-testid=stMultiSelect]")

    def chosen() -> bool:
        """Choose again when the list was drawn anew under the click."""
        if "Analyst" not in roles.inner_text():
            roles.locator("input").click()
            admin.get_by_role("option", name="Analyst").click()
            admin.keyboard.press("Tab")
        return "Analyst" in roles.inner_text()

    until(chosen, within=30, what="the role Analyst")
    dialog.get_by_role("button", name="Create user").click()
    expect(admin.get_by_text("Marta Kask may sign in now.")).to_be_visible()

    page = open_page(demo_installation.address)
    browsing.sign_in(page, "marta.kask@northwind.example", "lighthouse-7")
    expect(page.get_by_text("Choose a password of your own")).to_be_visible()
    page.goto("/expenditures")
    expect(page.get_by_text("Choose a password of your own")).to_be_visible()
    for label, value in (
        ("Present password", "lighthouse-7"),
        ("New password", "beacon-88"),
        ("New password again", "beacon-88"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("link", name="Statistics")).to_be_visible()


def test_an_open_dialog_of_somebody_signed_out_does_nothing(
    demo_installation: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_page(demo_installation.address)
    administrator(demo_installation, page)
    browsing.open_address(page, "users")
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Nobody")
    page.context.request.post("/logout", headers={"origin": demo_installation.address})
    dialog.get_by_role("button", name="Create user").click()
    expect(page.get_by_text("Your session is over.")).to_be_visible()
    expect(page.get_by_text("PWD-SHORT")).to_have_count(0)
