"""Operations: does everything run, what waits, what failed and how to repeat it (operations.view)."""

import streamlit as st

from dashboard.parts.empty import state
from dashboard.parts.formats import clock_or_day, instant, plural
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.tables import Column, grid
from models.core import outbox
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.expenditures.upkeep import lake_state

actor = current_actor()
with unit_of_work(read_only=True) as uow:
    topics = outbox.topics(uow)
    failures = outbox.failures(uow)
    lines = lake_state(uow)
    late = [topic for topic in topics if topic.oldest_due and (uow.now - topic.oldest_due).total_seconds() > 60]
waiting = sum(topic.waiting for topic in topics)

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
elif failures:
    answer(f"<b>{plural(len(failures), 'job')} failed</b> and will not be tried again by itself.")
else:
    answer(f"{plural(waiting, 'job')} under way, nothing failed." if waiting else "Everything is done, nothing failed.")

section("Expenditure lines", aside=f"data as of {instant(lines.as_of)}" if lines.as_of else "none yet")
if lines.problems:
    state("failing", "Lines cannot be read", *lines.problems[:5], "Import the same files again, or restore a backup.")
else:
    st.markdown(f"{plural(lines.lines, 'line')} in {plural(lines.files, 'file')}, all of them in place.")

section("Under way", aside=plural(waiting, "job"))
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
else:
    state("empty", "Nothing waits.", "Imports, exports and daily jobs show here while they run.")

if failures:
    section("Failed", aside="tried several times, then kept here")
    for key, topic, name, at, why in failures:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{topic}** {name}  \n{clock_or_day(at) if at else ''} · {why.splitlines()[-1] if why else ''}"
            )
            if actor.may("operations.manage") and st.button("Try again", key=f"again-{key}"):
                with outcome(done="It will be tried again in a moment."), unit_of_work() as uow:
                    outbox.try_again(uow, key)
