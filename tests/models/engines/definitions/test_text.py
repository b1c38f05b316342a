"""Definitions as YAML: nothing is lost on the way out and back, and what cannot be read is refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import areas
from models.core.errors import Refused
from models.engines.definitions.loading import build, contents
from models.engines.definitions.text import from_text, to_text
from tests.support import ROOT

_TEXTS = st.text(max_size=20) | st.text(alphabet=" \n\t'\"#:-|>&*!%@`$,[]{}?a1", max_size=20) | st.sampled_from([
    "$limit", "yes", "no", "null", "~", "2026-05-21", "12:30:00", "0x1F", "010", "1e3", "1_000", ".inf", "=", "<<",
    "two\nlines", "with an end\n", "\n", "first\n\n  third", "trailing \nspace", " leading\nspace",
    "tab\there\nand\there", "a" * 200, "word " * 40, "- list\n- like", "key: value", "# no comment", "Büro 审核 🎉",
    "\x85\u2028\ufeff\x00", "a\r\nb", "{computed}", "sum_usd(budget, 'amount')", "%YAML", "---\n...",
])  # fmt: skip
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


def definition(**more: Any) -> dict[str, Any]:
    return {"type": {"key": "x", "workflow": {"start": "a", "nodes": {}, "edges": []}, **more}, "processes": {}}


def test_the_definitions_of_the_areas_come_back_as_they_were():
    areas.load()
    for key, content in contents().items():
        text = to_text(content)
        again = from_text(text)
        assert json.dumps(again) == json.dumps(content), key  # the order as well
        assert to_text(again) == text
        assert build(again) == build(content)


@given(st.dictionaries(_TEXTS, _VALUES, max_size=5))
@settings(max_examples=80, deadline=None)
def test_any_content_comes_back_as_it_was(values: dict[str, Any]):
    content = definition(parameters=values)
    assert json.dumps(from_text(to_text(content))) == json.dumps(content)


def test_it_is_written_to_be_read():
    content = definition(
        parameters={"review": "5 working days", "paid": "$review", "day": "2026-05-21", "yes": True, "amount": "10.00"},
        text="**Agreement**\n\n1. First,\n   indented\n2. Second\n",
        reasons=["R-01 Late", "R-02: incomplete"],
    )
    assert to_text(content) == (
        "type:\n  key: x\n  workflow:\n    start: a\n    nodes: {}\n    edges: []\n  parameters:\n"
        "    review: 5 working days\n    paid: $review\n    day: '2026-05-21'\n    'yes': true\n    amount: '10.00'\n"
        "  text: |\n    **Agreement**\n\n    1. First,\n       indented\n    2. Second\n"
        "  reasons:\n    - R-01 Late\n    - 'R-02: incomplete'\nprocesses: {}\n"
    )


def test_the_file_of_an_area_is_read_as_it_stands_there():
    areas.load()
    path = ROOT / "models" / "benefits" / "definitions" / "mdf.yaml"
    found = from_text(path.read_bytes())
    assert found == {"type": contents()["mdf"]["type"], "processes": {}}


def test_dates_are_texts_and_anchors_are_written_out():
    found = from_text("key: x\nsince: 2026-05-21\none: &one {a: 1}\ntwo: {<<: *one, b: *one}\n1: x\nworkflow: {}\n")
    assert found["type"] == {
        "key": "x", "since": "2026-05-21", "one": {"a": 1}, "two": {"a": 1, "b": {"a": 1}}, "1": "x", "workflow": {},
    }  # fmt: skip


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefghij", "bcdefghijk", strict=True)
)
LARGE = (
    "YAML-SIZE: The text is too large when all its anchors (&, *) are written out, or an anchor contains itself. Write"
    " the values themselves."
)


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "YAML-SHAPE: The text holds no definition: begin with key, version and name of the type."),
        ("- a\n", "YAML-SHAPE: The text holds no definition: begin with key, version and name of the type."),
        ("key: x\n", "YAML-SHAPE: The definition has no workflow: add start, nodes and edges."),
        ("type: {}\nprocesses: []\n", "YAML-SHAPE: The processes have to stand under their keys."),
        ("key: x\nkey: y\n", "YAML: Line 2, column 1: key stands there twice: take one of them out."),
        ("a: {b: 1,\n  b: 2}\n", "YAML: Line 2, column 3: b stands there twice: take one of them out."),
        ("decisions: {yes: 1}\n", "YAML: Line 1, column 13: yes is no name: put it into quotes."),
        ("? [a]\n: 1\n", "YAML: Line 1, column 3: this is no name: put it into quotes."),
        (
            "key: x\n  bad: y\n",
            "YAML: Line 2, column 6: mapping values are not allowed here. Look at indentation, colons and quotes"
            " there.",
        ),
        (
            "a: [1,\n",
            "YAML: Line 2, column 1: expected the node content, but found '<stream end>'. Look at indentation, colons"
            " and quotes there.",
        ),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            "YAML: Line 1, column 4: could not determine a constructor for the tag"
            " 'tag:yaml.org,2002:python/object/apply:os.system'. Look at indentation, colons and quotes there.",
        ),
        ("a: *b\n", "YAML: Line 1, column 4: found undefined alias 'b'. Look at indentation, colons and quotes there."),
        (b"\xff\xfe\xff", "YAML: The text cannot be read (unacceptable character #x00ff: truncated data). Save it"
         " as UTF-8."),
        ("a: !!set {b}\n", "YAML-SHAPE: A definition holds no set. Write it as text."),
        ("2026-05-21: x\n", "YAML: Line 1, column 1: 2026-05-21 is no name: put it into quotes."),
        ("a: \x00\n", "YAML: The text cannot be read (unacceptable character #x0000: special characters are not"
         " allowed). Save it as UTF-8."),
        ("a: 2026-02-30\n", "YAML: The text cannot be read: day is out of range for month."),
        ("[" * 5000, "YAML: The text cannot be read: it is nested too deep."),
        ("a: .nan\n", "YAML-NUMBER: nan is no number that can be kept. Write another one."),
        ("a: -.inf\n", "YAML-NUMBER: -inf is no number that can be kept. Write another one."),
        (BOMB, LARGE),
        ("a: &a [*a]\n", LARGE),
        ("a: &a {b: *a}\n", LARGE),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(text: str | bytes, said: str):
    with pytest.raises(Refused) as refused:
        from_text(text)
    (problem,) = refused.value.problems
    assert f"{problem.code}: {problem.text}" == said


def test_a_text_that_is_too_big_is_not_even_parsed():
    with pytest.raises(Refused, match=r"The text has 2\.5 MB; 2\.0 MB are read\."):
        from_text("a" * 2_500_000)
