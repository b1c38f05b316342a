"""How a manager changes a list: a draft of its columns, filters and order, saved with each change, and the forms that
publish it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.list_page_bar import order_words
from dashboard.parts.outcome import outcome, show_problems
from dashboard.parts.saved_views import roles_offered
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.lists.editing import altered, differences, moved, spelled_out
from models.engines.lists.schema import FilterKind, ListDefinition
from models.engines.lists.shaping import Adjustment, shaped
from models.engines.lists.sources import ListSource
from models.identity.roles import role_book
from models.lists import drafting, publishing
from models.lists.drafting import Change
from models.lists.queries import EVERYBODY


@dataclass(frozen=True, slots=True)
class Standing:
    """How a list stands for who changes it: what is in force for everybody, the newest version, and the draft."""

    present: Adjustment
    newest: int
    draft: drafting.Draft | None

    @property
    def content(self) -> Adjustment:
        """What the inputs show: the draft, or what is in force."""
        return self.draft.change if self.draft else self.present

    @property
    def is_overtaken(self) -> bool:
        """Whether a version was published since the draft began."""
        return self.draft is not None and self.draft.begun != self.newest


def carry_out(key: str) -> None:
    """Save what was changed in the inputs; call it before anything is read. Says so when others were here."""
    wanted: list[Change] = st.session_state.pop(f"{_place(key)}:wanted", [])
    discarded = st.session_state.pop(f"{_place(key)}:discard", False)
    if not wanted and not discarded:
        return
    try:
        with unit_of_work() as uow:
            before = drafting.draft_of(uow, key)
            if discarded:
                drafting.discard(uow, key)
                now = None
            else:
                now = drafting.change(uow, key, wanted)
    except DomainError as error:
        show_problems(error)
        _anew(key)
        return
    seen = st.session_state.get(f"{_place(key)}:seen", 0)
    if before and not discarded and before.version != seen and before.saved_by != current_actor().user_id:
        st.toast(f"{formats.plain(before.saved_by_name)} changed this draft too. Both changes are in it.")
        _anew(key)
    if now is not None:
        st.session_state[f"{_place(key)}:seen"] = now.version


def standing_of(uow: UnitOfWork, key: str, source: ListSource, present: Adjustment) -> Standing:
    """How the list stands now; what others changed since the last run shows in the inputs."""
    draft = drafting.draft_of(uow, key)
    version, place = draft.version if draft else 0, f"{_place(key)}:seen"
    if st.session_state.get(place, version) != version:
        _anew(key)
    st.session_state[place] = version
    return Standing(spelled_out(source.definition, present), publishing.newest_version(uow, key), draft)


def saved_words(draft: drafting.Draft) -> str:
    """When the draft was saved, and who else works on it."""
    mine = draft.saved_by == current_actor().user_id
    words = f"Saved {formats.clock_or_day(draft.saved_at)}" + ("" if mine else f" by {draft.saved_by_name}")
    others = [
        f"{name} ({formats.clock_or_day(at)})" for name, at in draft.others if mine or name != draft.saved_by_name
    ]
    return words + (f". {formats.listing(others)} changed it too." if others else ".")


def discard(key: str) -> None:
    """Give the draft up in the next run."""
    st.session_state[f"{_place(key)}:discard"] = True
    _anew(key)


def _anew(key: str) -> None:
    """Let every input begin again with what the draft says."""
    st.session_state[f"{_place(key)}:round"] = _round(key) + 1


def _round(key: str) -> int:
    return int(st.session_state.get(f"{_place(key)}:round", 0))


def _place(key: str) -> str:
    return f"list_draft:{key}"


def _want(key: str, change: Change) -> None:
    """Note a change: it is carried out at the top of the next run."""
    st.session_state.setdefault(f"{_place(key)}:wanted", []).append(change)


# ---- columns ----


def columns_tab(key: str, definition: ListDefinition, draft: Adjustment) -> None:
    """Every column in a line: shown, what it is called, its place. The first is always shown."""
    st.caption("Ticked columns are shown until somebody chooses others. The first is always shown.")
    for place, each in enumerate(draft.columns):
        column = definition.columns_by_name[each.name]
        with st.container(horizontal=True, vertical_alignment="center", key=f"col_line_{each.name}", gap="small"):
            st.checkbox(
                f"Show {column.label}", each.shown or place == 0, key=f"col:{_round(key)}:{each.name}",
                disabled=place == 0, label_visibility="collapsed", on_change=_shown, args=(key, each.name), width=28,
            )  # fmt: skip
            st.text_input(
                f"Name of {column.label}", each.label or column.label, key=f"label:{_round(key)}:{each.name}",
                label_visibility="collapsed", max_chars=60, on_change=_called, args=(key, each.name, column.label),
                width=260,
            )  # fmt: skip
            _moving(key, "columns", each.name, column.label, place, len(draft.columns))
            st.caption(_whose(column.side, column.permission), width="content")


def _shown(key: str, name: str) -> None:
    value = st.session_state[f"col:{_round(key)}:{name}"]
    _want(key, lambda draft: draft.model_copy(update={"columns": altered(draft.columns, name, shown=value)}))


def _called(key: str, name: str, own: str) -> None:
    value = " ".join(st.session_state[f"label:{_round(key)}:{name}"].split())
    label = "" if value == own else value
    _want(key, lambda draft: draft.model_copy(update={"columns": altered(draft.columns, name, label=label)}))


def _moving(key: str, what: str, name: str, label: str, place: int, number: int) -> None:
    for step, icon, words in ((-1, "arrow_upward", "up"), (1, "arrow_downward", "down")):
        st.button(
            "", icon=f":material/{icon}:", key=f"move:{what}:{name}:{words}", type="tertiary",
            disabled=not 0 <= place + step < number, on_click=_move, args=(key, what, name, step),
            help=f"Move {label} {words}",
        )  # fmt: skip


def _move(key: str, what: str, name: str, step: int) -> None:
    def change(draft: Adjustment) -> Adjustment:
        changes = moved(getattr(draft, what), name, step)
        if what == "columns":  # whatever stands first is always shown
            changes = altered(changes, changes[0].name, shown=True)
        return draft.model_copy(update={what: changes})

    _want(key, change)
    if what == "columns":
        _anew(key)


def _whose(side: str, permission: str) -> str:
    whose = {"vendor": "vendor only", "partner": "partners only"}.get(side, "")
    needs = f"for who may {role_book().permissions[permission].lower()}" if permission else ""
    return " · ".join(filter(None, (whose, needs)))


# ---- filters and order ----


def filters_tab(key: str, source: ListSource, draft: Adjustment) -> None:
    """Which filters are offered and in which order, how the list is sorted, with which filters it opens."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Filters that are offered**")
        for place, each in enumerate(draft.filters):
            label = source.definition.filters_by_name[each.name].label
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.checkbox(
                    label, each.offered, key=f"filter_on:{_round(key)}:{each.name}", on_change=_offered,
                    args=(key, each.name), width=260,
                )  # fmt: skip
                _moving(key, "filters", each.name, f"filter {label}", place, len(draft.filters))
    with right:
        _order(key, source.definition, draft)
        _presets(key, source, draft)


