"""Requests, whose due times follow the calendars."""

from __future__ import annotations

import pytest

from tests.support.build import Build
from tests.support.requests import Office, lend


@pytest.fixture
def office(build: Build, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A partner and reviewers of its requests."""
    lend(monkeypatch)
    return Office(build)
