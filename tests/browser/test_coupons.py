"""A manager publishes an application at whose end a coupon stands; a partner is given one and sees it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_designer import address, apply_for, box, confirm, fill, person, press, publish, says
from tests.support import browsing

pytestmark = [pytest.mark.browser, pytest.mark.deep]  # four people, one after the other
__all__ = ["person"]

NAME = "Validation coupon"
FORM = {
    "Subject": "Harbour planning 4.2", "What it will be used for": "Load tests of the new version.",
    "Amount requested": "3000",
}  # fmt: skip


def test_a_coupon_from_the_designer_to_the_partner(person: Callable[[str], Page]) -> None:
    manager, other, partner, reviewer = map(
        person, ("Ecosystem manager", "Administrator", "Partner admin", "Business reviewer")
    )
    browsing.open_address(manager, "application-types")
    press(manager, "New application type")
    fill(manager.get_by_role("dialog"), "What partners shall call it", NAME)
    manager.get_by_role("dialog").get_by_text("A coupon", exact=True).click()
    confirm(manager, "Begin the draft")
    says(manager, "Ready to be proposed")
    browsing.open_address(manager, address(manager).split("&")[0])
    panel = manager.locator(".st-key-design_panel")
    box(manager, "coupon").click()
    says(manager, "Issue a coupon")
    fill(panel, "Validity", "a year")
    says(manager, "Issue a coupon: Validity is a year: write for example 90 days or 12 months.")
    fill(panel, "Validity", "6 months")
    says(manager, "Ready to be proposed")
    fill(panel, "Name of the coupon", "Coupon for validation")
    says(manager, "No problems")
    browsing.wait_until_drawn(manager)
    publish(manager, other, "Partners test their software before they are validated.")

    apply_for(partner, NAME)
    for label, typed in FORM.items():
        fill(partner, label, typed)
        browsing.wait_until_drawn(partner)
    press(partner, "Submit 3,000.00 USD")
    confirm(partner, "Submit 3,000.00 USD")
    case = address(partner).split("case=")[1].split("&")[0]

    browsing.open_address(reviewer, f"queue?case={case}")
    says(reviewer, "Harbour planning 4.2")
    press(reviewer, "Approve")
    fill(reviewer.get_by_role("dialog"), "Amount to be issued", "2500")
    confirm(reviewer, "Approve 3,000.00 USD")
    browsing.open_address(partner, f"case?case={case}")
    says(partner, "Coupon issued")
    browsing.open_address(partner, "coupons?q=Coupon+for+validation")
    says(partner, "2,500.00 USD can still be used, of 1 coupon.")
    browsing.open_address(partner, "home")
    press(partner, "You have a coupon of 2,500.00 USD")
    expect(partner).to_have_url(re.compile(r"/coupons\?coupon="))
    says(partner, "2,500.00 USD is left of 2,500.00 USD")
    partner.get_by_role("link", name=re.compile(r"^VC\d*-\d{4}-0001$")).click()
    expect(partner).to_have_url(re.compile(f"case={case}"))
