"""Briefs: set up, made at once, read, and tried again, through their page."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from models.briefs import service
from models.briefs.content import Content
from models.briefs.rules import Every
from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at, now
from models.core.errors import Refused
from models.core.outbox import claim
from models.core.unit_of_work import unit_of_work
from tests.support.build import Build
from tests.support.pages import page, texts


@pytest.fixture
def manager(on_sqlite: str) -> Actor:
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        build.partner("Nordlicht <b>Systems</b>")
        return build.actor("ecosystem_manager")


def work() -> None:
    """What the worker does."""
    with unit_of_work(actor=SYSTEM) as uow:
        found = [each.payload for each in claim(uow, [service.TOPIC], limit=5)]
    for payload in found:
        service.make(UUID(payload["brief_id"]), payload["period"])


def test_a_brief_is_set_up_made_and_read(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    test = page("statistics/briefs.py", manager).run()
    assert "You have no brief yet" in texts(test)
    test.button(key="brief_change").click().run()
    test.selectbox[0].select(Every.WEEK).run()
    test.button(key="brief_save").click().run()
    assert "Your next brief comes Monday" in texts(test)
    test.button(key="brief_now").click().run()
    assert "being made" in texts(test)
    work()
    shown = texts(page("statistics/briefs.py", manager).run())
    for words in ("What changed", "Why", "At risk", "Waits for you", "Nothing waits for you"):
        assert words in shown

    def broken(*_: object) -> Content:
        raise Refused("The figures contradict each other.")

    with monkeypatch.context() as patch, clock_at(now() + timedelta(minutes=1)):
        patch.setattr(service, "compose", broken)
        test = page("statistics/briefs.py", manager).run()
        test.button(key="brief_now").click().run()
        work()
    test = page("statistics/briefs.py", manager).run()
    assert "The figures contradict each other." in texts(test)
    test.button(key="brief_again").click().run()
    work()
    assert "could not be made" not in texts(page("statistics/briefs.py", manager).run())
