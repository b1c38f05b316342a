"""A newer version that Kontor brings meets what was changed here: both count; where both cannot, it stays as here."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from models.core.actor import Actor
from models.core.errors import NotFound, WrongState
from models.design import drafting, publishing, shipped
from models.design.edits import ChangeNode, ChangeType
from models.design.merging import merged
from models.engines.definitions import loading, versions
from models.engines.definitions.loading import Content
from tests.models.design.fourth_stage import published
from tests.support.acting import codes
from tests.support.mdf import Fund

CASES: list[tuple[str, Any, Any, Any, Any, list[tuple[str, ...]]]] = [
    ("both the same", {"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}, []),
    ("only here", {"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}, []),
    ("only there", {"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}, []),
    ("both otherwise", {"a": 1}, {"a": 2}, {"a": 3}, {"a": 2}, [("a",)]),
    ("new on each side", {}, {"a": 1}, {"b": 2}, {"a": 1, "b": 2}, []),
    ("gone there", {"a": 1, "b": 1}, {"a": 1, "b": 1}, {"b": 1}, {"b": 1}, []),
    ("gone here, changed there", {"a": 1}, {}, {"a": 2}, {}, [("a",)]),
    ("changed here, gone there", {"a": 1}, {"a": 2}, {}, {"a": 2}, [("a",)]),
    ("deep", {"n": {"x": 1, "y": 1}}, {"n": {"x": 2, "y": 1}}, {"n": {"x": 1, "y": 3}}, {"n": {"x": 2, "y": 3}}, []),
    (
        "edges", {"edges": [["a", "b"], ["b", "c"]]}, {"edges": [["a", "x"], ["b", "c"]]},
        {"edges": [["a", "b"], ["c", "d"]]}, {"edges": [["a", "x"], ["c", "d"]]}, [],
    ),
    ("other lists", {"l": [1]}, {"l": [1, 2]}, {"l": [1, 3]}, {"l": [1, 2]}, [("l",)]),
]  # fmt: skip


@pytest.mark.parametrize(("base", "ours", "theirs", "made", "kept"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_both_changes_count(base: Any, ours: Any, theirs: Any, made: Any, kept: Any) -> None:
    found = merged(base, ours, theirs)
    assert (found.value, found.kept) == (made, kept)


def newer_mdf(monkeypatch: pytest.MonkeyPatch) -> Content:
    """What a later Kontor brings: finance gets more time, the business review is called otherwise."""
    own = loading.contents()
    content = copy.deepcopy(own["mdf"])
    content["type"]["version"] += 1
    content["type"]["parameters"]["review_finance"] = "4 working days"
    content["type"]["workflow"]["nodes"]["business_review"]["label"] = "Business check"
    brought = {**own, "mdf": content}
    monkeypatch.setattr(versions, "contents", lambda: brought)
    return content


def test_what_kontor_brings_is_offered_and_taken_into_a_draft(
    fund: Fund, kofi: Actor, elif_: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fourth stage of this installation stays, and the version that comes into force follows the new one."""
    published(fund, kofi, elif_)
    with fund.as_(kofi) as uow:
        assert shipped.newer(uow) == []
        assert codes(lambda: shipped.take(uow, "mdf"), error=NotFound) == ["NOT-FOUND"]
        assert codes(lambda: shipped.take(uow, "nothing"), error=NotFound) == ["NOT-FOUND"]
    content = newer_mdf(monkeypatch)
    brought = content["type"]["version"]
    with fund.as_(kofi) as uow:
        (offer,) = shipped.newer(uow)
        assert (offer.version, offer.kept) == (brought, ())
        assert {(each.about, each.after) for each in offer.changes} == {
            ("Numbers", "4 working days"), ("Business check", "Business check")
        }  # fmt: skip
        draft_id = shipped.take(uow, "mdf")
        nodes = drafting.find(uow, draft_id).content["type"]["workflow"]["nodes"]
        assert (nodes["business_review"]["label"], "budget_owner" in nodes) == ("Business check", True)
        assert codes(lambda: shipped.take(uow, "mdf"), error=WrongState) == ["WRONG-STATE"]
        publishing.propose(uow, draft_id, note="As Kontor brings it.")
    with fund.as_(elif_) as uow:
        assert publishing.publish(uow, draft_id) == brought * versions.OWN + 1
        assert shipped.newer(uow) == []


def test_where_both_changed_it_stays_as_it_is_here(
    fund: Fund, kofi: Actor, elif_: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, and taking it in is one step that undo takes back."""
    published(fund, kofi, elif_)
    newer_mdf(monkeypatch)
    with fund.as_(kofi) as uow:
        draft_id = drafting.begin(uow, "mdf")
        drafting.change(uow, draft_id, ChangeNode("business_review", {"label": "Our look"}))
        drafting.change(uow, draft_id, ChangeType(("parameters", "review_finance"), "9 working days"))
        before = drafting.find(uow, draft_id).content
        assert shipped.take(uow, "mdf") == draft_id
        made = drafting.find(uow, draft_id).content["type"]
        assert made["parameters"]["review_finance"] == "9 working days"
        assert made["workflow"]["nodes"]["business_review"]["label"] == "Our look"
        assert drafting.undo(uow, draft_id).startswith("Took in version")
        assert drafting.find(uow, draft_id).content == before