def _offered(key: str, name: str) -> None:
    value = st.session_state[f"filter_on:{_round(key)}:{name}"]
    _want(key, lambda draft: draft.model_copy(update={"filters": altered(draft.filters, name, offered=value)}))


def _order(key: str, definition: ListDefinition, draft: Adjustment) -> None:
    shape = shaped(definition, draft)
    options = [way for name in shape.sorts for way in (name, f"-{name}")]
    words = {way: order_words(shape.columns[way.removeprefix("-")], way) for way in options}

    def chosen() -> None:
        way = st.session_state[f"sort:{_round(key)}"]
        sort = "" if way == definition.sort else way
        _want(key, lambda draft: draft.model_copy(update={"sort": sort}))

    st.selectbox(
        "Sorted", options, options.index(shape.sort), format_func=words.__getitem__, key=f"sort:{_round(key)}",
        on_change=chosen,
    )  # fmt: skip


def _presets(key: str, source: ListSource, draft: Adjustment) -> None:
    """The filters with which the list opens; those that one chooses values of."""
    st.markdown("**Opens filtered by**")
    choices = [each for each in source.definition.filters if each.kind is FilterKind.CHOICE]
    with unit_of_work(read_only=True) as uow:
        options = {}
        for named in choices:
            offered = source.filters[named.name].options
            options[named.name] = {named.nothing: named.nothing_words} if named.nothing else {}
            options[named.name] |= offered(uow, {}) if offered else {}
    for name, words in options.items():
        if len(words) < 2:
            continue
        st.multiselect(
            source.definition.filters_by_name[name].label, list(words),
            [value for value in draft.preset.get(name, ()) if value in words], format_func=words.__getitem__,
            placeholder="Everything", key=f"preset:{_round(key)}:{name}", on_change=_preset, args=(key, name),
        )  # fmt: skip


