"""The newcomer's tour on a fresh database with real processes: from the first sign-in to a downloaded export."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support import ROOT, browsing
from tests.support.installation import Installation
from tests.support.waiting import until

pytestmark = pytest.mark.browser
SAMPLE = ROOT / "tests" / "data" / "focus_sample_1000.csv"
CYCLE = "2024-09"
TOTAL = Decimal("20.28022672899")
BOTH_CYCLES = "20.52022672899"


def amounts_of_the_cycle(service: str = "") -> list[Decimal]:
    """What the file itself says, of all services or of one, read without any code of ours."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["BillingPeriodStart"].startswith(CYCLE)]
    return [
        Decimal(line["BilledCost"])
        for line in lines
        if line["ChargeCategory"] != "Tax" and service in ("", line["ServiceName"])
    ]


def eight_decimals(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('1e-8'), ROUND_HALF_UP):.8f}"


def import_the_sample(page: Page) -> None:
    page.get_by_role("link", name="Money").click()
    browsing.wait_until_drawn(page)
    page.get_by_role("combobox", name="Source").fill("sample")
    page.keyboard.press("Enter")
    browsing.wait_until_drawn(page)
    page.locator("input[type=file]").set_input_files(SAMPLE)
    page.get_by_role("button", name="Import", exact=True).click()
    said = page.locator(".k.answer").first
    expect(said).to_contain_text("1,000 lines of sample imported", timeout=60_000)
    expect(said).to_contain_text(f"{BOTH_CYCLES} USD billed")
    expect(said).to_contain_text("1,000 of them are unmapped yet")


def choose_cycle(page: Page, month: str) -> None:
    """Take one billing cycle in the period chip."""
    page.get_by_test_id("stPopover").filter(has_text="2024").get_by_role("button").first.click()
    for box in ("From", "To"):
        page.get_by_role("combobox", name=box).fill(month)
        page.get_by_role("option", name=month, exact=True).click()
        browsing.wait_until_drawn(page)
    page.keyboard.press("Escape")


def choose_first_row(page: Page, opened: Callable[[], None]) -> None:
    """Tick the box before the first row. The grid is a canvas: clicked by its place, again until it was drawn."""
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()

    def clicked() -> bool:
        grid.click(position={"x": 17, "y": 48})
        try:
            opened()
        except AssertionError:
            return False
        return True

    until(clicked, within=60, what="the chosen row")
    browsing.wait_until_drawn(page)


@pytest.mark.meets("FIN-EXP-01")
def test_sign_in_import_trend_lines_export_download(
    empty_installation: Installation, open_page: Callable[..., Page], tmp_path: Path
):
    amounts = amounts_of_the_cycle()
    assert (len(amounts), sum(amounts)) == (999, TOTAL)
    page = open_page(empty_installation.address)
    browsing.first_administrator(
        page,
        code=empty_installation.setup_code(),
        name="Ada Holm",
        email="ada@northwind.example",
        password="harbour-77",
    )

    import_the_sample(page)

    page.get_by_role("link", name="Statistics").click()
    browsing.wait_until_drawn(page)
    page.get_by_role("link", name="Expenditures", exact=True).click()
    browsing.wait_until_drawn(page)
    choose_cycle(page, "September 2024")
    page.get_by_text("Expenditure trend", exact=True).click()
    expect(page).to_have_url(re.compile(r"(?=.*from=2024-09)(?=.*to=2024-09).*tab=trend"))
    browsing.wait_until_drawn(page)
    answer = page.locator(".k.answer").first
    expect(answer).to_contain_text("20.28 USD")
    assert browsing.error_boxes(page) == []

    drill_to_the_largest_line(page)
    browsing.open_address(page, f"expenditures?from={CYCLE}&to={CYCLE}")
    check_export(export_the_lines(page, tmp_path), amounts)


def drill_to_the_largest_line(page: Page) -> None:
    """From the largest service of the table to its lines, and to the largest of them with every decimal."""
    service = amounts_of_the_cycle("Amazon Elastic Compute Cloud")
    answer, dialog = page.locator(".k.answer").first, page.get_by_role("dialog")
    choose_first_row(page, lambda: expect(page).to_have_url(re.compile("/lines"), timeout=10_000))
    expect(answer).to_contain_text(f"{len(service)} lines")
    expect(answer).to_contain_text(f"{sum(service):.2f} USD")
    choose_first_row(page, lambda: expect(dialog).to_be_visible(timeout=10_000))
    largest = f"{max(service, key=abs).normalize():f}".replace("-", "\u2212")
    expect(dialog).to_contain_text(f"Expenditure{largest} USD")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).not_to_be_attached()


def export_the_lines(page: Page, folder: Path) -> Path:
    """All lines of the cycle, asked for on the page, made in the background, downloaded from the history."""
    assert "from=2024-09" in page.url
    page.get_by_test_id("stMenuButtonButton").click()
    page.get_by_text("Lines as CSV").click()
    expect(page.get_by_text("Export task created.")).to_be_visible()
    browsing.open_address(page, "exports")
    ready = page.get_by_role("link", name="Download").first
    expect(ready).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        ready.click()
    download.value.save_as(folder / "export.csv")
    return folder / "export.csv"


def check_export(file: Path, amounts: list[Decimal]) -> None:
    """Every line of the cycle, once, with exactly eight decimals."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    exported = [row["Expenditure"] for row in rows]
    assert all(re.fullmatch(r"-?\d+\.\d{8}", amount) for amount in exported)
    assert Counter(exported) == Counter(map(eight_decimals, amounts))
    assert sum(Decimal(row["Expenditure (exact)"]) for row in rows) == TOTAL
