"""Reviewers: groups, skills, regions, limits, who is away and who stands in; stages that nobody decides are named."""

import streamlit as st

from dashboard.parts import address, formats, list_page
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.rows import Tone
from dashboard.parts.stand_ins import amount_typed, listed, open_dialog, show_dialog
from models.core.actor import current_actor
from models.core.types import USD
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.lists import ListRow
from models.partners import queries as partners
from models.reviewers import queries, service, staffing, stand_ins
from models.reviewers.queries import ChangeRow, GroupRow, ReviewerRow
from models.reviewers.rules import QualityKind
from models.reviewers.staffing import StageWithoutMembers

PARTS = {"": "People", "groups": "Groups", "away": "Away and stand-ins"}
EDITED = "reviewers:edited"
"""Where the session keeps whose dialog is open."""
KINDS = {"group": "Group", "skill": "Skill", "region": "Region", "limit": "Limit"}


# ---- people ----


def people(shown: list_page.Shown, rows: list[ReviewerRow], groups: dict[str, str]) -> None:
    """Everybody who sees cases; one opens to be changed."""
    if opened := list_page.draw(shown, label="Reviewers; open one to change it", look=look):
        st.session_state[EDITED] = opened
    if found := next((row for row in rows if str(row.id) == st.session_state.get(EDITED)), None):
        edit(found, groups)


def look(row: ListRow) -> tuple[Tone, str]:
    """Who is out of office stands out."""
    return ("orange", "event_busy") if row.values["away"] else ("gray", "person")


def closed() -> None:
    """No person is open any more."""
    st.session_state.pop(EDITED, None)


def edit(row: ReviewerRow, groups: dict[str, str]) -> None:
    """Groups, skills, regions and the limit of one person, and what there was."""

    @dialog(row.name, width="large", on_dismiss=closed)
    def ask() -> None:
        if row.id == current_actor().user_id:
            st.info("This is you: another manager has to change it. Absences and stand-ins stand under My account.")
            return
        with unit_of_work(read_only=True) as uow:
            regions, history = partners.regions(uow), queries.history_of(uow, row.id)
        with st.form("reviewer", border=False):
            chosen = st.multiselect(
                "Groups", list(groups), list(row.groups), format_func=lambda key: groups[key], key="reviewer:groups"
            )  # fmt: skip
            skills = st.text_input(
                "Skills", ", ".join(row.skills), help="Separated by commas.", key="reviewer:skills"
            )  # fmt: skip
            care = st.multiselect("Regions", regions, [each for each in row.regions if each in regions])
            limit = row.limits.get(USD)
            typed = st.text_input(
                f"Decides up to, {USD}", f"{limit:.2f}" if limit is not None else "",
                key="reviewer:limit",
                help="Counts at stages that ask for a limit; without one nobody decides there.",
            )  # fmt: skip
            if st.form_submit_button("Save", type="primary"):
                with outcome(done=f"{row.name} saved."):
                    amount = amount_typed(typed)
                    with unit_of_work() as uow:
                        for kind, before, after in (
                            (QualityKind.GROUP, row.groups, chosen),
                            (QualityKind.SKILL, row.skills, [each.strip() for each in skills.split(",")]),
                            (QualityKind.REGION, row.regions, care),
                        ):
                            change(uow, row, kind, set(before), {each for each in after if each})
                        service.set_limit(uow, row.id, amount, USD)
                    closed()
        with st.container(horizontal=True):
            for what, words, icon in (("away", "Note an absence", "event_busy"),
                                      ("stand_in", "Note a stand-in", "swap_horiz")):  # fmt: skip
                if st.button(words, icon=f":material/{icon}:", key=f"then:{what}"):
                    closed()
                    open_dialog(what, row.id, row.name)
                    st.rerun()
        past(history, groups)

    ask()


def change(uow: UnitOfWork, row: ReviewerRow, kind: QualityKind, before: set[str], after: set[str]) -> None:
    """Give what is new, take what is gone."""
    for name in sorted(after - before):
        service.give(uow, row.id, kind, name)
    for name in sorted(before - after):
        service.take(uow, row.id, kind, name)


def past(history: list[ChangeRow], groups: dict[str, str]) -> None:
    """What was given and taken, the newest first."""
    if not history:
        return
    section("History")
    lines = "".join(
        f"<tr><td>{KINDS[each.kind]}</td><td>{formats.text(_named(each, groups))}</td>"
        f'<td class="mu">{formats.text(formats.instant(each.since))} by {formats.text(each.given_by_name)}</td>'
        f'<td class="mu">{_ended(each)}</td></tr>'
        for each in history
    )
    st.html(
        '<div class="k scroll"><table><tr><th>What</th><th>Which</th><th>Given</th><th>Taken</th></tr>'
        f"{lines}</table></div>"
    )


