"""Applications as a list, for the vendor over all partners and for a partner over its own: what its rows say."""

from __future__ import annotations

from dashboard.parts import formats, list_page
from dashboard.parts.case_screen import status_badge
from dashboard.parts.due import due_words
from dashboard.parts.go import go
from dashboard.parts.rows import Tone
from models.core.actor import current_actor
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import ListRow


def ask(uow: UnitOfWork, key: str) -> list_page.Shown:
    """The list of applications that the address asks for, counted by status."""
    return list_page.ask(
        uow, key, more=["number", "status", "who", "due"], count_by="status",
        says={"who": _who, "due": _due, "changed": lambda row: formats.clock_or_day(row.values["changed"])},
    )  # fmt: skip


def draw(shown: list_page.Shown) -> None:
    """The list, page by page; one that is opened leads to its page."""
    opened = list_page.draw(shown, label="Cases, the latest change first; open one to see all of it", look=_look)
    if opened:
        go("case", {"case": opened})


def _who(row: ListRow) -> str:
    """One of several roles, so that the column stays narrow; the case's page names them all."""
    who: str = row.values.get("who") or ""
    if who == "Partner" and not current_actor().is_vendor:
        return "You"
    first, others, _ = who.partition(" or ")
    return f"{first} or others" if others else first


def _waits(row: ListRow) -> tuple[str, Tone]:
    """Until when, and how that looks."""
    due, paused = row.values.get("due"), bool(row.values.get("_paused"))
    return due_words(due, paused=paused, short=True) if due or paused else ("", "gray")


def _due(row: ListRow) -> str:
    return _waits(row)[0]


def _look(row: ListRow) -> tuple[Tone, str]:
    return _waits(row)[1], status_badge(row.values["status"]).icon
