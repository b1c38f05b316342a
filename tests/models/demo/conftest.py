"""A small demo ecosystem at one moment, for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from models.core.actor import SYSTEM, acting_as
from models.core.clock import BUSINESS_ZONE, clock_at
from models.core.migrate import migrate
from models.demo import service
from models.demo.terms import DemoTerms
from tests.conftest import forget_installation

TODAY = date(2026, 7, 16)
SMALL = DemoTerms(customers=160, lines=8_000, months=4, cases=12)
NOON = datetime(2026, 7, 16, 12, tzinfo=BUSINESS_ZONE)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[service.Built]:
    """One small demo, built once for all tests that only look at it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("KONTOR_DATABASE_URL", "KONTOR_LAKE_URL", "KONTOR_FILES_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("KONTOR_HOME", str(tmp_path_factory.mktemp("demo")))
        forget_installation()
        migrate()
        with clock_at(NOON), acting_as(SYSTEM):
            made = service.build(terms=SMALL)
        yield made
        forget_installation()


@pytest.fixture
def built(demo: service.Built) -> Iterator[service.Built]:
    """The small demo, at noon of its day, in the system's name; for one test: it must not stand for other tests too."""
    with clock_at(NOON), acting_as(SYSTEM):
        yield demo
