"""What the charts draw: exact words on hover, both periods named, names of others harmless."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashboard.parts import charts, formats
from dashboard.parts.charts import Bar, Line

THOUSAND = formats.Scale(Decimal(1000), "thousand")


@pytest.fixture
def drawn(monkeypatch):
    figures = {}
    monkeypatch.setattr(charts, "is_dark", lambda: False)
    monkeypatch.setattr(charts, "show", lambda fig, key, alt, choose=False: figures.update({key: (fig.figure(), alt)}))
    return figures


def test_trend_draws_the_previous_period_dotted_and_names_both_at_their_ends(drawn):
    now, before = Line("June", [Decimal(1500), Decimal(2500), None]), Line("May", [Decimal(1000), None, Decimal(3000)])
    charts.trend(["1", "2", "3"], now, before, unit="USD", scale=THOUSAND, key="t", alt="June rose")
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
    charts.trend(
        ["1", "2"], Line("A", same), Line("B", same), unit="USD", scale=formats.scale_for(same), key="t", alt="-"
    )
    low, high = (note.y for note in drawn["t"][0].layout.annotations)
    assert high - low >= 100 * 17 / 180


def test_bars_stand_in_order_with_value_change_and_a_tick_for_before(drawn):
    bars = [Bar("Compute", Decimal("1702400"), Decimal("2188174.8")), Bar("New", Decimal(500), None)]
    charts.ranked_bars(bars, unit="USD", scale=THOUSAND, key="b", alt="-", before="May")
    fig = drawn["b"][0]
    columns, ticks, words = fig.data
    assert list(columns.x) == [1702400.0, 500.0]
    assert list(ticks.x) == [2188174.8]
    assert [text.strip().split("   ") for text in words.text] == [["1,702.4", "\u221222.2\u202f%"], ["0.5"]]
    assert list(fig.layout.yaxis.ticktext) == ["Compute", "New"]


def test_a_hostile_name_is_only_text(drawn):
    charts.ranked_bars([Bar("<b>%{x}</b>", Decimal(1))], unit="USD", scale=THOUSAND, key="b", alt="-")
    assert drawn["b"][0].layout.yaxis.ticktext[0] == "&lt;b&gt;%\u200b{x}&lt;/b&gt;"


def test_stack_names_its_groups_top_first(drawn):
    series = [Line("Compute", [Decimal(3)]), Line("Storage", [Decimal(1)])]
    charts.stacked_columns(["Jun"], series, unit="USD", scale=formats.scale_for([]), key="s", alt="-")
    notes = [note.text for note in drawn["s"][0].layout.annotations]
    assert [note.rpartition("> ")[2] for note in notes] == ["Storage", "Compute"]


def test_shares_name_amount_and_part_of_the_whole(drawn):
    charts.shares(
        [Bar("Compute", Decimal(75)), Bar("Storage", Decimal(25))], Decimal(100), unit="USD", key="d", alt="-"
    )
    assert [text.strip().split("   ") for text in drawn["d"][0].data[0].text] == [
        ["75.00", "75.0\u202f%"],
        ["25.00", "25.0\u202f%"],
    ]


def test_drawing_nothing_does_not_fail(drawn):
    charts.ranked_bars([], unit="USD", scale=THOUSAND, key="b", alt="-")
    charts.trend([], Line("June", []), None, unit="USD", scale=THOUSAND, key="t", alt="-")
    assert set(drawn) == {"b", "t"}
