"""The queue as a list: what waits for my decision, to look through, filter and decide several at once."""

from dashboard.parts import formats, list_page
from dashboard.parts.due import due_words
from dashboard.parts.go import go
from dashboard.parts.head import answer, page_head
from dashboard.parts.rows import Tone
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow


def waits(row: ListRow) -> tuple[str, Tone]:
    """Until when, and how that looks."""
    due, paused = row.values.get("due"), bool(row.values.get("_paused"))
    return due_words(due, paused=paused, short=True) if due or paused else ("", "gray")


def look(row: ListRow) -> tuple[Tone, str]:
    """A review that is late stands out."""
    return waits(row)[1], "rate_review"


def sentence(shown: list_page.Shown, late: int) -> str:
    """How much waits, how much of it is late."""
    verb = "waits" if shown.total == 1 else "wait"
    overdue = formats.count(late) if late else "none"
    return f"<b>{list_page.total_words(shown)}</b> {verb} for you, <b>{overdue}</b> overdue."


with unit_of_work(read_only=True) as uow:
    shown = list_page.ask(uow, "reviews", more=["due", "_visit", "_paused"], says={"due": lambda row: waits(row)[0]})
    late = list_page.count_also(uow, shown, "overdue", "yes") if shown.rows else 0
page_head("Reviews as a list", line=["What you may decide, a case once", "GMT+08:00"])
list_page.toolbar(shown)
if shown.rows:
    answer(sentence(shown, late), beside='One after the other: <a href="queue" target="_self">the queue</a>.')
opened = list_page.draw(shown, label="Reviews, the earliest due first; open one to decide it", look=look)
if opened:
    visit = next(row.values["_visit"] for row in shown.rows if str(row.key) == opened)
    go("queue", {"case": f"{opened}/{visit}"})
