"""Operations: does everything run, what waits, what failed and how to repeat it (operations.view)."""

import streamlit as st

from dashboard.parts import list_page
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.formats import clock_or_day, instant, plain, plural
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.rows import Tone
from dashboard.parts.tables import Column, grid
from models.core import outbox
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow
from models.expenditures.upkeep import lake_state

LOOKS: dict[str, tuple[Tone, str]] = {
    "failed": ("red", "error"), "again": ("orange", "replay"), "running": ("blue", "sync"),
    "waiting": ("gray", "schedule"),
}  # fmt: skip


def look(row: ListRow) -> tuple[Tone, str]:
    """What failed stands out."""
    return LOOKS[row.values["state"]]


@dialog("Job", width="large", on_dismiss=list_page.dismissed)
def show(row: ListRow) -> None:
    """What failed, in full, and the button that gives it out once more."""
    st.markdown(f"**{plain(row.values['topic'])}** {plain(row.values['job'])}")
    if row.values["why"]:
        st.code(row.values["why"], language=None, wrap_lines=True)
    if row.values["failed"] and current_actor().may("operations.manage"):
        if st.button("Try again", type="primary", key=f"again-{row.key}"):
            with outcome(done="It will be tried again in a moment."), unit_of_work() as uow:
                outbox.try_again(uow, row.key)


actor = current_actor()
with unit_of_work(read_only=True) as uow:
    topics = outbox.topics(uow)
    shown = list_page.ask(uow, "jobs", more=["topic", "job", "state", "why", "failed"])
    lines = lake_state(uow)
    late = [topic for topic in topics if topic.oldest_due and (uow.now - topic.oldest_due).total_seconds() > 60]
waiting = sum(topic.waiting for topic in topics)
failed = sum(topic.failed for topic in topics)

title, action = st.columns([4, 1], vertical_alignment="bottom")
with title:
    page_head("Operations", line=["Background work of this installation", "GMT+08:00"])
if actor.may("operations.manage") and action.button("Run daily jobs", icon=":material/play_arrow:", width="stretch"):
    with outcome(done="The daily jobs will run in a moment."), unit_of_work() as uow:
        uow.emit("calendar.daily", f"{uow.today}/by-hand/{uow.now:%H%M%S}", {"day": uow.today.isoformat()})

if lines.problems:
    answer("<b>Expenditure lines cannot be read.</b> The cause stands below; everything else works.")
elif late:
    answer("<b>Work waits for more than a minute.</b> Is the worker running? Pages keep working; nothing is lost.")
elif failed:
    answer(f"<b>{plural(failed, 'job')} failed</b> and will not be tried again by itself.")
else:
    answer(f"{plural(waiting, 'job')} under way, nothing failed." if waiting else "Everything is done, nothing failed.")

section("Expenditure lines", aside=f"data as of {instant(lines.as_of)}" if lines.as_of else "none yet")
if lines.problems:
    state("failing", "Lines cannot be read", *lines.problems[:5], "Import the same files again, or restore a backup.")
else:
    st.markdown(f"{plural(lines.lines, 'line')} in {plural(lines.files, 'file')}, all of them in place.")

section("By kind of work", aside=plural(waiting, "job"))
if topics:
    grid(
        [
            {"topic": row.topic, "waiting": row.waiting, "failed": row.failed,
             "since": clock_or_day(row.oldest_due) if row.oldest_due else ""}
            for row in topics
        ],
        [Column("topic", "Kind of work", width=320), Column("waiting", "Waiting", "count"),
         Column("failed", "Failed", "count"), Column("since", "Oldest since")],
        key="topics",
        alt=f"{len(topics)} kinds of work, {waiting} jobs waiting.",
    )  # fmt: skip
    section("What is not done", note="What fails is tried again some times, then kept here.")
    list_page.toolbar(shown)
    if opened := list_page.draw(shown, label="Background work that is not done, what failed first", look=look):
        show(next(row for row in shown.rows if str(row.key) == opened))
else:
    state("empty", "Nothing waits.", "Imports, exports and daily jobs show here while they run.")
