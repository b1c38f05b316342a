"""A fund and the people around it."""

from __future__ import annotations

import pytest

from tests.support.build import Build
from tests.support.mdf import Fund


@pytest.fixture
def fund(build: Build) -> Fund:
    """A partner whose claims are paid, and everybody who works on its cases."""
    return Fund(build)
