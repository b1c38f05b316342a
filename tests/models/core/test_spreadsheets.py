"""What stands in a file that people open in a spreadsheet program is text, whatever it begins with."""

from __future__ import annotations

import pytest

from models.core.spreadsheets import harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_is_a_formula(text: str):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "Compute", "'=1", " 1"])
def test_other_text_stays(text: str):
    assert harmless(text) == text
