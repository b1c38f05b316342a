"""Explanations add up: whatever the amounts, quantities and groups, the parts are the difference, exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.money import EXACT
from models.engines.statistics.explaining import (
    Bought,
    Effect,
    Move,
    added,
    effects,
    explained,
    waterfall,
)

D = Decimal
amounts = st.integers(-(10**24), 10**24).map(lambda units: D(units).scaleb(-12))
quantities = st.integers(0, 10**24).map(lambda units: D(units).scaleb(-12))
groups = st.sampled_from("abcdefghijkl")
CHECKED = settings(max_examples=60, deadline=None)


@CHECKED
@given(before=st.dictionaries(groups, amounts), now=st.dictionaries(groups, amounts), most=st.integers(1, 6))
def test_the_parts_are_the_difference_and_the_waterfall_arrives(before, now, most):
    found = explained(before, now)
    assert added(part.change for part in found.parts) == found.change == EXACT.subtract(
        added(now.values()), added(before.values())
    )  # fmt: skip
    assert added(amount for amount, _ in found.by_move().values()) == found.change
    assert sum(count for _, count in found.by_move().values()) == len(found.parts)
    first, *steps, last = waterfall(found, most=most)
    assert EXACT.add(first.change, added(bar.change for bar in steps)) == last.change == found.now
    assert sum(bar.count for bar in steps) == len(found.parts)
    assert len(steps) <= most + 1
    height = found.before
    for bar in steps:
        assert {bar.low, bar.high} == {height, EXACT.add(height, bar.change)}
        height = EXACT.add(height, bar.change)


bought = st.dictionaries(groups, st.builds(Bought, amounts, quantities))


@CHECKED
@given(before=bought, now=bought, one_unit=st.booleans())
def test_price_volume_and_mix_are_the_difference(before, now, one_unit):
    found = effects(before, now, one_unit=one_unit)
    total = added(amount for moved in found.values() for amount in moved.values())
    assert total == EXACT.subtract(
        added(each.amount for each in now.values()), added(each.amount for each in before.values())
    )
    for key in {*before, *now}:
        own = added(moved.get(key, D(0)) for moved in found.values())
        nothing = Bought(D(0), D(0))
        assert own == EXACT.subtract(now.get(key, nothing).amount, before.get(key, nothing).amount)


def test_groups_are_new_grown_shrunk_and_lost():
    found = explained(
        {"kept": D(5), "less": D(9), "gone": D(4), "cancelled": D(0)},
        {"kept": D(5), "less": D(2), "more": D(7), "cancelled": D(3)},
    )
    assert [(part.key, part.change, part.move) for part in found.parts] == [
        ("less", -7, Move.SHRUNK), ("more", 7, Move.NEW), ("gone", -4, Move.LOST), ("cancelled", 3, Move.NEW),
    ]  # fmt: skip
    assert found.by_move() == {Move.NEW: (10, 2), Move.SHRUNK: (-7, 1), Move.LOST: (-4, 1)}
    assert explained({"a": D(1)}, {"a": D(3)}).parts[0].move is Move.GROWN


@pytest.mark.parametrize(
    "old, new, one_unit, expected",
    [
        # ten at 2, then ten at 3
        ({"a": (20, 10)}, {"a": (30, 10)}, False, {Effect.PRICE: {"a": 10}}),
        # ten at 2, then fifteen at 2
        ({"a": (20, 10)}, {"a": (30, 15)}, False, {Effect.VOLUME: {"a": 10}}),
        # nothing more in all, but of what costs more
        (
            {"a": (10, 10), "b": (30, 10)}, {"a": (5, 5), "b": (45, 15)}, True,
            {Effect.MIX: {"a": -5, "b": 15}},
        ),
        # in units of their own each has a volume
        ({"a": (10, 10), "b": (30, 10)}, {"a": (5, 5), "b": (45, 15)}, False, {Effect.VOLUME: {"a": -5, "b": 15}}),
        ({}, {"a": (5, 5)}, True, {Effect.NEW: {"a": 5}}),
        ({"a": (5, 5)}, {}, True, {Effect.LOST: {"a": -5}}),
        # a fee without a quantity
        ({"a": (5, 0)}, {"a": (7, 0)}, True, {Effect.PRICE: {"a": 2}}),
    ],
)  # fmt: skip
def test_effects_are_what_they_are_called(old, new, one_unit, expected):
    as_bought = lambda given: {key: Bought(D(amount), D(quantity)) for key, (amount, quantity) in given.items()}  # noqa: E731
    found = effects(as_bought(old), as_bought(new), one_unit=one_unit)
    assert {effect: moved for effect, moved in found.items() if moved} == expected


def test_what_cannot_be_divided_evenly_still_adds_up():
    found = effects({"a": Bought(D(1), D(3))}, {"a": Bought(D(1), D(7))})
    assert found[Effect.VOLUME]["a"] == D("1.333333333333")
    assert found[Effect.PRICE]["a"] == D("-1.333333333333")
