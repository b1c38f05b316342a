"""Diagrams to try the import with: a few lines of BPMN in a frame, and workflows drawn at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:k="urn:kontor:workflow:1" id="d">\n'
)


def framed(*lines: str) -> bytes:
    """A file with these lines in it; the first of them is line 3."""
    return (HEAD + "\n".join(lines) + "\n</definitions>\n").encode()


def process(*lines: str) -> bytes:
    """A file with a process of these lines; the first of them is line 4."""
    return framed('<process id="p">', *lines, "</process>")


_texts = st.text(max_size=12) | st.sampled_from(
    ["$limit", "Büro", "审核", "a\nb", " x ", "<&>\"'", "]]>", "\x00\x1f\ufffe"]
)
_names = st.text(alphabet="abc_.Ä审 -$", min_size=1, max_size=8) | st.text(min_size=1, max_size=4)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=4,
)
_terms = st.sampled_from(["3 days", "1 hour", "5 minutes", "2 working days", "$term", "1 day"])
_decisions = st.dictionaries(
    st.sampled_from(["approve", "reject", "ask", "send_back"]),
    st.fixed_dictionaries({"label": _texts}, optional={"tone": st.sampled_from(["positive", "negative", "neutral"])}),
    min_size=1,
)


def _node(
    kind: str, value: st.SearchStrategy[Any], **more: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    common = {"label": _texts, "status": _texts, "vendor_status": _texts, "phase": _texts}
    return st.fixed_dictionaries({kind: value}, optional={**common, **more})


_timed = {"due": _terms, "expires": _terms, "remind": st.lists(_terms, max_size=2) | st.just("$remind"),
          "escalate": st.dictionaries(_texts, _terms, max_size=2) | st.just("$escalate")}  # fmt: skip
nodes = st.one_of(
    _node("form", _texts, **_timed, deletable=st.booleans(), cancel=st.sampled_from(["no", "first", "always"])),
    _node("review", _texts | st.lists(_texts, max_size=3), **_timed, decisions=_decisions, quorum=st.integers(1, 3)),
    _node("check", _texts, by=st.sampled_from(["now", "worker"])),
    _node("decision", _texts | st.sampled_from(["a > 1", "x == 'y'"])),
    _node("parallel", st.sampled_from(["split", "join"])),
    _node("wait", _terms, since=_texts),
    _node("action", _texts, given=st.dictionaries(_texts, _values, max_size=3)),
    _node("payment", _texts, given=st.dictionaries(_texts, _values, max_size=3)),
    _node("end", _texts, tone=st.sampled_from(["positive", "negative", "neutral"])),
)
_OUTCOMES = ["", "submit", "approve", "reject", "yes", "no", "pass", "fail", "cancel", "expire", "paid", "x y"]
_numbers = st.integers(-5000, 5000) | st.floats(-5000, 5000, allow_nan=False)


@st.composite
def workflows(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """A workflow as it is written in a definition, and where some of its nodes are drawn."""
    made = draw(st.dictionaries(_names, nodes, min_size=1, max_size=7))
    names = st.sampled_from(sorted(made))
    begins = st.tuples(names, st.sampled_from(_OUTCOMES)).map(lambda way: f"{way[0]}.{way[1]}" if way[1] else way[0])
    edges = draw(st.lists(st.tuples(begins, names).map(list), max_size=14))
    layout = draw(st.dictionaries(names, st.tuples(_numbers, _numbers).map(list)))
    more = draw(st.dictionaries(st.sampled_from(["clocks", "tables"]), _values, max_size=1))
    return {**more, "start": draw(names), "nodes": made, "edges": edges}, layout
