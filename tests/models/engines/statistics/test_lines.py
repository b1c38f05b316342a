"""Lines behind a figure: kinds that have none, and words that are asked for once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from models.core.errors import Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics.lines import _lines_of, _worded
from models.expenditures.dimensions import EXPENDITURES


def test_facts_that_are_no_single_things_have_no_lines():
    with pytest.raises(Refused, match="have no lines that could be shown one by one"):
        _lines_of(replace(EXPENDITURES, lines=None))


def test_the_words_of_a_key_are_asked_for_once_however_often_it_comes(uow: UnitOfWork):
    asked: list[Sequence[str]] = []

    def words(_: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
        asked.append(sorted(keys))
        return {key: key.upper() for key in keys if key != "gone"}

    known: dict[str, str] = {}

    def shown(*keys: str | None) -> list[Any]:
        return _worded(uow, pa.array(keys, pa.string()), words, known)

    assert shown("a", "b", "a", None) == ["A", "B", "A", ""]
    assert shown("b", "a") == ["B", "A"]
    assert shown("c", "gone") == ["C", ""]
    assert asked == [["a", "b"], ["c", "gone"]]
