"""What Streamlit runs outside the script's body would have no actor, or an old one: it is not used."""

from __future__ import annotations

import re

from dashboard.navigation import PAGES

ROOT = PAGES.parent
FORBIDDEN = re.compile(r"st\.(?:fragment|dialog)\(|@st\.(?:fragment|dialog)\b")


def test_pages_use_neither_fragments_nor_plain_dialogs() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match}"
        for folder in ("pages", "dashboard")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for match in re.findall(
            r"st\.(?:fragment|dialog)\(|@st\.(?:fragment|dialog)\b", path.read_text(encoding="utf-8")
        )
        if path.name != "dialog.py"
    ]
    assert found == []
