"""Writes down every element that a page draws, so that a bare page can draw the same ones from ready data."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from plotly.graph_objects import Figure
from streamlit.delta_generator import DeltaGenerator


@dataclass(frozen=True, slots=True)
class _Chart:
    """The values of a chart; a page makes a figure of them each time it draws, as Streamlit has no other way."""

    values: dict[str, Any]


def _built(value: Any) -> Any:
    return Figure(value.values) if isinstance(value, _Chart) else value


MAIN = -1
"""Stands for the page itself, which is no result of a call."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an element on a container (the number of the call that made it), with its ready arguments."""

    on: int
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Within:
    """A `with` block of a container begins or ends."""

    container: int
    begins: bool


@dataclass
class Recording:
    """The calls of one script run in their order."""

    steps: list[Call | Within] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)
    _kept: list[Any] = field(default_factory=list)
    _calls: int = 0
    _depth: int = 0

    def called(self, function: Callable[..., Any], name: str, on: Any, args: Any, kwargs: Any) -> Any:
        """Run a call; written down unless it is part of another one."""
        if self._depth:
            return function(on, *args, **kwargs)
        number = self._calls
        self._calls += 1
        ready = tuple(_Chart(each.to_plotly_json()) if isinstance(each, Figure) else each for each in args)
        self.steps.append(Call(self._numbers.get(id(on), MAIN), name, ready, kwargs))
        self._depth += 1
        try:
            result = function(on, *args, **kwargs)
        finally:
            self._depth -= 1
        for place, each in enumerate(result if isinstance(result, list | tuple) else [result]):
            if isinstance(each, DeltaGenerator):
                self._numbers[id(each)] = number * 1000 + place
                self._kept.append(each)  # so that no other object gets its id
        return result

    def entered(self, container: Any, *, begins: bool) -> None:
        """A `with` block of the page itself; those inside of calls are their own affair."""
        if not self._depth and id(container) in self._numbers:
            self.steps.append(Within(self._numbers[id(container)], begins))

    def draw(self) -> None:
        """Draw the same elements again, with nothing to find out."""
        results: dict[int, Any] = {}
        calls = 0
        for step in self.steps:
            if isinstance(step, Within):
                container = results[step.container]
                container.__enter__() if step.begins else container.__exit__(None, None, None)
                continue
            on = st._main if step.on == MAIN else results[step.on]
            result = getattr(on, step.name)(*(_built(each) for each in step.args), **step.kwargs)
            for place, each in enumerate(result if isinstance(result, list | tuple) else [result]):
                results[calls * 1000 + place] = each
            calls += 1


@contextmanager
def recording() -> Iterator[Recording]:
    """Write down what is drawn inside; Streamlit is as before afterwards."""
    record = Recording()
    elements = [
        name
        for name in dir(DeltaGenerator)
        if callable(getattr(DeltaGenerator, name)) and (not name.startswith("_") or name == "_bidi_component")
    ]
    own = {name: getattr(DeltaGenerator, name) for name in elements}
    shortcuts = {
        name: value for name, value in vars(st).items() if isinstance(getattr(value, "__self__", None), DeltaGenerator)
    }
    enter, leave = DeltaGenerator.__enter__, DeltaGenerator.__exit__

    def wrapped(name: str) -> Callable[..., Any]:
        function = own[name]

        @functools.wraps(function)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            return record.called(function, name, self, args, kwargs)

        return call

    def entering(self: Any) -> Any:
        record.entered(self, begins=True)
        return enter(self)

    def leaving(self: Any, *failure: Any) -> Any:
        record.entered(self, begins=False)
        return leave(self, *failure)

    for name in elements:
        setattr(DeltaGenerator, name, wrapped(name))
    for name, value in shortcuts.items():
        setattr(st, name, getattr(value.__self__, value.__func__.__name__, value))
    DeltaGenerator.__enter__, DeltaGenerator.__exit__ = entering, leaving  # type: ignore[method-assign]  # put back below
    try:
        yield record
    finally:
        for name, function in own.items():
            setattr(DeltaGenerator, name, function)
        for name, value in shortcuts.items():
            setattr(st, name, value)
        DeltaGenerator.__enter__, DeltaGenerator.__exit__ = enter, leave  # type: ignore[method-assign]  # as they were
