"""The designer: a workflow on the canvas, what can be set of its nodes, what is wrong, how it comes into force."""

from uuid import UUID

import streamlit as st

from dashboard.parts import address, design_release, formats
from dashboard.parts.design_canvas import bottleneck, show, span_words
from dashboard.parts.design_clocks import clocks_view
from dashboard.parts.design_decision import SHEET, sheet
from dashboard.parts.design_files import files_view
from dashboard.parts.design_forms import builder
from dashboard.parts.design_numbers import numbers, offer, words
from dashboard.parts.design_panel import panel
from dashboard.parts.design_problems import place_words, problem_list, unstaffed
from dashboard.parts.design_runs import migrate_view, replay_view
from dashboard.parts.design_try import try_it
from dashboard.parts.design_work import carry_out, refused
from dashboard.parts.empty import state
from dashboard.parts.head import Badge, Crumb, page_head, section
from dashboard.parts.outcome import show_problems
from dashboard.parts.shell import style
from models.applications.types import application_type, application_types
from models.core.actor import current_actor
from models.core.errors import DomainError, Problem
from models.core.unit_of_work import unit_of_work
from models.design import drafting, publishing
from models.design.difference import Difference, differences
from models.design.drafting import Draft
from models.design.editing import flow, label_of
from models.design.judging import judged
from models.design.live import StageNumbers, live_numbers
from models.design.queries import running
from models.design.rules import DraftStatus
from models.engines.definitions import versions
from models.engines.definitions.loading import Content
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.schema import kind_of

CRUMBS = [Crumb("Workflows", "workflows")]
VIEWS = {
    "": "Workflow", "forms": "Forms", "clocks": "Clocks", "numbers": "Numbers", "words": "Words",
    "offer": "Who can apply", "try": "Try", "replay": "Replay", "files": "Files",
}  # fmt: skip
IN_FORCE = {**{name: words_ for name, words_ in VIEWS.items() if name != "replay"}, "migrate": "Cases under way"}


def numbers_of(key: str) -> dict[str, StageNumbers]:
    """The running numbers, when they are to lie over the canvas."""
    if not st.session_state.get("design:live", True):
        return {}
    with unit_of_work(read_only=True) as uow:
        return live_numbers(uow, key)


def work(
    content: Content, found: list[Problem], waits: list[Problem], *, published: Content | None, editable: bool,
    revision: int, steps: tuple[bool, bool],
) -> None:  # fmt: skip
    """Canvas and properties beside each other, problems below; or one decision as wide as the page."""
    chosen = address.get("node") if address.get("node") in flow(content)["nodes"] else ""
    mine = [problem for problem in found if problem.field == chosen]
    if chosen and address.get("sheet") == SHEET and kind_of(flow(content)["nodes"][chosen]) == "decision":
        sheet(content, chosen, mine, editable=editable, revision=revision, steps=steps)
        return
    live = numbers_of(content["type"]["key"])
    left, right = st.columns([3.1, 1], gap="small")
    with left:
        show(content, found, waits, live, selected=chosen or None, revision=revision, editable=editable, steps=steps)
    with right:
        if chosen:
            warned = [each for each in waits if each.field == chosen]
            panel(content, chosen, mine, warned, published=published, editable=editable, revision=revision)
        else:
            overview(content, live)


def view(views: dict[str, str]) -> str:
    """Which part of the type is looked at; the address keeps it."""
    chosen = address.get("view") if address.get("view") in views else ""
    bound = address.bound("design:view", chosen, lambda value: address.put(view=value or ""))
    st.segmented_control(
        "Part", list(views), format_func=views.__getitem__, label_visibility="collapsed", required=True, **bound
    )
    return chosen


