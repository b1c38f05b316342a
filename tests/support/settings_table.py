"""The table of settings in docs/operations.md, written from the settings themselves.

`python -m tests.support.settings_table` brings the page up to date; a test says when it is not.
"""

from __future__ import annotations

import re
from pathlib import Path

from models.core.settings import Settings
from tests.support import ROOT

PAGE = ROOT / "docs" / "operations.md"
_BETWEEN = re.compile(r"(?<=<!-- settings: begin -->\n).*?(?=<!-- settings: end -->)", re.DOTALL)


def table() -> str:
    """One row per setting: variable, default, meaning."""
    rows = ["| Variable | Default | What it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `KONTOR_{name.upper()}` | {_shown(field.default)} | {field.description} |")
    return "\n".join(rows) + "\n"


def _shown(default: object) -> str:
    if isinstance(default, Path):
        return f"`{default.relative_to(ROOT)}/`"
    if default in ("", None):
        return "–"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def on_page() -> str:
    """The table as the page has it."""
    found = _BETWEEN.search(PAGE.read_text(encoding="utf-8"))
    return found.group(0) if found else ""


if __name__ == "__main__":
    PAGE.write_text(_BETWEEN.sub(lambda _: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