def _preset(key: str, name: str) -> None:
    chosen = tuple(st.session_state[f"preset:{_round(key)}:{name}"])

    def change(draft: Adjustment) -> Adjustment:
        preset = {**draft.preset, name: chosen}
        return draft.model_copy(update={"preset": {each: values for each, values in preset.items() if values}})

    _want(key, change)


# ---- publishing ----


@dialog("Publish")
def publish(key: str, source: ListSource, present: Adjustment, draft: drafting.Draft) -> None:
    """What would change, for whom, and why."""
    changed = differences(source.definition, present, draft.change)
    st.html("<ul class='k'>" + "".join(f"<li>{formats.text(words)}</li>" for words in changed) + "</ul>")
    with st.form("publish_list", border=False):
        roles, note = _for_whom("publish")
        if st.form_submit_button("Publish", type="primary"):
            with outcome(done=f"{source.definition.title}: the change is in force."):
                with unit_of_work() as uow:
                    drafting.publish(uow, key, roles, note=note, seen=draft.version)
                _anew(key)


@dialog("Bring back an earlier version")
def bring_back(key: str, title: str, version: int) -> None:
    """Let a version come into force again."""
    st.write(f"{version_words(version)} of {title} comes into force again at once; nothing is lost.")
    with st.form("roll_back_list", border=False):
        roles, note = _for_whom("back")
        if st.form_submit_button("Bring it back", type="primary"):
            with outcome(done=f"{title}: {version_words(version)} is in force again."):
                with unit_of_work() as uow:
                    publishing.roll_back(uow, key, version, roles, note=note)
                _anew(key)


@dialog("No version of its own any more")
def give_up(key: str, role: str) -> None:
    """Let a role have everybody's version again."""
    with st.form("give_up_list", border=False):
        note = st.text_input("Why", max_chars=200)
        if st.form_submit_button("Use everybody's version", type="primary"):
            with outcome(done="Everybody's version counts for this role again."), unit_of_work() as uow:
                publishing.give_up(uow, key, role, note=note)


def _for_whom(key: str) -> tuple[Sequence[str], str]:
    words: Mapping[str, str] = roles_offered()
    roles = st.multiselect(
        "For whom", list(words), [EVERYBODY], format_func=words.__getitem__, key=f"{key}:roles",
        help="A role's own version goes before everybody's.",
    )  # fmt: skip
    return roles, st.text_input("Why", max_chars=200, key=f"{key}:note", help="It stays in the history.")


def version_words(number: int | None) -> str:
    """A version as people name it."""
    if number is None:
        return "Everybody's version"
    return f"Version {number}" if number else "The version as delivered"
