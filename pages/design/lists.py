"""Lists: which columns, filters and order each opens with, and for whom; saved views; the history and the way back."""

import streamlit as st

from dashboard.parts import address, formats, list_page_cells, list_page_design
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.head import Badge, Crumb, answer, page_head, section
from dashboard.parts.list_page_state import Shown
from dashboard.parts.outcome import outcome
from dashboard.parts.records import table
from dashboard.parts.rows import Row, rows
from dashboard.parts.saved_views import share
from dashboard.parts.tables import grid
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.engines.lists.asking import NOTHING_ASKED
from models.engines.lists.editing import differences
from models.engines.lists.shaping import Adjustment
from models.engines.lists.sources import ListSource
from models.lists import drafting, publishing, queries, service
from models.lists.queries import EVERYBODY, PUBLISH, Question, ViewRow

PARAM = "list"
TABS = {"columns": "Columns", "filters": "Filters and order", "views": "Saved views", "history": "History"}
SAMPLE = 5


def every_list() -> None:
    """All lists, each with what is in force."""
    lists = queries.all_lists()
    with unit_of_work(read_only=True) as uow:
        force = {key: publishing.in_force(uow, key) for key in lists}
        drafts = drafting.drafts(uow)
    changed = sum(bool(versions) for versions in force.values())
    page_head("Lists", line=["What every list shows, and how it opens"])
    answer(f"<b>{formats.plural(len(lists), 'list')}</b>, <b>{changed}</b> of them not as delivered.")
    opened = rows(
        [
            Row(
                key, source.definition.title,
                f"{formats.plural(len(source.definition.columns), 'column')} · "
                f"{formats.plural(len(source.definition.filters), 'filter')}"
                + (f" · draft by {drafts[key][0]}, {formats.clock_or_day(drafts[key][1])}" if key in drafts else ""),
                note=", ".join(f"{role_words(role)}: {list_page_design.version_words(version).lower()}"
                               for role, version in sorted(force[key].items())) or "As delivered",
                tone="blue" if force[key] else "gray", icon="table_rows",
            )
            for key, source in lists.items()
        ],
        key="every_list", label="Lists; open one to change it",
    )  # fmt: skip
    if opened:
        address.put(**{PARAM: opened})
        st.rerun()


def role_words(role: str) -> str:
    """A role, or everybody."""
    return "everybody" if role == EVERYBODY else service.role_words([role])


def one_list(key: str, source: ListSource) -> None:
    """One list: what is in force, the draft in tabs, what it would look like."""
    list_page_design.carry_out(key)
    with unit_of_work(read_only=True) as uow:
        force = publishing.in_force(uow, key)
        present = publishing.version_content(uow, key, force.get(EVERYBODY, 0))
        standing = list_page_design.standing_of(uow, key, source, present)
    title, draft = source.definition.title, standing.draft
    changed = differences(source.definition, present, standing.content)
    left, right = st.columns([2.6, 1.4], vertical_alignment="bottom")
    with left:
        page_head(title, crumbs=[Crumb("Lists", "design-lists")], badges=[
            Badge(list_page_design.version_words(force.get(EVERYBODY, 0)), "violet", "table_rows")])  # fmt: skip
        answer(sentence(force, len(changed)), beside=formats.text(list_page_design.saved_words(draft)) if draft else "")
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        if draft:
            st.button("Discard", key="list_discard", on_click=list_page_design.discard, args=(key,))
        if st.button("Publish", type="primary", icon=":material/publish:", disabled=not draft, key="list_publish"):
            assert draft is not None
            list_page_design.publish(key, source, present, draft)
    if standing.is_overtaken:
        overtaken(key, standing.newest)
    for problem in publishing.problems_of(key, present):
        st.caption(f":material/info: {formats.plain(problem.text)}")
    tab = address.get("tab") if address.get("tab") in TABS else "columns"
    bound = address.bound("list_tab", tab, lambda value: address.put(tab=value or "columns"))
    st.segmented_control("Show", list(TABS), format_func=TABS.__getitem__, label_visibility="collapsed", **bound)
    if tab == "columns":
        list_page_design.columns_tab(key, source.definition, standing.content)
    elif tab == "filters":
        list_page_design.filters_tab(key, source, standing.content)
    elif tab == "views":
        views(key)
    else:
        history(key, title, force)
    if tab in ("columns", "filters"):
        preview(key, standing.content)