def parts(
    content: Content, waits: list[Problem], *, editable: bool, revision: int, steps: tuple[bool, bool],
    published: Content | None = None, draft_id: UUID | None = None,
) -> None:  # fmt: skip
    """The part of the type that is looked at, and what is wrong with the whole; `waits`: stages that nobody decides."""
    made, found = judged(content)
    match view(VIEWS if draft_id else IN_FORCE):
        case "forms":
            builder(content, made, editable=editable, revision=revision)
        case "clocks":
            clocks_view(content, made, found, editable=editable, revision=revision)
        case "numbers":
            numbers(content, editable=editable, revision=revision)
        case "words":
            words(content, editable=editable, revision=revision)
        case "offer":
            offer(content, editable=editable, revision=revision)
        case "try":
            try_it(made, editable=editable)
        case "replay" if draft_id is not None:
            replay_view(draft_id, content["type"]["key"], sound=not found)
        case "migrate" if made is not None:
            migration(made)
        case "files":
            files_view(content, editable=editable)
        case _:
            work(content, found, waits, published=published, editable=editable, revision=revision, steps=steps)
    problem_list(content, found, waits)


def migration(made: ApplicationType) -> None:
    """Cases under way on other versions."""
    with unit_of_work(read_only=True) as uow:
        olds = {version: versions.type_of(uow, made.key, version).workflow for version in running(uow, made.key)}
    olds.pop(made.version, None)
    migrate_view(made.key, olds, made.workflow)


def overview(content: Content, live: dict[str, StageNumbers]) -> None:
    """What stands beside the canvas while no node is chosen."""
    nodes = flow(content)["nodes"]
    slowest = bottleneck(content, live)
    with st.container(border=True, key="design_panel"):
        st.html(f'<div class="k dp"><b>{formats.text(content["type"]["name"])}</b></div>')
        st.html(f'<p class="k mu">{formats.plural(len(nodes), "node")}. Choose one to see who decides, until when, and '
                "what the partner sees.</p>")  # fmt: skip
        if slowest and slowest in nodes:
            held = live[slowest]
            waits = sum(each.cases for name, each in live.items() if name in nodes)
            st.html(
                f'<div class="k note t-orange"><span class="i" aria-hidden="true">speed</span><span><b>Bottleneck.</b> '
                f"{held.cases} of {formats.plural(waits, 'case')} wait at {formats.text(label_of(content, slowest))}; "
                f"half of them take longer than {span_words(held.median)}.</span></div>"
            )


def in_force(key: str) -> None:
    """The version that new cases begin under, to look at."""
    with unit_of_work(read_only=True) as uow:
        made = application_type(uow, key)
        content = versions.content_of(uow, key, made.version)
        kept, history = publishing.kept_versions(uow, key), publishing.history(uow, key)
    carry_out(UUID(int=0), editable=False)
    left, right = st.columns([2, 1.2], vertical_alignment="top")
    with left:
        page_head(made.name, crumbs=CRUMBS, line=[f"Version {versions.words(made.version)} is in force", "to look at"])
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        if not address.get("view") and not address.get("sheet"):
            st.toggle("Live numbers", value=True, key="design:live")
        if st.button("Change it", type="primary", icon=":material/edit:", key="design:begin"):
            with unit_of_work() as uow:
                draft_id = drafting.begin(uow, key)
            address.put(draft=str(draft_id), type="", node="")
            st.rerun()
    parts(content, unstaffed(made), editable=False, revision=made.version, steps=(False, False))
    if history or len(kept) > 1:
        section("Versions", aside="which came into force, and the way back")
        if history:
            design_release.history_list(history)
        with st.container(horizontal=True):
            for version in kept:
                if version == made.version:
                    continue
                pressed = st.button(f"Roll back to version {versions.words(version)}")
                if design_release.asked(f"roll back {version}", pressed=pressed):
                    design_release.roll_back(key, made.name, version)


def badge(draft: Draft, found: list[Problem]) -> Badge:
    """Where a draft stands."""
    if draft.status is DraftStatus.PROPOSED:
        return Badge("Waits for agreement", "orange", "how_to_reg")
    if draft.status is DraftStatus.PUBLISHED:
        return Badge(f"Published as version {versions.words(draft.version or 0)}", "green", "check_circle")
    if draft.status is DraftStatus.DISCARDED:
        return Badge("Given up", "gray", "block")
    if found:
        return Badge(formats.plural(len(found), "problem"), "red", "error")
    return Badge("Ready to be proposed", "blue", "task_alt")


