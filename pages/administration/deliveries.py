"""Deliveries: what workflows sent to people and to other systems, what came back, and once more (operations.view)."""

import streamlit as st

from dashboard.parts import address, list_page
from dashboard.parts.dialog import dialog
from dashboard.parts.formats import count, instant, plural, text
from dashboard.parts.head import Badge, answer, page_head, pill
from dashboard.parts.outcome import outcome, show_problems
from dashboard.parts.records import facts
from dashboard.parts.rows import Tone
from models.applications import deliveries
from models.applications.deliveries import KINDS, STATES, Delivery
from models.core import outbox
from models.core.actor import current_actor
from models.core.errors import NotFound
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow

LOOKS: dict[str, tuple[Tone, str]] = {
    "delivered": ("green", "check_circle"), "failed": ("red", "error"), "again": ("orange", "replay"),
    "waiting": ("gray", "schedule"),
}  # fmt: skip


def sentence(found: dict[str, int]) -> str:
    """How many arrived, and whether some did not."""
    failed, again = found.get("failed", 0), found.get("again", 0)
    words = f"<b>{plural(found.get('delivered', 0), 'delivery', 'deliveries')}</b> arrived"
    words += f", <b>{count(failed)} failed</b> and {'is' if failed == 1 else 'are'} not tried again by itself" * bool(
        failed
    )
    words += f", {count(again)} will be tried again" * bool(again)
    return f"{words}." if failed or again else f"{words}, none failed."


def look(row: ListRow) -> tuple[Tone, str]:
    """What failed stands out."""
    return LOOKS[row.values["state"]]


def close() -> None:
    """Let the address name no delivery any more."""
    st.query_params.pop("id", None)


@dialog("Delivery", width="large", on_dismiss=close)
def show(row: Delivery) -> None:
    """A delivery in full, and the button that gives it out once more."""
    tone, icon = LOOKS[row.state]
    way = f'<a href="{text(address.link("case", {"case": str(row.case_id)}))}" target="_self">{text(row.number)}</a>'
    facts([
        ("Case", way), ("Kind", KINDS.get(row.kind, row.kind)), ("To", text(row.to)),
        ("State", pill(Badge(STATES[row.state], tone, icon))), ("Attempts", count(row.attempts)),
        ("Asked for", text(instant(row.asked_at))),
        *([("Delivered", text(instant(row.done_at)))] if row.done_at else []),
        *([("Next attempt", text(instant(row.due_at)))] if row.state in ("again", "waiting") else []),
        ("Last answer", text(row.answer)),
    ])  # fmt: skip
    if row.sent:
        st.code(row.sent, language="json" if row.kind == "webhook" else None, wrap_lines=True)
    if row.may_be_tried and current_actor().may("operations.manage"):
        st.caption("Whoever receives it tells repeated calls apart by their key, so nothing counts twice.")
        if st.button("Try again", type="primary", icon=":material/replay:", key="delivery_again"):
            with outcome(done="It will be tried again in a moment."):
                with unit_of_work() as uow:
                    outbox.try_again(uow, row.id)
                close()


with unit_of_work(read_only=True) as uow:
    shown = list_page.ask(uow, "deliveries", more=["state"])
    found = deliveries.counts(uow)
page_head("Deliveries", line=["What workflows sent to people and to other systems", "GMT+08:00"])
list_page.toolbar(shown)
if found:
    answer(sentence(found), beside="E-mails stand under Mail.")
opened = list_page.draw(shown, label="Deliveries, newest first; open one to see what was sent", look=look)
if opened:
    st.query_params["id"] = opened
if chosen := address.key():
    try:
        with unit_of_work(read_only=True) as uow:
            row = deliveries.delivery(uow, chosen)
        show(row)
    except NotFound as error:
        close()
        show_problems(error)