def overtaken(key: str, newest: int) -> None:
    """A version was published since the draft began: discard the draft, or go on with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(f"Version {newest} was published since this draft began. Discard the draft to begin with that.")
        if st.button(f"Go on from version {newest}", key="list_go_on"):
            with outcome(done="The draft goes on: look at what it changes now."), unit_of_work() as uow:
                drafting.go_on_from(uow, key, newest)


def sentence(force: dict[str, int], changes: int) -> str:
    """What is in force for whom, and whether something waits to be published."""
    own = [role for role in force if role != EVERYBODY]
    words = f"<b>{list_page_design.version_words(force.get(EVERYBODY, 0))}</b> is in force"
    if own:
        words += f"; {formats.text(service.role_words(own))} {'has' if len(own) == 1 else 'have'} an own one"
    waits = f" <b>{formats.plural(changes, 'change')}</b> not published yet." if changes else ""
    return f"{words}.{waits}"


def preview(key: str, draft: Adjustment) -> None:
    """The first rows as the list would open for who is looking."""
    section("How it would open for you")
    with unit_of_work(read_only=True) as uow:
        found = queries.preview(uow, key, draft, rows=SAMPLE)
    if found is None:
        st.caption("This list is not for you, so there are no rows to show.")
        return
    opened, made = found
    columns = queries.columns_of(opened, NOTHING_ASKED)
    labels = {name: list_page_cells.header(opened, made, name) for name in columns if name not in made.away}
    shown = Shown(key, opened, Question(NOTHING_ASKED), made, labels, len(made.page.rows), {}, (), {})
    if not shown.rows:
        state("empty", "Nothing would be shown", "No row matches the filters with which it opens.")
        return
    grid(list_page_cells.cells(shown), list_page_cells.grid_columns(shown), key=f"sample:{key}",
         alt=f"The first rows of {opened.source.definition.title}.")  # fmt: skip


def views(key: str) -> None:
    """The views that are published, and one's own."""
    with unit_of_work(read_only=True) as uow:
        published = queries.published_views(uow, key)
        roles = service.roles_of_views(uow, [view.id for view in published])
        opened = queries.open_list(uow, key) if may_open(key) else None
    own = [view for view in opened.views if view.mine and not view.published] if opened else []
    if not published and not own:
        state("empty", "No saved views yet", "Open the list, filter it, and save what you see under Views.")
        return
    chosen = rows(
        [
            Row(str(view.id), view.name, f"by {view.owner_name}",
                note=service.role_words([role for role, _ in roles.get(view.id, ())]),
                tone="blue" if view.published else "gray", icon="group" if view.published else "bookmark")
            for view in (*published, *own)
        ],
        key="design_views", label="Saved views; open one to share it",
    )  # fmt: skip
    if chosen:
        share_view(next(view for view in (*published, *own) if str(view.id) == chosen))


def may_open(key: str) -> bool:
    """Whether the list is for who is looking."""
    return current_actor().may(queries.source_of(key).definition.permission)


@dialog("Share a view")
def share_view(view: ViewRow) -> None:
    """For whom a view is."""
    st.write(f"**{formats.plain(view.name)}** by {formats.plain(view.owner_name)}")
    share(view)


def history(key: str, title: str, force: dict[str, int]) -> None:
    """What was published, by whom and why; and the way back."""
    with unit_of_work(read_only=True) as uow:
        done = publishing.history(uow, key)
        kept = publishing.versions(uow, key)
    if not done:
        state("empty", "Nobody changed this list yet", "It looks as delivered. What you publish is listed here.")
        return
    table(
        ("When", "For", "Version", "Before", "By", "Why"),
        [
            (formats.instant(each.at), formats.text(role_words(each.role)),
             list_page_design.version_words(each.version), list_page_design.version_words(each.before or 0),
             formats.text(each.by_name), formats.text(each.note))
            for each in done
        ],
    )  # fmt: skip
    section("Bring back")
    with st.container(horizontal=True):
        for number in (*(number for number, _, _ in kept), 0):
            words = list_page_design.version_words(number)
            if st.button(words, key=f"back:{number}", icon=":material/undo:"):
                list_page_design.bring_back(key, title, number)
        for role in sorted(force):
            if role != EVERYBODY and st.button(f"{role_words(role)}: as everybody", key=f"give_up:{role}"):
                list_page_design.give_up(key, role)


current_actor().demand(PUBLISH)
chosen = address.get(PARAM)
if chosen in queries.all_lists():
    one_list(chosen, queries.source_of(chosen))
else:
    every_list()
    if chosen:
        st.caption(f"There is no list “{formats.plain(chosen[:60])}”.")
