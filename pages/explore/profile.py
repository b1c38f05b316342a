"""Profile of a column: how it is filled, its commonest values, how it lies, where it has gaps, how it drifts."""

from decimal import Decimal

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts import explore_profile as parts
from dashboard.parts import explore_work as work
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.figures import Figure, figures
from dashboard.parts.head import answer, page_head
from dashboard.parts.outcome import show_problems
from dashboard.parts.shell import style
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import LakeAway
from models.explore import asking
from models.explore.profiles import Profile, profile
from models.explore.sources import Source, sources

WINDOWS = {1: "Month against month", 3: "3 months against 3", 6: "6 months against 6", 12: "Year against year"}


def choose(tables: list[Source]) -> tuple[str, str, int]:
    """Table, column and the periods that drift compares; the address holds them."""
    names = {each.name: f"{each.name} — {each.words}" for each in tables}
    table = address.get("table") if address.get("table") in names else tables[0].name
    kinds = next(each for each in tables if each.name == table).kinds
    usual = next((name for name in ("service_type", "application_type") if name in kinds), next(iter(kinds)))
    column = address.get("column") if address.get("column") in kinds else usual
    months = next((each for each in WINDOWS if str(each) == address.get("months")), 3)
    boxes = (
        ("Table", "profile_table", list(names), names.__getitem__, table, 330, lambda name: _put(name, None, months)),
        ("Column", "profile_column", list(kinds), str, column, 220, lambda name: _put(table, name, months)),
        ("Drift", "profile_window", list(WINDOWS), WINDOWS.__getitem__, months, 190,
         lambda value: _put(table, column, value)),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", key="profile_choice"):
        for label, key, options, words, now, width, write in boxes:
            st.selectbox(label, options, format_func=words, width=width, **address.bound(key, now, write))
    return table, column, months


def _put(table: str, column: str | None, months: int) -> None:
    address.put(table=table, column=column, months=str(months))


def looked(table: str, column: str, months: int) -> Profile | None:
    """The profile, counted once while the same is looked at; None when it cannot be, which is said."""
    key = (table, column, months, *(each.num_rows for each in own.values()))
    known: tuple[object, Profile] | None = st.session_state.get("explore_profile")
    if known and known[0] == key:
        return known[1]
    try:
        with st.spinner("Counting"), unit_of_work(read_only=True) as uow:
            found = profile(uow, table, column, months=months, own=own)
    except LakeAway:
        raise
    except DomainError as error:
        show_problems(error)
        return None
    st.session_state["explore_profile"] = (key, found)
    return found


def figure(found: Profile, label: str, text: str, definition: str) -> Figure:
    """A value that fits beside others; the exact one opens on hover."""
    if not text:
        return Figure(label, "--", definition=f"{definition}.")
    exact = parts.value_words(text, found.kind)
    short = formats.amount(Decimal(text)) if found.kind == "amount" else exact[:24]
    return Figure(label, short, definition=f"{definition}: {exact}.")


def draw(found: Profile) -> None:
    """The answer, figures, and at most four pictures."""
    filled = formats.share(formats.part_of(Decimal(found.filled), Decimal(found.rows)))
    different = formats.plural(found.distinct, "different value")
    answer(
        f"<b>{formats.text(found.column)}</b> is filled on {filled} of {formats.count(found.rows)} rows, with "
        f"<b>{different}</b>.", beside=formats.text(found.words),
    )  # fmt: skip
    items = [
        Figure("Empty", formats.count(found.empty), definition="Rows without a value."),
        figure(found, "Lowest", found.low, "The smallest value; of texts the first by letters"),
        figure(found, "Highest", found.high, "The largest value; of texts the last by letters"),
    ]
    if found.total:
        items.append(figure(found, "Sum", found.total, "Of all rows"))
    figures(items)
    left, right = st.columns(2, gap="large")
    with left:
        if found.bins and found.distinct > len(found.top):
            parts.spread(found)
        else:
            parts.commonest(found)
    with right:
        parts.months(found)
        parts.drift(found)


current_actor().demand(asking.PERMISSION)
style("explore.css")
own = work.own_tables()
tables = [*(asking.own_source(name, rows) for name, rows in own.items()), *sources(current_actor())]
with lake_readable("Profile of a column"):
    head = st.container()
    table, column, months = choose(tables)
    found = looked(table, column, months)
    with head:
        fresh = f"data as of {formats.instant(found.read.as_of)}" if found and found.read.as_of else ""
        page_head("Profile of a column", line=["Within what you may see", "GMT+08:00", fresh])
    if found and found.rows:
        draw(found)
    elif found:
        state("empty", "No row here", "Nothing of this table is within what you may see yet.")
