"""What every test of a page needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from models.core.actor import SYSTEM
from models.core.unit_of_work import unit_of_work
from tests.support.build import Build
from tests.support.manifests import looked_through_once
from tests.support.mdf import Fund


@pytest.fixture(autouse=True, scope="package")
def components_found_once() -> Iterator[None]:
    """Each run of a page finds the installed components without looking for them again."""
    with looked_through_once():
        yield


@pytest.fixture(autouse=True)
def dialogs_know_who_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runner has no cookies and runs whole pages, so an open dialog acts for the page's own actor."""
    monkeypatch.setattr("dashboard.parts.dialog.acting_person", nullcontext)


@pytest.fixture(autouse=True)
def no_page_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The frame turns a fault of a page into the words "could not be drawn", which no assertion would look for."""
    yield
    faults = [record.exc_text or record.getMessage() for record in caplog.get_records("call") if _is_fault(record)]
    assert not faults, faults[0]


def _is_fault(record: object) -> bool:
    return getattr(record, "name", "") == "kontor.pages" and getattr(record, "msg", "") == "page.failed"


@pytest.fixture
def fund(on_sqlite: str) -> Iterator[Fund]:
    """A partner and everybody who works on its MDF cases; `opened` commits what a test did before the page is drawn."""
    with unit_of_work(actor=SYSTEM) as uow:
        yield Fund(Build(uow))
