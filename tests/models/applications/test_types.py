"""Every registered kind of application is sound as a whole."""

from __future__ import annotations

import pytest

from models import areas
from models.engines.definitions.loading import built_in, faults
from models.identity.roles import role_book
from tests.support.requests import lend


def test_every_kind_of_application_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    areas.load()
    lend(monkeypatch)
    types = built_in()
    assert "request" in types
    assert {key: faults(made, roles=role_book().vendor) for key, made in types.items()} == {key: [] for key in types}
