"""Diagrams to try the import with: a few lines of BPMN in a frame, and workflows drawn at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:k="urn:kontor:workflow:1" id="d">\n'
)


def framed(*lines: str) -> bytes:
    """A file with these lines in it; the first of them is line 3."""
    return (HEAD + "\n".join(lines) + "\n</definitions>\n").encode()


def process(*lines: str) -> bytes:
    """A file with a process of these lines; the first of them is line 4."""
    return framed('<process id="p">', *lines, "</process>")


_texts = st.text(max_size=12) | st.sampled_from(
    ["$limit", "Büro", "审核", "a\nb", " x ", "<&>\"'", "]]>", "\x00\x1f\ufffe"]
)
_names = st.text(alphabet="abc_.Ä审 -$", min_size=1, max_size=8) | st.text(min_size=1, max_size=4)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=4,
)
_terms = st.sampled_from(["3 days", "1 hour", "5 minutes", "2 working days", "$term", "1 day"])
_decisions = st.dictionaries(
    st.sampled_from(["approve", "reject", "ask", "send_back"]),
    st.fixed_dictionaries({"label": _texts}, optional={"tone": st.sampled_from(["positive", "negative", "neutral"])}),
    min_size=1,
)


def _node(
    kind: str, value: st.SearchStrategy[Any], **more: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    common = {"label": _texts, "status": _texts, "vendor_status": _texts, "phase": _texts}
    return st.fixed_dictionaries({kind: value}, optional={**common, **more})


_branches = st.fixed_dictionaries({"when": _texts, "then": st.sampled_from(["yes", "no", "pass", "x y"])})
_timed = {"due": _terms, "expires": _terms, "remind": st.lists(_terms, max_size=2) | st.just("$remind"),
          "escalate": st.dictionaries(_texts, _terms, max_size=2) | st.just("$escalate")}  # fmt: skip
nodes = st.one_of(
    _node("form", _texts, **_timed, deletable=st.booleans(), cancel=st.sampled_from(["no", "first", "always"])),
    _node("review", _texts | st.lists(_texts, max_size=3), **_timed, decisions=_decisions, quorum=st.integers(1, 3)),
    _node("check", _texts, by=st.sampled_from(["now", "worker"])),
    _node("decision", _texts | st.sampled_from(["a > 1", "x == 'y'"])),
    _node("decision", st.lists(_branches, min_size=1, max_size=3), otherwise=st.sampled_from(["no", "paid"])),
    _node("decision", st.fixed_dictionaries({"inputs": st.just([]), "rows": st.lists(st.lists(_texts))})),
    _node("wait", st.just("facts"), until=_texts, expires=_terms),
    _node("parallel", st.sampled_from(["split", "join"])),
    _node("wait", _terms, since=_texts),
    _node("action", _texts, given=st.dictionaries(_texts, _values, max_size=3)),
    _node("payment", _texts, given=st.dictionaries(_texts, _values, max_size=3)),
    _node("end", _texts, tone=st.sampled_from(["positive", "negative", "neutral"])),
)
_EVENTS = [
    "message",
    "timer",
    "signal",
    "conditional",
    "error",
    "escalation",
    "link",
    "terminate",
    "compensate",
    "cancel",
]
_CONDITIONS = [
    "",
    "",
    "amount &gt; 5",
    "${approved}",
    "${!approved}",
    "=risk &lt; 3",
    "answer == 'yes'",
    "f(x) eq 1",
    "true",
]
_NAMES = ["", "", "Review", "Approve?", "Yes", "no", "审核", "Partner", "End &amp; out"]
_PLAIN = ["userTask", "task", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
          "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"]  # fmt: skip
_DURATIONS = ["P3D", "PT5M", "P1M", "", "${soon}", "R/P1D"]


@st.composite
def foreign(draw: st.DrawFn) -> bytes:
    """A diagram of another modeller, drawn at random: sound as XML, and as wild as its author."""
    numbers = iter(range(10**6))
    calls = st.sampled_from(["p0", "p1", "elsewhere"])

    def attributes(kind: str) -> str:
        made = f'id="{kind[:3]}{next(numbers)}" name="{draw(st.sampled_from(_NAMES))}"'
        return f'{made} isForCompensation="true"' if kind == "task" and draw(st.integers(0, 9)) == 0 else made

    def event(kind: str, more: str = "") -> str:
        about = draw(st.sampled_from([*_EVENTS, "", ""]))
        inside = f"<timeDuration>{draw(st.sampled_from(_DURATIONS))}</timeDuration>" if about == "timer" else ""
        said = f"<{about}EventDefinition>{inside}</{about}EventDefinition>" if about else ""
        return f"<{kind} {attributes(kind)}{more}>{said}</{kind}>"

    def scope(depth: int) -> str:
        lines = [event("startEvent") for _ in range(draw(st.integers(0, 2)))]
        for _ in range(draw(st.integers(0, 5))):
            kind = draw(st.sampled_from([*_PLAIN, *_PLAIN, "event", "end", "call", "sub"]))
            if kind == "sub" and depth:
                tag = draw(st.sampled_from(["subProcess", "subProcess", "transaction", "adHocSubProcess"]))
                lines.append(f"<{tag} {attributes(tag)}>{scope(depth - 1)}</{tag}>")
            elif kind in ("event", "end", "sub"):
                kinds = ["endEvent"] if kind == "end" else ["intermediateCatchEvent", "intermediateThrowEvent"]
                lines.append(event(draw(st.sampled_from(kinds))))
            elif kind == "call":
                lines.append(f'<callActivity {attributes("callActivity")} calledElement="{draw(calls)}"/>')
            else:
                lines.append(f"<{kind} {attributes(kind)}/>")
        steps = [line.split('id="', 1)[1].split('"', 1)[0] for line in lines]
        if steps:
            for _ in range(draw(st.integers(0, 2))):
                stops = draw(st.sampled_from(["true", "false"]))
                at = f' attachedToRef="{draw(st.sampled_from(steps))}" cancelActivity="{stops}"'
                lines.append(event("boundaryEvent", at))
            steps = [line.split('id="', 1)[1].split('"', 1)[0] for line in lines]
            for _ in range(draw(st.integers(0, 9))):
                ends = f'sourceRef="{draw(st.sampled_from(steps))}" targetRef="{draw(st.sampled_from(steps))}"'
                asked = draw(st.sampled_from(_CONDITIONS))
                inside = f"<conditionExpression>{asked}</conditionExpression>" if asked else ""
                lines.append(f"<sequenceFlow {attributes('sequenceFlow')} {ends}>{inside}</sequenceFlow>")
        return "\n".join(draw(st.permutations(lines)))

    processes = [f'<process id="p{number}">\n{scope(2)}\n</process>' for number in range(draw(st.integers(1, 2)))]
    return framed(*processes)


_OUTCOMES = ["", "submit", "approve", "reject", "yes", "no", "pass", "fail", "cancel", "expire", "paid", "x y"]
_numbers = st.integers(-5000, 5000) | st.floats(-5000, 5000, allow_nan=False)


@st.composite
def workflows(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """A workflow as it is written in a definition, and where some of its nodes are drawn."""
    made = draw(st.dictionaries(_names, nodes, min_size=1, max_size=7))
    names = st.sampled_from(sorted(made))
    begins = st.tuples(names, st.sampled_from(_OUTCOMES)).map(lambda way: f"{way[0]}.{way[1]}" if way[1] else way[0])
    edges = draw(st.lists(st.tuples(begins, names).map(list), max_size=14))
    layout = draw(st.dictionaries(names, st.tuples(_numbers, _numbers).map(list)))
    more = draw(st.dictionaries(st.sampled_from(["clocks", "tables"]), _values, max_size=1))
    return {**more, "start": draw(names), "nodes": made, "edges": edges}, layout
