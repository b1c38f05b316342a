"""What a change makes of a definition: as people draw, with undo, and with somebody else drawing at the same time."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.applications.types import shipped
from models.core.actor import Actor
from models.core.errors import Refused, WrongState
from models.design import drafting
from models.design.editing import edited
from models.design.edits import (
    AddNode,
    BeginAt,
    ChangeNode,
    ChangeType,
    Connect,
    Disconnect,
    Edit,
    MoveNodes,
    RemoveNodes,
    RenameNode,
)
from models.engines.definitions.loading import Content, contents
from tests.support.acting import codes
from tests.support.mdf import Fund

SMALL: Content = {
    "type": {
        "key": "small", "parameters": {"days": 3},
        "workflow": {
            "start": "form",
            "nodes": {
                "form": {"form": "f", "label": "Form"},
                "first": {"review": "reviewer_business", "label": "First look"},
                "second": {"review": "reviewer_finance", "label": "Second look", "not_same_person_as": ["first"]},
                "done": {"end": "done"},
            },
            "edges": [["form.submit", "first"], ["first.approve", "second"], ["first.reject", "form"],
                      ["second.approve", "done"], ["second.reject", "form"]],
            "layout": {"first": [200, 80]},
        },
    },
    "processes": {},
}  # fmt: skip


def flow(content: Content) -> Any:
    return content["type"]["workflow"]


CASES: list[tuple[Edit, str, Any]] = [
    (
        AddNode("review", at=(10, 20), after=("first", "approve"), label="Legal"), "Added Legal",
        lambda made: made["nodes"]["legal"]["review"] == [] and ["first.approve", "legal"] in made["edges"]
        and ["legal.approve", "second"] in made["edges"] and made["layout"]["legal"] == [10, 20],
    ),
    (AddNode("end"), "Added New end", lambda made: made["nodes"]["end"]["end"] == "done"),
    (
        RemoveNodes(("first",)), "Removed First look",
        lambda made: made["edges"] == [["second.approve", "done"], ["second.reject", "form"]]
        and made["nodes"]["second"]["not_same_person_as"] == [] and made["layout"] == {},
    ),
    (RemoveNodes(("form", "done")), "Removed Form, Done", lambda made: made["start"] == "first"),
    (MoveNodes({"first": (5.4, 7.6)}), "Moved First look", lambda made: made["layout"]["first"] == [5, 8]),
    (MoveNodes({"first": (1, 2), "done": (3, 4)}), "Moved 2 nodes", lambda made: made["layout"]["done"] == [3, 4]),
    (
        Connect("first", "approve", "done"), "First look leads to Done after approve",
        lambda made: [way for way in made["edges"] if way[0] == "first.approve"] == [["first.approve", "done"]],
    ),
    (
        Disconnect("first", "reject", "form"), "Took away the way from First look to Form",
        lambda made: ["first.reject", "form"] not in made["edges"],
    ),
    (
        ChangeNode("first", {"due": "2 days", "label": None}, was={"label": "First look"}),
        "Changed First look: due, label",
        lambda made: made["nodes"]["first"] == {"review": "reviewer_business", "due": "2 days"},
    ),
    (
        RenameNode("first", "business"), "Called first business",
        lambda made: ["business.reject", "form"] in made["edges"] and made["layout"]["business"] == [200, 80]
        and made["nodes"]["second"]["not_same_person_as"] == ["business"] and list(made["nodes"])[1] == "business",
    ),
    (BeginAt("first"), "Cases begin at First look", lambda made: made["start"] == "first"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "words", "holds"), CASES, ids=[words for _, words, _ in CASES])
def test_a_change_does_what_it_says(edit: Edit, words: str, holds: Any) -> None:
    """The content that went in stays as it was."""
    before = copy.deepcopy(SMALL)
    made, said = edited(SMALL, edit)
    assert said == words
    assert holds(flow(made))
    assert before == SMALL


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (AddNode("magic"), "DESIGN-KIND"),
        (RemoveNodes(("gone",)), "DESIGN-GONE"),
        (MoveNodes({"gone": (1, 1)}), "DESIGN-GONE"),
        (Connect("gone", "approve", "first"), "DESIGN-GONE"),
        (Connect("first", "approve", "gone"), "DESIGN-GONE"),
        (Disconnect("first", "approve", "form"), "DESIGN-GONE"),
        (ChangeNode("gone", {"label": "x"}), "DESIGN-GONE"),
        (ChangeNode("first", {"due": "1 day"}, was={"due": "5 days"}), "DESIGN-CHANGED"),
        (ChangeNode("first", {"review": None}), "DESIGN-KIND"),
        (RenameNode("first", "Zwei Wörter"), "DESIGN-NAME"),
        (RenameNode("first", "second"), "DESIGN-NAME"),
        (BeginAt("gone"), "DESIGN-GONE"),
        (ChangeType(("parameters", "days"), 5, was=4, looked_at=True), "DESIGN-CHANGED"),
        (ChangeType(("key", "deeper"), 5), "DESIGN-PLACE"),
    ],
    ids=str,
)
def test_a_change_that_does_not_fit_is_refused(edit: Edit, code: str) -> None:
    """E.g. because somebody else took the node away meanwhile."""
    assert codes(lambda: edited(SMALL, edit)) == [code]


def test_what_somebody_else_changed_to_the_same_is_no_conflict() -> None:
    """Both chose 5: nobody is bothered."""
    once, _ = edited(SMALL, ChangeType(("parameters", "days"), 5, was=3, looked_at=True))
    assert edited(once, ChangeType(("parameters", "days"), 5, was=3, looked_at=True))[0] == once


EDITS = st.sampled_from([edit for edit, _, _ in CASES])


@settings(max_examples=60, deadline=None)
@given(st.lists(EDITS, max_size=12))
def test_whatever_is_drawn_every_way_leads_from_a_node_to_a_node(edits: list[Edit]) -> None:
    """Random changes, those that do not fit left out: no way, place or rule names a node that is gone."""
    content = SMALL
    for edit in edits:
        with suppress(Refused):
            content, _ = edited(content, edit)
    made = flow(content)
    nodes = set(made["nodes"])
    assert {end for _, end in made["edges"]} | set(made["layout"]) <= nodes
    assert {begin.partition(".")[0] for begin, _ in made["edges"]} <= nodes
    assert not nodes or made["start"] in nodes


def test_steps_are_undone_and_done_again(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """Two people draw in one draft; undo goes back step by step, a new change forgets what was undone."""
    shipped("mdf")
    with fund.as_(kofi) as uow:
        draft = drafting.begin(uow, "mdf")
        drafting.change(uow, draft, ChangeType(("parameters", "claim_within_days"), 60))
    with fund.as_(elif_) as uow:
        assert drafting.begin(uow, "mdf") == draft
        drafting.change(uow, draft, MoveNodes({"reserve": (100, 100)}))
        assert drafting.undo(uow, draft) == "Moved Reserve"
        assert drafting.undo(uow, draft) == "Changed claim within days"
        assert drafting.find(uow, draft).content == contents()["mdf"]
        assert codes(lambda: drafting.undo(uow, draft), error=WrongState) == ["WRONG-STATE"]
        assert drafting.redo(uow, draft) == "Changed claim within days"
        drafting.change(uow, draft, ChangeType(("parameters", "invoice_within"), "20 days"))
        assert codes(lambda: drafting.redo(uow, draft), error=WrongState) == ["WRONG-STATE"]
        parameters = drafting.find(uow, draft).content["type"]["parameters"]
    assert (parameters["claim_within_days"], parameters["invoice_within"]) == (60, "20 days")


def test_a_new_type_begins_with_a_name_of_its_own(fund: Fund, kofi: Actor) -> None:
    """Its key and number follow from its name; a name that is taken or empty is refused."""
    with fund.as_(kofi) as uow:
        draft = drafting.find(uow, drafting.begin_new(uow, "Partner event sponsorship", contents()["mdf"]))
        assert {name: draft.content["type"][name] for name in ("key", "name", "short", "number")} == {
            "key": "partner_event_sponsorship", "name": "Partner event sponsorship",
            "short": "Partner event sponsorship", "number": "PES-{year}-{serial:04d}",
        }  # fmt: skip
        for name in (" ", "market development fund"):
            assert codes(lambda: drafting.begin_new(uow, name, contents()["mdf"])) == ["DESIGN-NAME"]  # noqa: B023
