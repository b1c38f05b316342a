"""What a new type begins with can be published as it is."""

from __future__ import annotations

import pytest

from models.design.judging import problems
from models.design.templates import TEMPLATES, template
from models.engines.definitions.loading import build
from models.engines.workflow.migrating import places
from models.engines.workflow.schema import ReviewNode


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_template_is_sound(key: str) -> None:
    """Nothing stands in the way of publishing it, and every node has its place on the canvas."""
    content = template(key)
    assert problems(content) == []
    flow = content["type"]["workflow"]
    assert set(flow["layout"]) == set(flow["nodes"])


@pytest.mark.parametrize("key", TEMPLATES)
def test_wherever_a_case_can_stand_its_status_is_said(key: str) -> None:
    """In the steps of the template's own, with their part of the line; those of a process say it themselves."""
    made = build(template(key))
    for name, node in places(made.workflow).items():
        if "." not in name:
            assert node.status, name
            assert node.phase in made.phases, name


@pytest.mark.parametrize("key", TEMPLATES)
def test_the_vendor_reads_in_a_template_which_review_waits(key: str) -> None:
    """The partner reads that it is under review, the vendor who has it."""
    made = build(template(key))
    for name, node in made.workflow.nodes.items():
        if isinstance(node, ReviewNode) and "." not in name:
            assert node.vendor_status, name
