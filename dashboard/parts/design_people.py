"""Who decides at a review: how many must agree, and whose turn it is beyond roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_condition import condition
from dashboard.parts.design_work import attempt, note
from models.core.unit_of_work import unit_of_work
from models.design import people
from models.design.choices import choices
from models.design.conditions import Fact, facts_of, some_condition
from models.design.edits import ChangeNode
from models.design.people import KINDS, WAYS
from models.engines.definitions.loading import Content
from models.reviewers import queries as reviewers
from models.reviewers.people import group_names

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Staff:
    """What people can be chosen by: roles and groups by key, skills that somebody has."""

    roles: Mapping[str, str]
    groups: Mapping[str, str]
    skills: Sequence[str]


def staff(content: Content) -> Staff:
    """As Administration › Reviewers has it now."""
    with unit_of_work(read_only=True) as uow:
        return Staff(choices(content, "roles"), group_names(uow), reviewers.skill_names(uow))


def quorum(name: str, node: Raw, known: Staff, *, revision: int) -> None:
    """How many must agree."""
    now, raw = people.quorum_of(node.get("quorum")), node.get("quorum")
    way, key = people.way_of(now), f"design:{revision}:{name}:quorum"

    def put(way: people.Way, **given: Any) -> None:
        attempt(lambda: _quorum(name, raw, people.quorum_written(way, **given)))

    def chosen() -> None:
        beginning: dict[str, dict[str, Any]] = {
            "of": {"number": 2, "of": 3}, "percent": {"percent": 60}, "each": {"each": _first_roles(node, known)},
        }  # fmt: skip
        put(st.session_state[key], **beginning.get(st.session_state[key], {}))

    st.selectbox("How many must agree", list(WAYS), index=list(WAYS).index(way), format_func=WAYS.__getitem__, key=key,
                 on_change=chosen)  # fmt: skip
    number, of = f"{key}:n", f"{key}:of"
    if way == "number":
        st.number_input("People", 1, 50, now.number, key=number,
                        on_change=lambda: put("number", number=st.session_state[number]))  # fmt: skip
    elif way == "percent":
        st.number_input("Per cent", 1, 100, now.percent, step=5, key=number,
                        on_change=lambda: put("percent", percent=st.session_state[number]))  # fmt: skip
    elif way == "of":
        left, right = st.columns(2)
        both = lambda: put("of", number=st.session_state[number], of=st.session_state[of])  # noqa: E731
        left.number_input("Have to agree", 1, 50, now.number, key=number, on_change=both)
        right.number_input("Of", 1, 50, now.of, key=of, on_change=both)
    elif way == "each":
        _each(key, dict(now.each), known, put)


def _quorum(name: str, raw: Any, value: Any) -> ChangeNode:
    return ChangeNode(name, {"quorum": None if value == 1 else value}, {"quorum": raw})


def _first_roles(node: Raw, known: Staff) -> dict[str, int]:
    raw = node.get("review") or ()
    own = [raw] if isinstance(raw, str) else list(raw)
    return dict.fromkeys(own or list(known.roles)[:1], 1)


def _each(key: str, now: Mapping[str, int], known: Staff, put: Any) -> None:
    offered = people.entries(known.roles, known.groups)
    options = [*offered, *(each for each in now if each not in offered)]
    who = f"{key}:who"
    st.multiselect(
        "Of each of these", options, default=list(now), format_func=lambda each: offered.get(each, each), key=who,
        on_change=lambda: put("each", each={each: now.get(each, 1) for each in st.session_state[who]}),
    )  # fmt: skip
    for entry, number in now.items():
        widget = f"{key}:{entry}"
        st.number_input(
            formats.plain(offered.get(entry, entry)), 1, 50, number, key=widget,
            on_change=lambda entry=entry, widget=widget: put(
                "each", each={**now, entry: st.session_state[widget]}),
        )  # fmt: skip


def candidates(content: Content, name: str, node: Raw, known: Staff, *, revision: int) -> None:
    """Whose turn it is, before the roles above count: in their order."""
    facts, now = facts_of(content), [dict(each) for each in node.get("candidates") or ()]
    text = "Nobody yet: whoever has one of the roles above." if not now else (
        "It is the turn of whoever fits one of these; of the roles above only when nobody does.")  # fmt: skip
    st.html(f'<p class="k mu sm">{text}</p>')
    for place, candidate in enumerate(now):
        with st.container(border=True, gap="xsmall"):
            words = people.candidate_words(candidate, known.roles, known.groups, facts)
            st.html(f'<div class="k dp"><b class="sm">{formats.text(words)}</b></div>')
            _candidate(name, node, now, place, known, facts, revision)
    beginning = {"role": next(iter(known.roles), "")}
    st.button("Add candidates", icon=":material/person_add:", type="tertiary", key=f"design:{revision}:{name}:cand+",
              on_click=note, args=(people.with_candidates(name, node, [*now, beginning]),))  # fmt: skip


def _candidate(
    name: str, node: Raw, now: list[dict[str, Any]], place: int, known: Staff, facts: Mapping[str, Fact], revision: int
) -> None:
    candidate, key = now[place], f"design:{revision}:{name}:cand:{place}"

    def put(made: Raw | None) -> ChangeNode:
        after = [made if at == place else each for at, each in enumerate(now)]
        return people.with_candidates(name, node, [each for each in after if each is not None])

    kind, widget = people.kind_of(candidate), f"{key}:kind"
    st.selectbox(
        "Who", list(KINDS), index=list(KINDS).index(kind), format_func=KINDS.__getitem__, key=widget,
        on_change=lambda: attempt(lambda: put(
            people.of_kind(candidate, st.session_state[widget], roles=list(known.roles), facts=facts))),
    )  # fmt: skip
    if kind == "people":
        _qualities(key, candidate, known, put)
    elif kind == "person":
        texts = {each.name: each.label for each in facts.values() if each.kind == "text"}
        _select(key, "person", "Field with the person", texts, candidate, put, empty=False)
    if when := str(candidate.get("when") or ""):
        st.html('<p class="k mu sm">Only when</p>')
        condition(f"{name}:cand:{place}", when, facts, lambda made: put({**candidate, "when": made}), revision=revision)
    with st.container(horizontal=True, gap="xsmall"):
        if when:
            st.button("Always", icon=":material/filter_alt_off:", type="tertiary", key=f"{key}:always",
                      on_click=attempt, args=(partial(put, {**candidate, "when": ""}),))  # fmt: skip
        else:
            st.button("Only when …", icon=":material/filter_alt:", type="tertiary", key=f"{key}:when", on_click=attempt,
                      args=(partial(put, {**candidate, "when": some_condition(facts)}),))  # fmt: skip
        st.button("Remove", icon=":material/close:", type="tertiary", key=f"{key}:-", on_click=attempt,
                  args=(partial(put, None),))  # fmt: skip


def _qualities(key: str, candidate: Raw, known: Staff, put: Any) -> None:
    _select(key, "role", "With the role", known.roles, candidate, put)
    _select(key, "group", "In the group", known.groups, candidate, put)
    _select(key, "skill", "With the skill", {each: each for each in known.skills}, candidate, put)
    widget = f"{key}:region"
    st.toggle("Who look after the partner's region", value=bool(candidate.get("region")), key=widget,
              on_change=lambda: attempt(lambda: put({**candidate, "region": st.session_state[widget]})))  # fmt: skip


def _select(
    key: str, what: str, label: str, offered: Mapping[str, str], candidate: Raw, put: Any, *, empty: bool = True
) -> None:
    value, widget = str(candidate.get(what) or ""), f"{key}:{what}"
    options = [*(["", *offered] if empty else offered), *(each for each in [value] if each and each not in offered)]
    st.selectbox(
        label, options, index=options.index(value) if value in options else None, key=widget,
        format_func=lambda each: offered.get(each, each) or "Any",
        on_change=lambda: attempt(lambda: put({**candidate, what: st.session_state[widget]})),
    )  # fmt: skip
