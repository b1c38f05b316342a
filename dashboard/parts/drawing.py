"""A chart in the making: plain values, made into a Plotly figure once, when it is shown.

Each `update_…` and `add_…` of a Plotly figure checks the whole way to a property again; for the two charts of the
expenditure page that took longer than everything else that the page draws.

Plotly reads tags, links and templates in whatever words it shows. So every word is escaped when the figure is made,
wherever it stands; only `Markup` is not, which `markup` makes of a pattern of ours and the words of others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import plotly.graph_objects as go

SHOWN = ("x", "y", "name", "text", "customdata", "hovertemplate", "ticktext", "tickvals", "ticksuffix", "title")
"""Where Plotly shows words: in traces, axes and annotations."""


class Markup(str):
    """Words whose tags are ours: they are drawn as they stand."""


def plain(words: str) -> Markup:
    """Somebody else's words: whatever would be a tag, an entity or a template in them is shown as it was written."""
    if isinstance(words, Markup):
        return words
    return Markup(escape(words, quote=False).replace("%{", "%\u200b{"))


def markup(pattern: str, *words: str) -> Markup:
    """A pattern of ours with somebody else's words in its `{}`."""
    return Markup(pattern.format(*map(plain, words)))


@dataclass
class Drawing:
    """Traces and layout, named as Plotly names them; nested ones are dictionaries."""

    traces: list[dict[str, Any]] = field(default_factory=list)
    layout: dict[str, Any] = field(default_factory=dict)

    def add_scatter(self, **values: Any) -> None:
        """One more trace of points, lines or texts."""
        self.traces.append({"type": "scatter", **values})

    def add_bar(self, **values: Any) -> None:
        """One more trace of bars."""
        self.traces.append({"type": "bar", **values})

    def add_annotation(self, **values: Any) -> None:
        """Words at a place of the chart."""
        self.layout.setdefault("annotations", []).append(values)

    def update_traces(self, **values: Any) -> None:
        """Set values of every trace so far."""
        for trace in self.traces:
            trace |= values

    def update_layout(self, **values: Any) -> None:
        """Set values of the whole."""
        self.layout |= values

    def update_xaxes(self, **values: Any) -> None:
        """Set values of the horizontal axis."""
        self.layout["xaxis"] = self.layout.get("xaxis", {}) | values

    def update_yaxes(self, **values: Any) -> None:
        """Set values of the vertical axis."""
        self.layout["yaxis"] = self.layout.get("yaxis", {}) | values

    def figure(self) -> go.Figure:
        """The figure, its values checked once.

        Raises:
            ValueError: Plotly does not know one of the values.
        """
        layout = {
            name: _worded(values) if name.endswith("axis") else values for name, values in self.layout.items()
        } | {"annotations": [_worded(each) for each in self.layout.get("annotations", ())]}  # fmt: skip
        return go.Figure({"data": [_worded(each) for each in self.traces], "layout": layout})


def _worded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _escaped(value) if name in SHOWN else value for name, value in values.items()}


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    return [_escaped(each) for each in value] if isinstance(value, list | tuple) else value
