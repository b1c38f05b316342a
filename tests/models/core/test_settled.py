"""What is loaded for good is collected no more; what comes later still is."""

from __future__ import annotations

import gc
from weakref import ref

from dashboard import app as web
from models.core.settled import settle


class Node:
    """Refers to itself, so that only the collector finds it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_comes_after_settling_is_still_collected():
    try:
        settle()
        assert gc.get_freeze_count() > 1000
        later = ref(Node())
        gc.collect()
        assert later() is None
    finally:
        gc.unfreeze()


async def test_the_application_settles_once_it_can_serve(monkeypatch):
    done: list[str] = []
    monkeypatch.setattr(web, "migrate", lambda: done.append("migrate"))
    monkeypatch.setattr(web.expenditures, "recover", lambda: done.append("recover"))
    monkeypatch.setattr(web, "settle", lambda: done.append("settle"))
    async with web.lifespan(web.app):
        assert done == ["migrate", "recover", "settle"]
