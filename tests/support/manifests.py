"""AppTest looks through every installed package for components at each run of a page, half a second for nothing new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest


@contextmanager
def looked_through_once() -> Iterator[None]:
    """Packages do not change while tests run, so what the first look found is found again without looking."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield
