"""Filter chips: what is filtered stands in a row below the head, each filter removable; the address holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from dashboard.parts import address


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is on: its words, and the value of the address that removing it takes out."""

    text: str
    param: str
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter that can be set: its parameter, label, and the values to choose among with their words."""

    param: str
    label: str
    options: Sequence[tuple[str, str]]


MOST = 600
"""Values that a menu can offer; of more one is found by searching in the list."""


@contextmanager
def chip_bar(key: str = "chips") -> Iterator[None]:
    """The row that the chips stand in; wraps on a phone."""
    with st.container(horizontal=True, key=key, gap="xsmall", vertical_alignment="center"):
        yield


def removable(chips: Sequence[Chip], *, bar: str = "chip") -> None:
    """One button for each filter that is on; pressing it takes the filter off. `bar` tells two bars of a page apart."""
    for chip in chips:
        st.button(
            chip.text,
            key=f"{bar}:{chip.param}:{chip.value}",
            icon=":material/close:",
            icon_position="right",
            help=f"Remove the filter {chip.text}",
            on_click=address.remove,
            args=(chip.param, chip.value),
        )


def filter_menu(
    choices: Callable[[], Sequence[Choice]], on: bool, cleared: Sequence[str], *, bar: str = "chip"
) -> None:
    """The button that sets filters, and *Clear all* while one is on.

    What one can choose among is asked only while the menu is open; a filter without a choice is not shown.
    """
    menu = st.popover("Filter", icon=":material/add:", type="tertiary", key=f"{bar}_filter", on_change="rerun")
    if menu.open:
        with menu:
            for choice in choices():
                _choose(choice)
    if on:
        clear_all(cleared, bar=bar)


def clear_all(cleared: Sequence[str], *, bar: str = "chip") -> None:
    """The button that takes every filter and what is searched for out of the address."""
    st.button("Clear all", type="tertiary", key=f"{bar}_clear", on_click=address.clear, args=(cleared,))


def _choose(choice: Choice) -> None:
    words = dict(choice.options)
    chosen = address.get_all(choice.param)
    if len(words) + len(chosen) < 2 and not chosen:
        return
    if len(words) > MOST:
        st.caption(f"{choice.label}: {len(words):,} to choose among. Search in the list and open a row.")
        return
    words |= {value: value for value in chosen if value not in words}
    st.multiselect(
        choice.label,
        list(words),
        format_func=_named(words),
        placeholder="All",
        **address.bound(f"filter:{choice.param}", list(chosen), _writer(choice.param)),
    )


def _named(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda value: words.get(value, value)


def _writer(param: str) -> Callable[[Sequence[str]], None]:
    return lambda values: address.put(**{param: values})