def drafted(draft_id: UUID) -> None:
    """A draft, to be changed."""
    refused()
    carry_out(draft_id, editable=True)
    with unit_of_work(read_only=True) as uow:
        draft = drafting.find(uow, draft_id)
        made = application_types(uow).get(draft.key)
        before = versions.content_of(uow, draft.key, made.version) if made else None
    content = draft.content
    drawn, found = judged(content)
    waits = unstaffed(drawn)
    changed = differences(before, content)
    editable = draft.status is DraftStatus.OPEN
    line = [
        f"Draft by {draft.changed_by_name}, saved {formats.clock_or_day(draft.changed_at)}",
        f"version {versions.words(made.version)} is in force" if made else "not published yet",
    ]
    left, right = st.columns([1.7, 1.5], vertical_alignment="top")
    with left:
        page_head(draft.name, crumbs=CRUMBS, line=line, badges=[badge(draft, found)])
    with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if not address.get("view") and not address.get("sheet"):
            st.toggle("Live numbers", value=True, key="design:live")
        where = [(place_words(content, each), each.text) for each in waits]
        actions(draft, found, changed, where, is_own=draft.proposed_by == current_actor().user_id)
    if editable and made is not None and draft.based_on != made.version:
        overtaken(draft, made.version)
    if draft.answer and editable:
        state("refused", "Not agreed to yet", draft.answer, icon="undo")
    parts(content, waits, editable=editable, revision=draft.place, steps=(draft.place > 0, draft.place < draft.last),
          published=before, draft_id=draft_id)  # fmt: skip
    if made is not None:
        with st.expander(f"What changes: {formats.plural(len(changed), 'difference')}", icon=":material/difference:"):
            design_release.difference_list(changed)


def overtaken(draft: Draft, version: int) -> None:
    """Another version came between: what differs below is the difference to that one."""
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        state(
            "failing", f"Version {versions.words(version)} came into force since this draft was begun",
            "Look at what changes, below: publishing the draft would change all of that.", icon="sync_problem",
        )  # fmt: skip
    if right.button("I have looked at it", key="design:up_to_date"):
        with unit_of_work() as uow:
            publishing.bring_up_to_date(uow, draft.id)
        st.rerun()


def actions(
    draft: Draft, found: list[Problem], changed: list[Difference], waits: list[tuple[str, str]], *, is_own: bool
) -> None:
    """What can be done with the draft as a whole; `waits` are stages that nobody decides now, and why."""
    if draft.status is DraftStatus.OPEN:
        if design_release.asked("give up", pressed=st.button("Give up", key="design:give_up")):
            design_release.give_up(draft.id, draft.name)
        pressed = st.button(
            "Publish", type="primary", icon=":material/publish:", disabled=bool(found), key="design:propose",
            help="Mend the problems first." if found else "Ask a second person to agree.",
        )  # fmt: skip
        if design_release.asked("propose", pressed=pressed):
            design_release.propose(draft.id, changed, waits)
    elif draft.status is DraftStatus.PROPOSED:
        if st.button("Take the proposal back" if is_own else "Open it again", key="design:withdraw"):
            with unit_of_work() as uow:
                publishing.withdraw(uow, draft.id)
            st.rerun()
        if not is_own and current_actor().may("design.publish"):
            answers(draft, changed, waits)


def answers(draft: Draft, changed: list[Difference], waits: list[tuple[str, str]]) -> None:
    """What somebody else can say to a proposal."""
    if design_release.asked("decline", pressed=st.button("Decline", key="design:decline")):
        design_release.decline(draft.id, draft.proposed_by_name)
    pressed = st.button("Agree", type="primary", icon=":material/how_to_reg:", key="design:agree")
    if design_release.asked("agree", pressed=pressed):
        design_release.agree(draft.id, draft.name, draft.proposed_by_name, draft.note, changed, waits)


current_actor().demand("design.edit")
style("design.css")
if asked := address.key("draft"):
    try:
        drafted(asked)
    except DomainError as error:
        page_head("Workflow", crumbs=CRUMBS)
        show_problems(error)
elif key := address.get("type"):
    try:
        in_force(key)
    except DomainError as error:
        page_head("Workflow", crumbs=CRUMBS)
        show_problems(error)
else:
    page_head("Workflow", crumbs=CRUMBS)
    state("empty", "No workflow is chosen", "Choose an application type.", link=("Workflows", "workflows"))
