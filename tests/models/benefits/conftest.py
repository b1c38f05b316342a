"""A fund and the people around it."""

from __future__ import annotations

import pytest

from tests.support.build import Build
from tests.support.mdf import Fund


@pytest.fixture
def fund(build: Build) -> Fund:
    """A partner with a quota of 50,000.00 USD, and everybody who works on its MDF cases."""
    return Fund(build)
