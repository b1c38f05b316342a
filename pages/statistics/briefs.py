"""Briefs: what changed, why, what is at risk and what waits, on a schedule of one's own; earlier editions."""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.again import again
from dashboard.parts.brief_edition import edition
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.rows import Row, Tone, rows
from models.briefs import queries, service
from models.briefs.queries import BriefRow, Edition, EditionRow
from models.briefs.rules import DAYS, EditionStatus, Every, Schedule
from models.briefs.service import Setting
from models.core.unit_of_work import unit_of_work
from models.partners import queries as partners

RHYTHMS = {Every.DAY: "Every day", Every.WEEK: "Every week", Every.MONTH: "Every month"}
MORNING = time(7, 30)
LOOKS: dict[EditionStatus, tuple[Tone, str]] = {
    EditionStatus.READY: ("green", "newspaper"), EditionStatus.FAILED: ("red", "error"),
    EditionStatus.WAITING: ("gray", "hourglass_empty"),
}  # fmt: skip
SOON = 2.0
"""Seconds after which an edition that is being made is looked for again."""


def ask(what: str, key: UUID | None = None) -> None:
    """Noted by a button, done at the top of the next run."""
    st.session_state["brief_asked"] = (what, key)


def open_change() -> None:
    """Let the dialog be open until it is saved or dismissed."""
    st.session_state["brief_dialog"] = True


def closed() -> None:
    """The dialog was dismissed."""
    st.session_state.pop("brief_dialog", None)


def carry_out() -> None:
    """What a button asked for."""
    what, key = st.session_state.pop("brief_asked", ("", None))
    if what == "now":
        with outcome(done="Your brief is being made. It appears here in a moment."):
            with unit_of_work() as uow:
                made = service.ask_now(uow)
            address.only(edition=str(made))
    elif what == "again" and key:
        with outcome(done="It is tried again."), unit_of_work() as uow:
            service.try_again(uow, key)


@dialog("Your brief", on_dismiss=closed)
def change(brief: BriefRow | None) -> None:
    """When it comes, about whom, and whether it is sent."""
    with unit_of_work(read_only=True) as uow:
        known = {str(key): name for key, name in partners.options(uow).items()}
    schedule = brief.schedule if brief else Schedule(Every.DAY, 1, f"{MORNING:%H:%M}")
    rhythms = list(Every)
    every = st.selectbox(
        "How often", rhythms, rhythms.index(schedule.every), format_func=lambda rhythm: RHYTHMS[rhythm]
    )
    on_day = 1
    if every is Every.WEEK:
        day = schedule.on_day if schedule.every is Every.WEEK else 1
        on_day = st.selectbox("On", range(1, 8), day - 1, format_func=lambda number: DAYS[number - 1])
    elif every is Every.MONTH:
        day = schedule.on_day if schedule.every is Every.MONTH else 1
        help_ = "A month without that day sends it on its last day."
        on_day = int(st.number_input("On day", 1, 31, day, help=help_))
    zone = formats.preferences().zone_name
    at = st.time_input(f"At ({zone})", time.fromisoformat(schedule.at), step=900, help="Your own time: My account.")
    chosen = brief.partners if brief else ()
    if len(known) > 1:
        chosen = tuple(
            st.multiselect(
                "About these partners", list(known), [key for key in chosen if key in known],
                format_func=lambda key: known[key], placeholder="All you may see",
            )
        )  # fmt: skip
    by_mail = st.toggle("Send it to me: on the home page and by e-mail", brief.by_mail if brief else True)
    active = st.toggle("It comes", brief.active) if brief else True
    if st.button("Save", type="primary", key="brief_save"):
        with outcome(done="Saved." if active else "No brief comes until you let it."):
            setting = Setting(Schedule(every, on_day, f"{at:%H:%M}"), tuple(chosen), by_mail, active)
            with unit_of_work() as uow:
                service.set_brief(uow, setting, expected=brief.version if brief else None)
            closed()


def sentence(brief: BriefRow | None) -> str:
    """When the next one comes."""
    if brief is None:
        return "<b>You have no brief yet.</b> Set up when it comes: it tells what you may see, and nothing else."
    if not brief.active or brief.next_at is None:
        return "<b>No brief comes.</b> What came before stays here."
    local = brief.next_at.astimezone(formats.preferences().zone)
    whom = f", about {formats.plural(len(brief.partners), 'chosen partner')}" if brief.partners else ""
    return (
        f"<b>Your next brief comes {local:%A}, {formats.instant(brief.next_at)}.</b> "
        f"{formats.text(brief.schedule.words)}{whom}."
    )


def show(chosen: Edition) -> None:
    """The edition that is open: its content, or why there is none."""
    row = chosen.row
    if row.status is EditionStatus.FAILED:
        state("failing", "This edition could not be made", row.error or "", "Nothing is lost: try it again.")
        st.button("Try again", icon=":material/refresh:", key="brief_again", on_click=ask, args=("again", row.id))
    elif chosen.content is None:
        words = row.error or "It appears here in a moment."
        state("empty", "This edition is being made", words, icon="hourglass_empty")
        again(SOON)
    else:
        section(chosen.content.headline[:1].upper() + chosen.content.headline[1:], note=chosen.content.about)
        edition(chosen.content)


def earlier(found: Sequence[EditionRow], open_: UUID) -> None:
    """All editions, each one click away."""
    section("Editions", aside=formats.count(len(found)))
    made = [_row(row, row.id == open_) for row in found]
    if opened := rows(made, key="editions", label="Editions of your brief; open one to read it"):
        address.only(edition=opened)
        st.rerun()


def _row(row: EditionRow, is_open: bool) -> Row:
    tone, icon = LOOKS[row.status]
    words = {EditionStatus.FAILED: "Failed", EditionStatus.WAITING: "Being made"}.get(row.status, "")
    title = _day(row.made_at or row.asked_at)
    return Row(str(row.id), title, row.subject.partition(": ")[2] or words, "", "Open" if is_open else "", tone, icon)


def _day(at: datetime) -> str:
    return f"{at.astimezone(formats.preferences().zone):%a} {formats.instant(at)}"


carry_out()
with unit_of_work(read_only=True) as uow:
    own, editions = queries.own_brief(uow), queries.own_editions(uow)
    wanted = address.key("edition") or (editions[0].id if editions else None)
    opened = queries.own_edition(uow, wanted) if wanted else None
head, buttons = st.columns([3, 2], vertical_alignment="bottom")
with head:
    page_head("Briefs", line=["For you alone, within what you may see", formats.preferences().zone_name])
with buttons, st.container(horizontal=True, horizontal_alignment="right"):
    if own:
        st.button("Make one now", icon=":material/bolt:", key="brief_now", on_click=ask, args=("now",))
    st.button("Change" if own else "Set up", type="primary", icon=":material/schedule:", key="brief_change",
              on_click=open_change)  # fmt: skip
answer(sentence(own))
if st.session_state.get("brief_dialog"):
    change(own)
if opened:
    text, beside = st.columns([5, 3], gap="large")
    with text:
        show(opened)
    with beside:
        earlier(editions, opened.row.id)
elif own:
    st.html('<p class="k mu">No edition yet. <b>Make one now</b> shows what it will tell.</p>')
