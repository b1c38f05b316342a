"""Managers change how applications run, in real browsers: a new type from nothing to its first case's end; MDF with a
fourth stage, replayed, published by a second person, brought to the cases under way, undone, and rolled back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import browsing
from tests.support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.deep]  # three people, one after the other

SLOW = 30_000
"""Milliseconds that what the worker does may take."""


@pytest.fixture
def person(demo_installation: Installation, open_page: Callable[..., Page]) -> Callable[[str], Page]:
    """Somebody signed in, by role."""

    def signed_in(role: str) -> Page:
        account = next(a for a in demo_installation.accounts().values() if a["role"] == role)
        page = open_page(demo_installation.address, width=1440)
        browsing.sign_in(page, account["email"], account["password"])
        return page

    return signed_in


def press(place: Page | Locator, name: str, *, exact: bool = False) -> None:
    place.get_by_role("button", name=name, exact=exact).first.click()


def confirm(page: Page, button: str) -> None:
    press(page.get_by_role("dialog"), button, exact=True)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SLOW)
    browsing.wait_until_drawn(page)


def says(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=SLOW)


def fill(place: Page | Locator, label: str, text: str) -> None:
    field = place.get_by_label(re.compile(f"^{re.escape(label)}")).first
    field.fill(text)
    field.press("Tab")


def address(page: Page) -> str:
    """Where the page is, without its server."""
    return page.url.split("/", 3)[3]


def publish(manager: Page, other: Page, note: str) -> None:
    """Proposed by one, agreed to by the other."""
    press(manager, "Publish")
    fill(manager.get_by_role("dialog"), "What changes, and why", note)
    confirm(manager, "Propose")
    browsing.open_address(other, address(manager))
    press(other, "Agree", exact=True)
    says(other, note)
    confirm(other, "Agree and publish")
    says(other, "is published.")


def apply_for(partner: Page, name: str) -> None:
    """Begin an application; where several kinds are offered, out of the menu."""
    browsing.open_address(partner, "benefits")
    menu = partner.get_by_test_id("stPopoverButton").filter(has_text="More to apply for")
    if menu.count():
        menu.click()
        press(partner, name)
    else:
        press(partner, f"New {name} application")


def box(page: Page, name: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{name}"]')


def add(page: Page, kind: str, name: str) -> None:
    """A new node, put anywhere, with its panel open."""
    page.get_by_role("button", name=kind, exact=True).focus()
    page.keyboard.press("Enter")
    expect(box(page, name)).to_be_visible(timeout=SLOW)
    box(page, name).click()
    name_of_it = page.locator(".st-key-design_panel").get_by_label("Name", exact=True).last  # the old one fades
    expect(name_of_it).to_have_value(f"New {kind.lower()}", timeout=SLOW)


def connect(page: Page, source: str, outcome: str, target: str) -> None:
    """Draw a way by keyboard."""
    box(page, source).focus()
    page.keyboard.press("c")
    dialog = page.locator(".kc-connect")
    dialog.locator("select").first.select_option(outcome)
    dialog.locator("select").last.select_option(target)
    dialog.get_by_role("button", name="Connect").click()
    expect(page.locator(f'.react-flow__edge[data-id="{source}[{outcome}]>{target}"]')).to_have_count(1, timeout=SLOW)


def test_a_new_type_from_nothing_to_the_end_of_its_first_case(person: Callable[[str], Page]) -> None:
    manager, other, partner, reviewer = map(
        person, ("Ecosystem manager", "Administrator", "Partner admin", "Business reviewer")
    )
    browsing.open_address(manager, "application-types")
    press(manager, "New application type")
    fill(manager.get_by_role("dialog"), "What partners shall call it", "Partner event sponsorship")
    confirm(manager, "Begin the draft")
    says(manager, "Ready to be proposed")
    manager.get_by_test_id("stPopoverButton").filter(has_text="Add a field").click()
    fill(manager, "What is asked for", "Number of guests")
    press(manager, "Add the field")
    says(manager, "Number of guests")
    manager.keyboard.press("Escape")
    publish(manager, other, "Partners run events; we look at them first.")

    apply_for(partner, "Partner event sponsorship")
    fill(partner, "Subject", "Tallinn Cloud Evening")
    fill(partner, "Purpose", "Fifty customers meet our engineers.")
    fill(partner, "Number of guests", "50")
    says(partner, "Saved")
    press(partner, "Submit")
    confirm(partner, "Submit")
    case = address(partner).split("case=")[1].split("&")[0]

    browsing.open_address(reviewer, f"queue?case={case}")
    says(reviewer, "Tallinn Cloud Evening")
    press(reviewer, "Approve")
    says(reviewer, "approved")
    browsing.open_address(partner, f"case?case={case}")
    says(partner, "Approved")
    browsing.open_address(manager, "cases?q=Tallinn+Cloud+Evening")
    says(manager, "1 case")


def test_mdf_gets_a_fourth_stage_and_loses_it_again(person: Callable[[str], Page]) -> None:
    manager, other = map(person, ("Ecosystem manager", "Administrator"))
    browsing.open_address(manager, "designer?type=mdf")
    press(manager, "Change it")
    says(manager, "Ready to be proposed")
    add(manager, "Decision", "decision")
    fill(manager.locator(".st-key-design_panel"), "Goes on with yes when", "budget_mdf > usd(8000)")
    add(manager, "Review", "review")
    panel = manager.locator(".st-key-design_panel")
    panel.get_by_role("combobox", name="Who decides").click()
    manager.get_by_role("option", name="Finance reviewer").click()
    manager.keyboard.press("Escape")
    for source, outcome, target in (
        ("application_review", "approve", "decision"), ("decision", "yes", "review"),
        ("decision", "no", "reimbursement"), ("review", "approve", "reimbursement"), ("review", "reject", "release"),
    ):  # fmt: skip
        connect(manager, source, outcome, target)
    says(manager, "Ready to be proposed")

    draft = address(manager).split("&")[0]
    browsing.open_address(manager, f"{draft}&view=replay")
    press(manager.get_by_test_id("stMain"), "Replay", exact=True)
    expect(manager.get_by_text(re.compile(r"[1-9]\d* of \d+ cases would have gone differently"))).to_be_visible(
        timeout=240_000
    )
    browsing.open_address(manager, draft)
    publish(manager, other, "Finance looks at large activities first.")

    browsing.open_address(other, "designer?type=mdf&view=migrate")
    press(other, "Look what would happen")
    expect(other.get_by_text(re.compile(r"\d+ of \d+ cases can be moved"))).to_be_visible(timeout=240_000)
    press(other, "Move ")
    expect(other.get_by_text(re.compile(r"[1-9]\d* of \d+ cases were moved"))).to_be_visible(timeout=240_000)
    press(other, "Undo this migration")
    expect(other.get_by_text(re.compile(r"[1-9]\d* of \d+ cases were brought back"))).to_be_visible(timeout=240_000)
    press(other, "Roll back to version")
    fill(other.get_by_role("dialog"), "Why", "Finance has no time for it.")
    confirm(other, "Roll back")
    says(other, "New cases of Market Development Fund begin under version")
