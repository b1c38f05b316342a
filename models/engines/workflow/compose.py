"""A process inside another: a payment node is replaced by the nodes of the workflow it names, before anything runs.

The inner nodes get the outer node's name before theirs (`payment.invoice`). Whatever leads to the outer node leads to
the inner start; an inner end becomes the outcome of the outer node that bears its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.engines.workflow.clocks import within
from models.engines.workflow.schema import EndNode, Node, PaymentNode, ReviewNode, Workflow


def expand(workflow: Workflow, processes: Mapping[str, Workflow]) -> Workflow:
    """The workflow with every payment node replaced, however deep.

    Raises:
        KeyError: a payment node names a process that there is not.
    """
    while name := next((name for name, node in workflow.nodes.items() if isinstance(node, PaymentNode)), None):
        node = workflow.nodes[name]
        assert isinstance(node, PaymentNode)
        workflow = _replaced(workflow, name, processes[node.payment])
    return workflow


def _replaced(outer: Workflow, name: str, inner: Workflow) -> Workflow:
    ends = {f"{name}.{place}": node.end for place, node in inner.nodes.items() if isinstance(node, EndNode)}
    nodes: dict[str, Any] = {}
    for place, node in outer.nodes.items():
        if place != name:
            nodes[place] = node
            continue
        for inside, each in inner.nodes.items():
            if not isinstance(each, EndNode):
                begins = node if inside == inner.start else None
                nodes[f"{name}.{inside}"] = _renamed(each, name, begins)
    edges = [(begin, f"{name}.{inner.start}" if end == name else end) for begin, end in outer.edges
             if outer.source(begin) != name]  # fmt: skip
    for begin, end in inner.edges:
        target = f"{name}.{end}"
        if target in ends:
            edges += [(f"{name}.{begin}", to) for to in outer.next(name, ends[target])]
        else:
            edges.append((f"{name}.{begin}", target))
    clocks = outer.clocks | {f"{name}.{key}": within(clock, name) for key, clock in inner.clocks.items()}
    start = f"{name}.{inner.start}" if outer.start == name else outer.start
    return Workflow(
        start=start, nodes=nodes, edges=tuple(edges), layout=outer.layout, promised=outer.promised, clocks=clocks
    )


def _renamed(node: Node, prefix: str, outer: Node | None) -> Node:
    if outer is not None:  # what is said of the outer node holds from the inner beginning on
        own = {"status": node.status or outer.status, "vendor_status": node.vendor_status or outer.vendor_status}
        node = node.model_copy(update={**own, "phase": node.phase or outer.phase})
    if isinstance(node, ReviewNode) and node.not_same_person_as:
        others = tuple(f"{prefix}.{other}" for other in node.not_same_person_as)
        return node.model_copy(update={"not_same_person_as": others})
    return node
