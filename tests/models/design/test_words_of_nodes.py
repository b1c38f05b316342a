"""What stands under a node on the canvas, for nodes that say more than a word."""

from __future__ import annotations

from typing import Any

import pytest

from models.design.picture import lines
from models.engines.workflow.schema import ReviewNode


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("decision", {"decision": "asked > usd(5)"}, "asked > usd(5)"),
        ("decision", {"decision": ""}, "No condition yet"),
        (
            "decision",
            {"decision": [{"when": "a", "then": "jury"}, {"when": "b", "then": "look"}]},
            "2 branches: jury, look",
        ),
        ("decision", {"decision": {"rows": [["1"], ["2"], ["3"]]}}, "By a table of 3 rows"),
        ("wait", {"wait": "3 days"}, "3 days"),
        ("wait", {"wait": "facts", "until": "contract"}, "Until contract"),
        ("action", {"action": "set", "given": {"granted": "asked", "level": "'x'"}}, "Sets granted, level"),
        ("action", {"action": "set"}, "Sets nothing yet"),
    ],
)
def test_a_node_says_in_a_line_what_it_does(kind: str, raw: dict[str, Any], words: str) -> None:
    assert lines(kind, raw, None) == (words,)


@pytest.mark.parametrize(
    ("quorum", "words"),
    [(1, ""), ("any", ""), ("all", ", all must agree"), ("2 of 3", ", 2 of 3 must agree"),
     ({"finance": 1, "group:Legal": 2}, ", 1 finance, 2 group:Legal must agree")],
)  # fmt: skip
def test_how_many_must_agree(quorum: Any, words: str) -> None:
    raw = {"review": "reviewer_finance", "quorum": quorum}
    (line,) = lines("review", raw, ReviewNode.model_validate(raw))
    assert line.partition(",")[1:] == ((",", words[1:]) if words else ("", ""))
