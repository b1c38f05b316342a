"""Two managers and a fund whose rules they change."""

from __future__ import annotations

import pytest

from models.core.actor import Actor
from tests.support.build import Build
from tests.support.mdf import Fund


@pytest.fixture
def fund(build: Build) -> Fund:
    """A partner with a quota, and everybody who works on its MDF cases."""
    return Fund(build)


@pytest.fixture
def kofi(build: Build) -> Actor:
    """An ecosystem manager who changes things."""
    return build.actor("ecosystem_manager", name="Kofi Mensah")


@pytest.fixture
def elif_(build: Build) -> Actor:
    """Another one, who looks over them."""
    return build.actor("ecosystem_manager", name="Elif Demir")
