"""Whatever nobody spoke of yet: named, so that nothing of a diagram is dropped silently."""

from __future__ import annotations

from models.engines.bpmn import marks
from models.engines.bpmn.findings import Findings, Severity
from models.engines.bpmn.loading import leave_out
from models.engines.bpmn.markup import Element
from models.engines.bpmn.vocabulary import XSI, words

_SILENT = frozenset({"extensionElements", "incoming", "outgoing", "participantMultiplicity", "script"})
"""Elements that say nothing by themselves."""
_TAKEN = frozenset({
    "formKey", "formRef", "candidateGroups", "assignee", "dueDate", "initiator", "assignmentDefinition", "topic",
    "delegateExpression", "class", "decisionRef", "type",
})  # fmt: skip
"""What vendors add and the import reads."""
_WARNED = {
    "multiInstanceLoopCharacteristics": "It is done once: nothing is repeated here for each of several things.",
    "standardLoopCharacteristics": "It is done once: nothing is repeated here.",
    "messageFlow": "Left out: what pools tell each other is not run here.",
}
_TOLD = {
    "documentation": "Left out, as steps have no notes here",
    "textAnnotation": "Left out, as the designer has no notes",
}  # fmt: skip


def name_leftovers(root: Element, findings: Findings) -> None:
    """Name every element of BPMN that was neither taken over nor spoken of, and what vendors added to the others."""
    for each in root.all():
        if each.is_model() and each is not root:
            if not findings.is_settled(each) and each.name not in _SILENT:
                _name(each, findings)
            _added(each, findings)


def _name(each: Element, findings: Findings) -> None:
    if each.name in _TOLD:
        said = " ".join(part for part in (inner.words() for inner in each.all()) if part)
        findings.settle(*each.all())
        findings.say(each, f"{_TOLD[each.name]}: {said[:200]}", severity="info")
        return
    severity: Severity = "warning" if each.name in _WARNED else "info"
    text = _WARNED.get(each.name, f"Left out: a workflow has no {words(each.name)}.")
    if severity == "warning":
        findings.say(each, text)
        findings.settle(*each.all())
    else:
        leave_out(findings, each, text, severity="info")


def _added(each: Element, findings: Findings) -> None:
    """What a vendor added to an element, in one notice."""
    spaces = ("", XSI, marks.OURS)
    tags = [key[1:].partition("}") for key in each.attributes if key.startswith("{")]
    names = [name for space, _, name in tags if space not in spaces]
    for extensions in each.of("extensionElements"):
        names += [inner.name for inner in extensions.children if inner.space not in spaces]
    left = sorted({name for name in names if name not in _TAKEN})
    if left:
        findings.say(each, f"Left out, as only its modeller knows it: {', '.join(left)}.", severity="info")
