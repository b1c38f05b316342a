"""Ask with fields: measures by dimensions, as a table, a pivot or a chart; everything stands in the address."""

import streamlit as st

from dashboard.parts import address, explore_kept, formats
from dashboard.parts import explore_fields as parts
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.explore_export import export_fields
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import show_problems
from dashboard.parts.shell import style
from dashboard.parts.tiles_chart import chart
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import LakeAway
from models.explore import asking, fields, queries
from models.explore.rules import QuestionKind
from models.statistics.asks import Ask, parsed
from models.statistics.findings import finding
from models.statistics.results import Result
from models.statistics.tiles import ChartKind


def opened_question() -> None:
    """A link to a kept question asks it."""
    key = explore_kept.key_of(address.get("question"))
    if key and not address.get_all("measure"):
        with unit_of_work(read_only=True) as uow:
            row = queries.question(uow, key)
        address.put(view=str(row.content.get("view", "")), kind=str(row.content.get("kind", "")))
        parts.put(parsed(row.content.get("ask") or {}))


def head(found: Result, ask: Ask) -> None:
    """Title, period, how fresh; keep and export."""
    words, actions = st.columns([3, 2], vertical_alignment="center")
    fresh = f"data as of {formats.instant(found.as_of)}" if found.as_of else ""
    notes = {note for each in found.measures if (note := each.note)}
    with words:
        page_head("Ask with fields", line=[found.words, "GMT+08:00", fresh, *sorted(notes)])
    with actions, st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep", icon=":material/bookmark_add:", key="explore_keep_open"):
            content = {"ask": ask.model_dump(mode="json"), "view": address.get("view"), "kind": address.get("kind")}
            explore_kept.keep_dialog(QuestionKind.FIELDS, content)
        export_fields(ask, found)


def shown(found: Result, ask: Ask) -> None:
    """The answer in the view that the address says."""
    usual = "chart" if ask.granularity and len(ask.by) < 2 else "table"
    chosen = address.get("view") if address.get("view") in parts.VIEWS else usual
    with st.container(horizontal=True, vertical_alignment="center"):
        bound = address.bound("f_view", chosen, lambda value: address.put(view=value))
        picked = st.segmented_control("View", list(parts.VIEWS), format_func=parts.VIEWS.__getitem__, required=True,
                                      label_visibility="collapsed", **bound)  # fmt: skip
        view = picked or chosen
        kind = ChartKind(address.get("kind")) if address.get("kind") in parts.CHARTS else _suits(ask)
        if view == "chart":
            bound = address.bound("f_kind", kind, lambda value: address.put(kind=value))
            st.selectbox("Chart", parts.CHARTS, format_func=lambda each: each.words, label_visibility="collapsed",
                         width=190, **bound)  # fmt: skip
    words = finding(found)
    if view == "pivot":
        pivoted(found, ask)
    elif view == "chart" and len(ask.by) < 2:
        section(words, note=parts.unit_words(found))
        chart(found, kind, key=f"f_chart:{kind}:{ask.model_dump_json()}", alt=words)
    else:
        if view == "chart":
            st.caption("A chart shows one dimension; this answer has more, so it stands as a table.")
        chart(found, ChartKind.TABLE, key=f"f_table:{ask.model_dump_json()}", alt=words)


def _suits(ask: Ask) -> ChartKind:
    return ChartKind.COLUMNS if ask.granularity and ask.by else ChartKind.LINE if ask.granularity else ChartKind.BARS


def pivoted(found: Result, ask: Ask) -> None:
    """Rows by columns; says what is missing for it."""
    if not ask.by or (len(ask.by) < 2 and not ask.granularity):
        state("empty", "A pivot needs two fields", "Choose two dimensions, or one dimension and steps of time.")
        return
    with unit_of_work(read_only=True) as uow:
        pivot = fields.pivot(uow, ask)
    unit = f", {pivot.currency}" if pivot.currency else ""
    section(f"{found.measures[0].words}{unit}", note="Totals are counted on their own. Darker means larger.")
    parts.pivot_table(pivot, found)


def page() -> None:
    """The question, its answer, and where to go on."""
    ask, problems = parts.ask_from_address()
    with unit_of_work(read_only=True) as uow:
        try:
            found = fields.asked(uow, ask)
            facets = fields.facets(uow, ask) if found.rows else []
        except LakeAway:
            raise
        except DomainError as error:
            found, refused = None, error
    if found is None:
        page_head("Ask with fields", line=["GMT+08:00"])
        parts.chooser(ask)
        parts.filters(ask)
        show_problems(refused)
        return
    head(found, ask)
    parts.chooser(ask)
    parts.filters(ask)
    for text in (*problems, *found.problems):
        st.caption(formats.plain(text))
    if not found.rows:
        state("empty", f"Nothing in {found.words}", "Choose another period, or take filters off above.")
        return
    answer(f"{formats.text(finding(found))}.")
    parts.suggestions(ask, facets)
    shown(found, ask)


current_actor().demand(asking.PERMISSION)
style("explore.css")
opened_question()
with lake_readable("Ask with fields"):
    page()
