"""Money › Payments and a partner's own: what is owed, how far each payment is, what was paid."""

from __future__ import annotations

from functools import partial

import pytest

from tests.support import pages
from tests.support.mdf import Fund

PAYMENTS = "money/owed.py"
opened = partial(pages.opened, PAYMENTS)
words = partial(pages.words, gap=" ")


def test_nothing_is_owed_yet(fund: Fund) -> None:
    for who in (fund.mei, fund.anna):
        assert "What is owed out of a case appears here once its claim is approved" in words(opened(fund, who))


@pytest.mark.meets("BEN-VND-20", "BEN-COM-02")
def test_what_is_owed_and_what_was_paid_stand_apart(fund: Fund) -> None:
    fund.paid()
    for who in (fund.mei, fund.anna):
        said = words(opened(fund, who))
        assert "1 payment in all; nothing is still owed and 8,640.00 USD was paid." in said, who.name
    row = opened(fund, fund.mei).dataframe[0].value.iloc[0]
    assert (row["number"], row["state"], row["reference"]) == ("MDF-2026-0001", "Paid", "DB-77120")


def test_a_filter_counts_only_what_it_finds(fund: Fund) -> None:
    fund.paying()
    assert "1 payment in all; 8,640.00 USD is still owed and nothing was paid." in words(
        opened(fund, fund.mei, state="paying")
    )
    said = words(opened(fund, fund.mei, state="paid"))
    assert "No payment matches" in said
    assert "You filter by Payment: Paid." in said
