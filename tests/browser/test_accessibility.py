"""No page keeps anybody out: axe finds nothing serious, for each side and in both themes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page

from tests.browser.test_shots import pages_of
from tests.support import accessibility, browsing
from tests.support.installation import Installation

pytestmark = pytest.mark.browser
DEEP = pytest.mark.deep

# Who looks at which pages. Those of both administrators are all there are; the others have parts of their own there.
REVIEWED = ("", "queue", "cases", "benefit-statistics", "review-statistics")
ASKED = ("", "ecosystem", "expenditures", "dashboard", "figure-alerts", "briefs", "explore", "explore-sql", "account")
TABS = ("revenue?tab=summary", "incentives?tab=expenditures", "expenditures?tab=trend", "expenditures?tab=distribution",
        "review-statistics?tab=decisions", "designer?type=mdf")  # fmt: skip
LOOKED_AT = {
    "Administrator": (*pages_of("vendor"), *TABS),
    "Partner admin": pages_of("partner"),
    "Business reviewer": REVIEWED,
    "Analyst": ASKED,
}


def faults(page: Page, addresses: Iterable[str]) -> list[str]:
    """What axe finds on each of the pages."""
    found: list[str] = []
    for address in addresses:
        browsing.open_address(page, address)
        found += [f"{address or 'home'}: {fault}" for fault in accessibility.findings(page)]
    return found


@pytest.mark.parametrize(
    ("role", "dark", "addresses"),
    [
        pytest.param("Analyst", True, ("ecosystem", "explore"), id="often"),
        *(
            pytest.param(role, dark, addresses, id=f"{role}-{'dark' if dark else 'light'}", marks=DEEP)
            for role, addresses in LOOKED_AT.items()
            for dark in (False, True)
        ),
    ],
)
def test_nothing_serious_keeps_anybody_out(
    demo_installation: Installation, open_page: Callable[..., Page], role: str, dark: bool, addresses: Iterable[str]
):
    account = next(a for a in demo_installation.accounts().values() if a["role"] == role)
    page = open_page(demo_installation.address, dark=dark)
    browsing.sign_in(page, account["email"], account["password"])
    wrong = faults(page, addresses)
    assert not wrong, "\n".join(wrong)


def test_axe_finds_what_is_serious(open_page: Callable[..., Page]):
    page = open_page("http://127.0.0.1")
    page.set_content(
        '<html lang="en"><title>A page</title><main><h1>A page</h1><input><img src="data:,"></main></html>'
    )
    assert [fault.partition(":")[0] for fault in accessibility.findings(page)] == ["image-alt", "label"]
