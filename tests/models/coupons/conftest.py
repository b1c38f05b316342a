"""A counter over which coupons go."""

from __future__ import annotations

import pytest

from tests.support.build import Build
from tests.support.coupons import Counter


@pytest.fixture
def counter(build: Build) -> Counter:
    """A partner, its people, and those of the vendor who give coupons."""
    return Counter(build)
