"""What every test of a page needs."""

from __future__ import annotations

from contextlib import nullcontext

import pytest


@pytest.fixture(autouse=True)
def dialogs_know_who_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runner has no cookies and runs whole pages, so an open dialog acts for the page's own actor."""
    monkeypatch.setattr("dashboard.parts.dialog.acting_person", nullcontext)
