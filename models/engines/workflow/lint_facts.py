"""Facts that are read before anybody could have given them: on some way from the start to the node, nobody has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from models.core.errors import Problem
from models.engines.workflow.outcomes import outcomes
from models.engines.workflow.reads import facts_added, facts_read
from models.engines.workflow.schema import ReviewNode, Workflow


def fact_faults(workflow: Workflow, facts: Collection[str], fields: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    """Facts and form fields that are used before they exist.

    Facts that no form, decision or table of the workflow gives are noted by actions or from outside: not judged.
    """
    given = {
        fact
        for node in workflow.nodes.values()
        for outcome in outcomes(node)
        for fact in facts_added(node, outcome, fields)
    }
    known = _known(workflow, given & set(facts), fields)
    for name, node in workflow.nodes.items():
        if name not in known:
            continue  # no way leads there
        for fact in sorted((facts_read(node, facts) & given) - known[name]):
            text = f"{_words(fact)} is used here, but on a way that leads here nobody has given it yet."
            yield Problem("FLOW-TOO-EARLY", text, name)
    sent = _known(workflow, {f"form {form}" for form in fields}, {form: [f"form {form}"] for form in fields})
    for name, node in workflow.nodes.items():
        for read in node.reads if isinstance(node, ReviewNode) and name in sent else ():
            form, _, field = read.rpartition(".")
            if form not in fields or field not in fields[form]:
                yield Problem("FLOW-READS", f"There is no field {read}.", name)
            elif f"form {form}" not in sent[name]:
                yield Problem("FLOW-TOO-EARLY", f"{_words(field)} is shown here before the form can be sent.", name)


def _known(workflow: Workflow, facts: set[str], fields: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """By node: the facts that every way from the start has given."""
    known: dict[str, set[str]] = {workflow.start: set()}
    waiting = [workflow.start]
    while waiting:
        name = waiting.pop()
        node = workflow.nodes[name]
        for outcome in outcomes(node):
            after = known[name] | (facts_added(node, outcome, fields) & facts)
            for target in workflow.next(name, outcome):
                seen = known.get(target)
                both = after if seen is None else seen & after
                if both != seen:
                    known[target] = both
                    waiting.append(target)
    return known


def _words(fact: str) -> str:
    return fact.replace("_", " ").capitalize()
