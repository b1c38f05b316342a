"""What a new type begins with can be published as it is."""

from __future__ import annotations

import pytest

from models.design.judging import problems
from models.design.templates import TEMPLATES, template


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_template_is_sound(key: str) -> None:
    """Nothing stands in the way of publishing it, and every node has its place on the canvas."""
    content = template(key)
    assert problems(content) == []
    flow = content["type"]["workflow"]
    assert set(flow["layout"]) == set(flow["nodes"])
