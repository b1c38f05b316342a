"""A chart in the making: plain values, made into a Plotly figure once, when it is shown.

Each `update_…` and `add_…` of a Plotly figure checks the whole way to a property again; for the two charts of the
expenditure page that took longer than everything else that the page draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go


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
        return go.Figure({"data": self.traces, "layout": self.layout})