def _named(each: ChangeRow, groups: dict[str, str]) -> str:
    return groups.get(each.name, each.name) if each.kind == "group" else each.name


def _ended(each: ChangeRow) -> str:
    if each.until is None:
        return "in force"
    return f"{formats.text(formats.instant(each.until))} by {formats.text(each.taken_by_name or '')}"


# ---- groups ----


@dialog("New group")
def new_group() -> None:
    with st.form("group", border=False):
        name = st.text_input("Name", placeholder="Large deals")
        key = st.text_input("Key", placeholder="large_deals", help="Workflows name the group by it; it never changes.")
        text = st.text_input("What it is for")
        if st.form_submit_button("Create group", type="primary"):
            with outcome(done=f"{name} can be named in workflows now."), unit_of_work() as uow:
                service.create_group(uow, key, name, text)


def edit_group(row: GroupRow) -> None:
    """Who is in it, and how it ends."""

    @dialog(row.name, on_dismiss=list_page.dismissed)
    def ask() -> None:
        with unit_of_work(read_only=True) as uow:
            members = queries.reviewers(uow, group=row.key)
        st.write(f"Named {formats.plain(row.key)} in workflows. {formats.plain(row.description)}")
        st.write(formats.listing([each.name for each in members], most=20) if members else "Nobody is in it.")
        st.caption("Open a person under People to change it.")
        if st.button("Close group", key="group:close"):
            with outcome(done=f"{row.name} is closed."), unit_of_work() as uow:
                service.close_group(uow, row.key)

    ask()


def show_groups(shown: list_page.Shown, groups: list[GroupRow]) -> None:
    """The groups, each opens."""
    if opened := list_page.draw(shown, label="Groups; open one to see who is in it", look=group_look):
        key = next(row.values["key"] for row in shown.rows if str(row.key) == opened)
        edit_group(next(row for row in groups if row.key == key))


def group_look(row: ListRow) -> tuple[Tone, str]:
    """A group without anybody stands out."""
    return ("gray" if row.values["members"] else "red"), "groups"


def warn(missing: list[StageWithoutMembers]) -> None:
    """Stages that nobody decides: each a reason why cases would wait for ever."""
    for row in missing:
        words = f"{row.type_name}: {row.label}. {row.text}"
        st.warning(formats.plain(words), icon=":material/person_off:")


current_actor().demand("reviewers.manage")
page_head("Reviewers", line=["Whose turn a review is", "GMT+08:00"])
with unit_of_work(read_only=True) as uow:
    rows, groups = queries.reviewers(uow), queries.groups(uow)
    stands, away = stand_ins.delegations(uow), stand_ins.absences(uow)
    missing = staffing.stages_without_members(uow)
gone = sum(row.away_until is not None for row in rows)
answer(
    f"<b>{formats.plural(len(rows), 'person', 'people')}</b> can be asked, {gone or 'none'} out of office; "
    f"{formats.plural(len(groups), 'group')}, {formats.plural(len(stands), 'stand-in')}."
)
warn(missing)
names = {row.key: row.name for row in groups}


def parts() -> None:
    """The switch between the parts of the page."""
    bound = address.bound("reviewers:part", part, lambda value: address.only(part=value or ""))
    st.segmented_control("Part", list(PARTS), format_func=PARTS.__getitem__, label_visibility="collapsed", **bound)


part = address.get("part") if address.get("part") in PARTS else ""
if part == "away":
    with st.container(horizontal=True, key="chips"):  # as beside the lists
        parts()
    if away or stands:
        listed(away, stands, key="all_stand_ins")
    else:
        state("empty", "Everybody is there", "Open a person under People to note an absence or a stand-in.")
else:
    with unit_of_work(read_only=True) as uow:
        if part == "groups":
            shown = list_page.ask(uow, "reviewer_groups", more=["key", "members"])
        else:
            shown = list_page.ask(uow, "reviewers", more=["away"])
    list_page.toolbar(shown, first=parts)
    if part == "groups":
        if st.button("New group", type="primary", icon=":material/group_add:"):
            new_group()
        show_groups(shown, groups)
    else:
        people(shown, rows, names)
show_dialog(away, stands)
