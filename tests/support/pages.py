"""Runs one page as one person, in Streamlit's own test runner, within the frame's guard."""

from __future__ import annotations

import re
import runpy
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from streamlit.testing.v1 import AppTest

from models.core import clock
from models.core.actor import Actor, acting_as
from tests.support.mdf import Fund

PAGES = Path(__file__).resolve().parents[2] / "pages"
_people: dict[int, Actor] = {}
_times: dict[int, datetime] = {}
"""The time at which the clock stood when the page was opened: the runner's thread would not know."""


def draw(script: str, person: int) -> None:
    """What AppTest runs, in its own thread: the page in the person's name."""
    from dashboard.frame import guarded
    from dashboard.parts.outcome import show_flash

    at = _times.get(person)
    with acting_as(_people[person]), clock.clock_at(at) if at else nullcontext():
        show_flash()
        guarded(lambda: _run(script))


def _run(script: str) -> None:
    runpy.run_path(str(PAGES / script))


def page(script: str, actor: Actor, **query: str | list[str]) -> AppTest:
    """A page of `pages/`, opened by an actor at an address; call `.run()` to draw it."""
    person = id(actor)
    _people[person] = actor
    if moved := clock.stands_at():
        _times[person] = moved
    else:
        _times.pop(person, None)
    test = AppTest.from_string(f"from tests.support.pages import draw\ndraw({script!r}, {person})", default_timeout=30)
    for name, value in query.items():
        test.query_params[name] = value
    return test


def opened(script: str, fund: Fund, actor: Actor, **query: str | list[str]) -> AppTest:
    """A page drawn after what the fund's people did, at the fund's time."""
    fund.build.uow.session.commit()
    with clock.clock_at(fund.now):
        test = page(script, actor, **query).run()
    assert not test.exception, test.exception
    return test


def words(test: AppTest, *, gap: str = "") -> str:
    """What stands on the page as plain text with ordinary spaces; `gap` stands where a tag was."""
    assert not test.exception, test.exception
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", gap, texts(test)))


def texts(test: AppTest) -> str:
    """Everything that stands on the page, as one text: HTML parts, Markdown, messages, captions."""
    kinds = ("html", "markdown", "error", "warning", "info", "success", "caption", "title", "header", "subheader")
    return "\n".join(str(element.value) for kind in kinds for element in test.get(kind) if hasattr(element, "value"))
