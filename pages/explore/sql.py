"""Ask with SQL: any question over what one may see, answered in a process that can reach nothing else."""

import streamlit as st

from dashboard.parts import address, explore_answer, explore_kept, formats
from dashboard.parts import explore_work as work
from dashboard.parts.again import again
from dashboard.parts.empty import state
from dashboard.parts.explore_export import export_answer
from dashboard.parts.explore_schema import schema_browser
from dashboard.parts.head import page_head
from dashboard.parts.outcome import show_problems
from dashboard.parts.shell import style
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.engines.sandbox.process import Cancelled
from models.engines.sandbox.reading import parameters_of
from models.explore import asking, queries
from models.explore.asking import Asked, Cost
from models.explore.exporting import question_of
from models.explore.queries import QuestionRow
from models.explore.rules import QuestionKind
from models.explore.running import Run, Stage
from models.explore.sources import sources

QUICK = 1.2
"""Seconds that a page waits for an answer before it says that it is working."""
LOOK_AGAIN = 0.8
"""Seconds until the page looks again whether an answer is there."""
SIDES = {"schema": "Schema", "kept": "Kept", "history": "History"}
VIEWS = {"table": "Table", "chart": "Chart"}


def open_kept(row: QuestionRow) -> None:
    """Lay a kept question on the desk."""
    work.put_asked(Asked(str(row.content.get("sql", "")), queries.parameters_of(row.content.get("parameters") or {})))
    address.put(question=str(row.id))


def values(names: tuple[str, ...]) -> None:
    """A value for each parameter; bound to the statement, never pasted into it."""
    for name in names:
        given = work.value_of(name)
        kind_key, text_key = f"explore_kind:{name}", f"explore_value:{name}"

        def written(_: object, name: str = name, kind_key: str = kind_key, text_key: str = text_key) -> None:
            work.put_value(name, st.session_state[kind_key], st.session_state[text_key])

        kind, value = st.columns([1, 2])
        usual = given.kind if given.text else guessed_kind(name)
        kind.selectbox(f"Kind of {name}", list(work.KINDS), format_func=work.KINDS.__getitem__,
                       **address.bound(kind_key, st.session_state.get(kind_key, usual), written))  # fmt: skip
        value.text_input(f"Value of {name}", placeholder="2026-01-01" if usual == "date" else "",
                         **address.bound(text_key, given.text or "", written))  # fmt: skip


def guessed_kind(name: str) -> str:
    """What a parameter probably holds, by its name."""
    days = ("since", "from", "until", "to", "day", "month", "cycle", "date", "on")
    return "date" if name.lower().rpartition("_")[2] in days else "text"


def cost_words(cost: Cost) -> str:
    """What a statement would read."""
    if not cost.tables:
        return "Reads no table."
    parts = [
        f"{formats.plural(rows, 'row')} of {name} ({formats.plural(columns, 'column')})"
        for name, rows, columns in cost.tables
    ]
    return f"Reads {formats.listing(parts, most=6)}: about {formats.size(cost.size)}."


def desk() -> Asked:
    """The statement, its values, and what it would cost."""
    with st.container(key="explore_editor"):
        bound = address.bound("explore_sql", work.statement(), work.put_statement)
        text = st.text_area("Statement", height=210, label_visibility="collapsed", **bound)
    values(parameters_of(text))
    asked = work.asked(text)
    run = work.awaited()
    running = run is not None and run.stage is not Stage.OVER
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Run", type="primary", icon=":material/play_arrow:", key="explore_go", disabled=running):
            work.put_statement(text)
            work.ask(asked)
            st.rerun()
        if st.button("Keep", icon=":material/bookmark_add:", key="explore_keep_open"):
            explore_kept.keep_dialog(QuestionKind.SQL, question_of(asked))
        if not running:
            tell_cost(asked)
    return asked


def tell_cost(asked: Asked) -> None:
    """What it would read, or the first thing that is wrong with it; a value that is missing is no fault yet."""
    try:
        with unit_of_work(read_only=True) as uow:
            words, icon = cost_words(asking.cost(uow, asked, work.own_tables())), "data_usage"
    except DomainError as error:
        words, icon = error.problems[0].text, "error"
    st.html(f'<div class="k cost"><span class="i" aria-hidden="true">{icon}</span>{formats.text(words)}</div>')


def working(run: Run) -> None:
    """How long it has taken; looked at again until it is over, or ended by the button."""
    if run.over.is_set():
        st.rerun()
    waits = "Waiting for others" if run.stage is Stage.WAITING else "Working"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div class="k" role="status"><b>{waits}</b> · {run.seconds:.0f} s of {settings().explore_seconds}</div>'
        )
        st.button("Cancel", icon=":material/stop:", key="explore_cancel", on_click=run.cancel)
    again(LOOK_AGAIN, key="explore_again")


def result(run: Run) -> None:
    """The answer, or why there is none."""
    if isinstance(run.error, Cancelled):
        st.info("Cancelled. Nothing was changed.", icon=":material/cancel:")
        return
    if run.error is not None:
        show_problems(run.error)
        return
    if run.left:
        st.info("The answer left to make room for newer ones. Run it again.", icon=":material/move_to_inbox:")
        return
    found = run.answered
    if found is None:
        return
    words, actions = st.columns([3, 2], vertical_alignment="bottom")
    with words:
        explore_answer.sentence(found)
    with actions, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom"):
        chosen = address.get("view") if address.get("view") in VIEWS else "table"
        bound = address.bound("explore_view", chosen, lambda value: address.put(view=value))
        view = st.segmented_control("View", list(VIEWS), format_func=VIEWS.__getitem__, required=True,
                                    label_visibility="collapsed", **bound)  # fmt: skip
        export_answer(run.asked, found)
    if (view or chosen) == "chart":
        explore_answer.chart(found)
    else:
        explore_answer.table(found)


def side() -> None:
    """What there is to ask, what was kept, what was asked."""
    chosen = address.get("side") if address.get("side") in SIDES else "schema"
    bound = address.bound("explore_beside", chosen, lambda value: address.put(side=value))
    which = st.segmented_control("Beside", list(SIDES), format_func=SIDES.__getitem__, required=True,
                                 label_visibility="collapsed", **bound)  # fmt: skip
    with unit_of_work(read_only=True) as uow:
        if (which or chosen) == "history":
            explore_kept.past(queries.history(uow))
        elif (which or chosen) == "kept":
            explore_kept.kept_list(queries.questions(uow, QuestionKind.SQL), open_kept)
        else:
            own = [asking.own_source(name, table) for name, table in work.own_tables().items()]
            schema_browser([*own, *sources(uow.actor)])


def opened_question() -> None:
    """A link to a kept question lays it on the desk, once."""
    key = explore_kept.key_of(address.get("question"))
    if key and not address.get("sql"):
        with unit_of_work(read_only=True) as uow:
            open_kept(queries.question(uow, key))


current_actor().demand(asking.PERMISSION)
style("explore.css")
page_head("Ask with SQL", line=["Over what you may see", "read only", "GMT+08:00"])
opened_question()
work.tell_left()
left, right = st.columns([5, 3], gap="large")
with left:
    desk()
    awaited = work.awaited()
    if awaited is not None and not awaited.over.wait(QUICK):
        working(awaited)
with right, st.container(height=470, border=False, key="explore_side"):
    side()
if awaited is not None and awaited.over.is_set():
    result(awaited)
elif awaited is None:
    state(
        "empty", "No answer yet", "Write a SELECT over the tables of the schema and press Run. Amounts stay exact.",
        icon="database",
    )  # fmt: skip
