"""Limited processes are measured as all else is, when coverage is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.limited_coverage import measured


@pytest.fixture(autouse=True)
def _measured() -> Iterator[None]:
    with measured():
        yield
