"""One MDF case from the first draft to the money, by six people in real browsers against real processes: written, left
and found again, reviewed, sent back, rejected, sent again, invoiced, checked, paid; all of it on one timeline.

The long forms' other fields are filled in by a colleague meanwhile, through the same service that the pages call.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import ROOT, browsing
from tests.support.installation import Installation
from tests.support.mdf import APPLICATION, INVOICING
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.deep]  # two minutes: six people, one after the other

NAME = "Journey to Riga"
MONEY = "640.00 USD"
BUDGET = [
    {"item": "Venue", "mdf_used": True, "amount": "640.00"},
    {"item": "Design", "mdf_used": False, "amount": "60.00"},
]
COLLEAGUE = """
import json, sys
from uuid import UUID
from models.applications import applying
from models.core.actor import SYSTEM
from models.core.unit_of_work import unit_of_work
case_id, form, data = UUID(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
with unit_of_work(actor=SYSTEM) as uow:
    draft = applying.draft(uow, case_id, form)
    applying.save_draft(uow, case_id, form, draft.data | data, step=draft.step, expected=draft.version)
"""


class Journey:
    """The people, each in a browser of their own, and the case they work on."""

    def __init__(self, installation: Installation, open_page: Callable[..., Page], folder: Path) -> None:
        self.installation, self.open_page, self.folder = installation, open_page, folder
        self.case = ""

    def person(self, role: str) -> Page:
        """Somebody signed in."""
        account = next(a for a in self.installation.accounts().values() if a["role"] == role)
        page = self.open_page(self.installation.address)
        browsing.sign_in(page, account["email"], account["password"])
        return page

    def colleague_fills_in(self, form: str, data: dict[str, Any]) -> None:
        """The rest of a form, through the service."""
        command = [sys.executable, "-c", COLLEAGUE, self.case, form, json.dumps(data)]
        done = subprocess.run(
            command,
            env=self.installation.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def opens(self, page: Page, where: str, **query: str) -> None:
        """A page about the case."""
        more = "".join(f"&{name}={value}" for name, value in query.items())
        browsing.open_address(page, f"{where}?case={self.case}{more}")

    def file(self, name: str) -> Path:
        """A file that is a PDF by its bytes."""
        path = self.folder / name
        path.write_bytes(b"%PDF-1.4\n% " + name.encode() + b"\n%%EOF\n")
        return path


def press(page: Page | Locator, name: str) -> None:
    """Press a button; the page answers before the test goes on."""
    page.get_by_role("button", name=name).first.click()


def type_into(page: Page | Locator, label: str, text: str) -> None:
    """Fill in one input and leave it."""
    field = page.get_by_label(re.compile(f"^{re.escape(label)}")).first
    field.fill(text)
    field.press("Tab")


def says(page: Page, *texts: str) -> None:
    """What stands on the page in the end."""
    for text in texts:
        expect(page.get_by_text(text).first).to_be_visible(timeout=20_000)


def confirm(page: Page, button: str) -> None:
    """Say yes in the dialog that is open."""
    press(page.get_by_role("dialog"), button)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=20_000)
    browsing.wait_until_drawn(page)


def choose(page: Page, box: str, option: str) -> None:
    """One of the options of a select box."""
    page.get_by_role("combobox", name=re.compile(f"^{re.escape(box)}")).click()
    page.get_by_role("option", name=option).first.click()


def pick_day(page: Page, label: str, day: date) -> None:
    """A day in a date field, part by part; the calendar that opens over the dialog is closed again."""
    field = page.get_by_role("dialog").locator("[data-testid=stDateInput]", has_text=label)
    for part, value in (("year", f"{day:%Y}"), ("month", f"{day:%m}"), ("day", f"{day:%d}")):
        segment = field.locator(f"[data-type={part}]")
        segment.focus()
        segment.press_sequentially(value)
    page.keyboard.press("Escape")
    expect(page.locator("#stFloatingOverlayPortal [role=grid]")).to_have_count(0)


@pytest.mark.meets("BEN-COM-02", "BEN-COM-04", "BEN-MDA-05", "BEN-MDR-07", "BEN-MDR-08", "BEN-MDI-04", "BEN-MDP-01")
def test_a_case_from_the_draft_to_the_money(
    demo_installation: Installation, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    journey = Journey(demo_installation, open_page, tmp_path)
    partner = write_leave_and_submit(journey)
    business = journey.person("Business reviewer")
    decide(journey, business, "queue", f"Approve {MONEY}")
    claim(journey, partner)
    finance_reviewer = journey.person("Finance reviewer")
    decide(journey, business, "queue", f"Approve {MONEY}")
    decide(journey, finance_reviewer, "queue", "Send back", comment="Is the venue's invoice complete?")
    decide(journey, business, "queue", "Reject", reason="R-07", comment="Page two is missing.")
    claim_again(journey, partner)
    decide(journey, business, "queue", f"Approve {MONEY}")
    decide(journey, finance_reviewer, "queue", f"Approve {MONEY}")
    invoice(journey, partner)
    pay(journey)
    whole_story(journey, partner)


def write_leave_and_submit(journey: Journey) -> Page:
    """A draft is begun, its browser closed, found again, completed and sent."""
    first = journey.person("Partner admin")
    browsing.open_address(first, "benefits")
    press(first, "New MDF application")
    first.wait_for_url("**/apply?case=*")
    browsing.wait_until_drawn(first)
    journey.case = re.search(r"case=([0-9a-f-]{36})", first.url)[1]  # type: ignore[index]
    type_into(first, "Activity Name", NAME)
    expect(first.locator(".k .kept")).to_contain_text("Saved")
    browsing.wait_until_drawn(first)
    first.context.close()

    page = journey.person("Partner admin")
    page.set_viewport_size({"width": 390, "height": 844})  # on a phone the history is a list of buttons
    browsing.open_address(page, f"benefits?q={NAME}")
    page.locator("[class*=st-key-narrow_applications]").get_by_role("button", name=NAME).first.click()
    page.wait_for_url("**/case?case=*")
    says(page, "A draft, not sent yet.")
    page.set_viewport_size({"width": 1280, "height": 900})
    begins = date.today() + timedelta(days=45)
    dates = {"starts_on": begins.isoformat(), "ends_on": begins.isoformat()}
    journey.colleague_fills_in("application", APPLICATION | dates | {"activity_name": NAME, "budget": BUDGET})
    press(page, "Go on with the application")
    page.wait_for_url("**/apply?case=*")
    browsing.wait_until_drawn(page)
    expect(page.get_by_label(re.compile("^Activity Name"))).to_have_value(NAME)
    journey.opens(page, "apply", step="3")
    press(page, f"Submit {MONEY}")
    says(page, "is reserved from your MDF quota")
    confirm(page, f"Submit {MONEY}")
    page.wait_for_url("**/case?case=*")
    says(page, "The application has been submitted.", "MDF application being reviewed")
    return page


def decide(journey: Journey, page: Page, desk: str, button: str, **given: str) -> None:
    """Decide the case at a desk, once it is there."""

    def there() -> bool:
        journey.opens(page, desk)
        head = page.locator(".k.head", has_text=NAME)
        return head.count() > 0 and page.get_by_role("button", name=button).count() > 0

    until(there, within=40, what=f"{button} at {desk}")
    press(page, button)
    if given:
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        if "reason" in given:
            choose(page, "Reason", given["reason"])
        for label, text in (("Comment", given.get("comment")), ("Bank reference", given.get("bank_reference"))):
            if text:
                type_into(dialog, label, text)
        if "day" in given:
            pick_day(page, given["day"], date.today() - timedelta(days=1))
        browsing.wait_until_drawn(page)
        confirm(page, button)
    says(page, f"{NAME}: ")
    browsing.wait_until_drawn(page)


def claim(journey: Journey, page: Page) -> None:
    """The partner asks for the money back, with files."""
    journey.opens(page, "case")
    press(page, "Request reimbursement")
    page.wait_for_url("**/apply?case=*")
    browsing.wait_until_drawn(page)
    type_into(page, "Description of the Activity", "Two full days.")
    browsing.wait_until_drawn(page)
    day = (date.today() - timedelta(days=2)).isoformat()
    rest = {
        "started_on": day, "ended_on": day, "actual_address": "Kipsalas 8, Riga", "actual_participants": 114,
        "summary": "Six talks, three leads.", "customers_reached_actual": 6, "media_views_actual": 0,
        "developed_customers_actual": 1, "leads_actual": 3, "opportunity_revenue_actual": "3422.00",
        "expenses": BUDGET,
    }  # fmt: skip
    journey.colleague_fills_in("reimbursement", rest)
    journey.opens(page, "apply", step="4")
    for place, name in enumerate(("venue.pdf", "report.pdf")):
        page.locator("input[type=file]").nth(place).set_input_files(journey.file(name))
        expect(page.get_by_role("link", name=name)).to_be_visible(timeout=20_000)
        browsing.wait_until_drawn(page)
    send(page, f"Submit {MONEY}", "The reimbursement application has been submitted.")
    says(page, "MDF reimbursement being reviewed")


def claim_again(journey: Journey, page: Page) -> None:
    """The reviewer's reason is read, the missing file attached, the same case sent again."""
    journey.opens(page, "case")
    says(page, "Business review: rejected", "R-07 Invoices missing", "Page two is missing.")
    press(page, "Change and send again")
    page.wait_for_url("**/apply?case=*")
    browsing.wait_until_drawn(page)
    says(page, "Page two is missing.")
    journey.opens(page, "apply", step="4")
    page.locator("input[type=file]").first.set_input_files(journey.file("venue-2.pdf"))
    expect(page.get_by_role("link", name="venue-2.pdf")).to_be_visible(timeout=20_000)
    browsing.wait_until_drawn(page)
    send(page, f"Submit {MONEY}", "The reimbursement application has been submitted.")


def send(page: Page, button: str, done: str) -> None:
    """Submit, say yes once, arrive at the case."""
    press(page, button)
    expect(page.get_by_role("dialog")).to_be_visible(timeout=20_000)
    confirm(page, button)
    page.wait_for_url("**/case?case=*")
    says(page, done)
    browsing.wait_until_drawn(page)


def invoice(journey: Journey, page: Page) -> None:
    """Supplier data, and the page that is mailed with the invoice."""
    journey.opens(page, "case")
    says(page, "MDF reimbursement approved")
    press(page, "Fill in invoicing information")
    page.wait_for_url("**/apply?case=*")
    browsing.wait_until_drawn(page)
    type_into(page, "Supplier Name", INVOICING["supplier_name"])
    browsing.wait_until_drawn(page)
    journey.colleague_fills_in("invoicing", INVOICING)
    journey.opens(page, "apply")
    send(page, "Submit and print", "The invoicing information has been submitted.")
    says(page, "Pending Partner Invoice")
    printed = page.context.request.get(f"/invoicing/{journey.case}.pdf")
    assert (printed.status, printed.body()[:5]) == (200, b"%PDF-")


def pay(journey: Journey) -> None:
    """Receipt, review, two agree, the bank."""
    mei, henrik = journey.person("Finance"), journey.person("Second in finance")
    decide(journey, mei, "payment-desk", "Invoice received", day="Received on")
    decide(journey, mei, "payment-desk", "Accept")
    decide(journey, mei, "payment-desk", f"Approve {MONEY}")
    decide(journey, henrik, "payment-desk", f"Approve {MONEY}")
    decide(journey, mei, "payment-desk", f"Paid {MONEY}", day="Paid on", bank_reference="DB-77120")


def titles_of(page: Page) -> list[str]:
    """What the timeline tells, title by title."""
    return page.locator(".k.tl .r b").all_inner_texts()


def whole_story(journey: Journey, page: Page) -> None:
    """The partner reads everything that happened, in its order, on one timeline."""
    journey.opens(page, "case")
    says(page, "Completed")
    told = [title.partition(": nothing")[0].partition(": 1 to")[0] for title in titles_of(page)]
    assert told == [
        "MDF application submitted", "Search for similar activities", "Application review: approved",
        "MDF reimbursement submitted", "Business review: approved",
        "Finance review: sent back to business review", "Business review: rejected",
        "MDF reimbursement submitted, revision 2", "Business review: approved", "Finance review: approved",
        "Supplier Invoicing Information submitted", "Receipt of the invoice: received the invoice",
        "Invoice review: accepted the invoice", "Payment application review: approved the payment",
        "Payment application review: approved the payment", "Payment: paid", "Completed",
    ]  # fmt: skip
