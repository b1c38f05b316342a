"""The browser of a session in words: `Firefox 143 on Windows` instead of the line that a browser says of itself."""

from __future__ import annotations

import re

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Version", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def browser_name(said: str) -> str:
    """What a browser says of itself, in short; what is not known stays as it is said."""
    found = ((name, re.search(rf"{mark}\w*/(\d+)", said)) for mark, name in _BROWSERS)
    browser = next((f"{name} {version[1]}" for name, version in found if version), "")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return " on ".join(filter(None, (browser, system))) if browser else said or "Not named"
