"""Sessions name their browser in words."""

from __future__ import annotations

import pytest

from dashboard.parts.browser_names import browser_name

MOZILLA = "Mozilla/5.0 "
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (f"{MOZILLA}(Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox 143 on Windows"),
        (f"{MOZILLA}(X11; Linux x86_64) {WEBKIT}Chrome/141.0.0.0 Safari/537.36", "Chrome 141 on Linux"),
        (f"{MOZILLA}(Windows NT 10.0) {WEBKIT}Chrome/141.0.0.0 Safari/537.36 Edg/141.0.1.2", "Edge 141 on Windows"),
        (
            f"{MOZILLA}(iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT}Version/18.0 Safari/604.1",
            "Safari 18 on iPhone",
        ),
        (f"{MOZILLA}(Linux; Android 15) {WEBKIT}Chrome/141.0.0.0 Mobile Safari/537.36", "Chrome 141 on Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "Not named"),
    ],
)
def test_a_browser_is_named_in_words(said: str, name: str):
    assert browser_name(said) == name
