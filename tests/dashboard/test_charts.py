"""What the charts draw: exact words on hover, both periods named, names of others harmless."""

from __future__ import annotations

import inspect
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboard.parts import charts, charts_bars, charts_columns, charts_lines, charts_map, formats
from dashboard.parts.charts import Bar, Line

THOUSAND = formats.Scale(Decimal(1000), "thousand")


@pytest.fixture
def drawn(monkeypatch):
    figures = {}
    monkeypatch.setattr(charts, "is_dark", lambda: False)
    monkeypatch.setattr(
        charts, "show", lambda fig, key, alt, choose=False, config=None: figures.update({key: (fig.figure(), alt)})
    )
    return figures


def test_trend_draws_the_previous_period_dotted_and_names_both_at_their_ends(drawn):
    now, before = Line("June", [Decimal(1500), Decimal(2500), None]), Line("May", [Decimal(1000), None, Decimal(3000)])
    charts_lines.trend(["1", "2", "3"], now, before, unit="USD", scale=THOUSAND, key="t", alt="June rose")
    fig, alt = drawn["t"]
    previous, current = fig.data
    assert (list(current.y), current.line.dash) == ([1.5, 2.5, None], None)
    assert (list(previous.y), previous.line.dash) == ([1.0, None, 3.0], "dot")
    assert current.customdata[1] == "2,500.00"
    assert [note.text for note in fig.layout.annotations] == ["<b>June 2.5</b>", "May 3.0"]
    assert alt == "June rose"
    assert fig.layout.xaxis.type == "category"  # else days count as numbers and the last one is cut off


def test_end_labels_never_touch(drawn):
    same = [Decimal(100), Decimal(100)]
    charts_lines.trend(
        ["1", "2"], Line("A", same), Line("B", same), unit="USD", scale=formats.scale_for(same), key="t", alt="-"
    )
    low, high = (note.y for note in drawn["t"][0].layout.annotations)
    assert high - low >= 100 * 17 / 180


def test_bars_stand_in_order_with_value_change_and_a_tick_for_before(drawn):
    bars = [Bar("Compute", Decimal("1702400"), Decimal("2188174.8")), Bar("New", Decimal(500), None)]
    charts_bars.ranked_bars(bars, unit="USD", scale=THOUSAND, key="b", alt="-", before="May")
    fig = drawn["b"][0]
    columns, ticks, words = fig.data
    assert list(columns.x) == [1702400.0, 500.0]
    assert list(ticks.x) == [2188174.8]
    assert [text.strip().split("   ") for text in words.text] == [["1,702.4", "\u221222.2\u202f%"], ["0.5"]]
    assert list(fig.layout.yaxis.ticktext) == ["Compute", "New"]


HOSTILE = '<b>Bold</b> <a href="https://evil.example">here</a> &lt;i&gt; R&D %{x} <extra>'
ONES = [Decimal(1), Decimal(2)]
NAMED = {"unit": HOSTILE, "scale": THOUSAND, "key": "c", "alt": "-"}
KINDS = {
    "trend": lambda: charts_lines.trend([HOSTILE, "b"], Line(HOSTILE, ONES), Line(HOSTILE, ONES), **NAMED),
    "lines": lambda: charts_lines.lines([HOSTILE, "b"], [Line(HOSTILE, ONES), Line(HOSTILE, ONES)], **NAMED),
    "ranked_bars": lambda: charts_bars.ranked_bars([Bar(HOSTILE, ONES[0], ONES[1])], before=HOSTILE, **NAMED),
    "shares": lambda: charts_bars.shares([Bar(HOSTILE, ONES[0])], ONES[1], **NAMED),
    "stacked_columns": lambda: [
        charts_columns.stacked_columns([HOSTILE, "b"], [Line(HOSTILE, ONES)] * 2, beside=beside, **NAMED)
        for beside in (True, False)
    ],
    "country_map": lambda: charts_map.country_map([Bar(HOSTILE, ONES[0], key="FR")], **NAMED),
}  # fmt: skip
OURS = re.compile(r'</?b>|<br>|<span style="color:#[0-9A-F]{6}">\u25a0</span>|<extra></extra>|%\{customdata(\[\d\])?\}')


def test_every_kind_of_chart_is_tried_with_hostile_names():
    kinds = {
        name
        for module in (charts, charts_bars, charts_columns, charts_lines, charts_map)
        for name, made in vars(module).items()
        if inspect.isfunction(made) and made.__module__ == module.__name__
        and {"unit", "alt"} <= set(inspect.signature(made).parameters)
    }  # fmt: skip
    beside = {path.stem for path in Path(charts.__file__).parent.glob("charts*.py")}
    assert kinds == set(KINDS)
    assert beside == {"charts", "charts_bars", "charts_columns", "charts_lines", "charts_map"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_name_is_only_text(drawn, kind):
    KINDS[kind]()
    shown = [words for words in _words(json.loads(drawn["c"][0].to_json())) if "Bold" in words]
    assert shown
    for words in shown:
        left = OURS.sub("", words)
        assert not re.search(r"[<>]|&(?!lt;|gt;|amp;)|%\{", left), words
        assert "&lt;b&gt;Bold&lt;/b&gt;" in left


def _words(made: Any) -> list[str]:
    """Every text of a figure, wherever it stands."""
    if isinstance(made, str):
        return [made]
    each = made.values() if isinstance(made, dict) else made if isinstance(made, list) else ()
    return [words for value in each for words in _words(value)]


def test_stack_names_its_groups_top_first(drawn, monkeypatch):
    said = []
    monkeypatch.setattr(st, "html", said.append)
    series = [Line("Compute", [Decimal(3)]), Line("Storage", [Decimal(1)])]
    charts_columns.stacked_columns(["Jun"], series, unit="USD", scale=formats.scale_for([]), key="s", alt="-")
    assert re.findall(r"</i>(\w+)</li>", "".join(said)) == ["Storage", "Compute"]


def test_shares_name_amount_and_part_of_the_whole(drawn):
    charts_bars.shares(
        [Bar("Compute", Decimal(75)), Bar("Storage", Decimal(25))], Decimal(100), unit="USD", key="d", alt="-"
    )
    assert [text.strip().split("   ") for text in drawn["d"][0].data[0].text] == [
        ["75.00", "75.0\u202f%"],
        ["25.00", "25.0\u202f%"],
    ]


def test_drawing_nothing_does_not_fail(drawn):
    charts_bars.ranked_bars([], unit="USD", scale=THOUSAND, key="b", alt="-")
    charts_lines.trend([], Line("June", []), None, unit="USD", scale=THOUSAND, key="t", alt="-")
    assert set(drawn) == {"b", "t"}
