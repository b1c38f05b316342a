"""`./kontor run` as a person meets it: a fresh start, the first administrator, an end, a second start."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support import browsing
from tests.support.installation import installation

pytestmark = [pytest.mark.browser, pytest.mark.deep]  # two starts; the tour begins with a first one


def test_an_empty_start_asks_for_the_first_administrator_and_the_second_start_for_nothing(
    tmp_path: Path, open_page: Callable[..., Page]
):
    with installation(tmp_path) as kontor:
        kontor.start("--no-demo")
        code = kontor.setup_code()
        page = open_page(kontor.address)
        browsing.first_administrator(
            page, code=code, name="Ada Holm", email="ada@northwind.example", password="harbour-77"
        )
        expect(page.get_by_text("Ada Holm").first).to_be_visible()
        assert kontor.stop() == 0

        kontor.start("--no-demo")
        second = kontor.log.rpartition("Kontor is ready:")[2]
        assert not re.search("one-time code", second)
        page = open_page(kontor.address)
        browsing.sign_in(page, "ada@northwind.example", "harbour-77")
        assert kontor.stop() == 0
