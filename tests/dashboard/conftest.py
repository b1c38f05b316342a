"""What tests of page parts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.manifests import looked_through_once


@pytest.fixture(autouse=True, scope="package")
def components_found_once() -> Iterator[None]:
    """Each run of a page part finds the installed components without looking for them again."""
    with looked_through_once():
        yield
