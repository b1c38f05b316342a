"""Files that are refused, each in words that name the line, the element and the remedy; and hostile ones."""

from __future__ import annotations

import time

import pytest

from models.core.errors import Refused
from models.engines.bpmn import read
from tests.support.diagrams import HEAD, framed, process

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
FLOW = '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'


def refusal(xml: bytes, **limits: int) -> tuple[str, str, str | None]:
    with pytest.raises(Refused) as refused:
        read(xml, **limits)
    (problem,) = refused.value.problems
    return problem.code, problem.text, problem.field


def test_the_smallest_diagram_is_read():
    found = read(process(START, END, FLOW))
    assert found.workflow == {
        "start": "application",
        "nodes": {"application": {"form": "application", "label": "Application"},
                  "end": {"end": "done", "tone": "positive"}},
        "edges": [["application.submit", "end"]],
    }  # fmt: skip


@pytest.mark.parametrize(
    "xml, problem",
    [
        (
            b"",
            ("BPMN-XML", "Line 1: the file is broken XML (no element found). Export it again from the modeller.", None),
        ),
        (
            b"PK\x03\x04 a picture",
            ("BPMN-XML", "Line 1: the file is broken XML (not well-formed (invalid token)). Export it again from the"
             " modeller.", None),
        ),
        (
            process(START).replace(b"</process>", b""),
            ("BPMN-XML", "Line 6: the file is broken XML (mismatched tag). Export it again from the modeller.", None),
        ),
        (
            b'<?xml version="1.0" encoding="latin-99"?><a/>',
            ("BPMN-XML", "The file cannot be read (unknown encoding: latin-99). Export it as UTF-8.", None),
        ),
        (
            b"<html><body/></html>",
            ("BPMN-NONE", "This is no BPMN 2.0 file: it begins with <html>. Export the diagram as BPMN 2.0 XML.", None),
        ),
        (
            HEAD.replace("20100524", "20090101").encode() + b"</definitions>",
            ("BPMN-NONE", "This is no BPMN 2.0 file: it begins with <definitions>. Export the diagram as BPMN 2.0 XML.",
             None),
        ),
        (
            framed('<choreography id="c"><choreographyTask id="t"/></choreography>'),
            ("BPMN-PROCESS", "Line 2, definitions d: it has no process, so there is nothing to run. Draw a process, not"
             " a choreography.", "d"),
        ),
        (
            process(),
            ("BPMN-EMPTY", "Line 3, process p: it contains no step. Draw at least a start, a task and an end.", "p"),
        ),
        (
            process(START, END, '<task id="e" name="Again"/>'),
            ("BPMN-TWICE", "Line 6, task Again: line 5 has the same id e. Give one of them another id.", "e"),
        ),
        (
            process(START, '<task name="No id"/>'),
            ("BPMN-ID", "Line 5, task No id: it has no id. Export it again from the modeller.", None),
        ),
        (
            process(START, '<sequenceFlow id="f" name="Go" sourceRef="s" targetRef="gone"/>'),
            ("BPMN-FLOW", "Line 5, sequence flow Go: it leads from s to gone, and gone is not there. Draw it again.",
             "f"),
        ),
        (
            process(START, '<sequenceFlow id="f" targetRef="s"/>'),
            ("BPMN-FLOW", "Line 5, sequence flow f: it leads from nothing to s, and nothing is not there. Draw"
             " it again.", "f"),
        ),
        (
            process(START, f'<subProcess id="sub"><startEvent id="t"/>{END}</subProcess>', FLOW),
            ("BPMN-FLOW", "Line 6, sequence flow f: it leads from s to e, and e is not in the same process."
             " Draw it again.", "f"),
        ),
        (
            process(START, '<exclusiveGateway id="g" name="Or" default="gone"/>'),
            ("BPMN-DEFAULT", "Line 5, exclusive gateway Or: its default flow gone is not there. Choose another one.",
             "g"),
        ),
        (
            process(START, '<boundaryEvent id="b" attachedToRef="gone"/>'),
            ("BPMN-BORDER", "Line 5, boundary event b: it is attached to gone, which is not there. Attach it to a"
             " step.", "b"),
        ),
        (
            process(START, '<boundaryEvent id="b"/>'),
            ("BPMN-BORDER", "Line 5, boundary event b: it is attached to nothing, which is not there. Attach it to"
             " a step.", "b"),
        ),
        (
            process('<task id="a" name="One"/>', '<task id="b"/>'),
            ("BPMN-START", "Line 3, process p: it has no start event, and steps that nothing leads to are: One, b."
             " Draw a start event.", "p"),
        ),
        (
            process('<task id="a"/>', '<sequenceFlow id="f" sourceRef="a" targetRef="a"/>'),
            ("BPMN-START", "Line 3, process p: it has no start event, and steps that nothing leads to are: none. Draw a"
             " start event.", "p"),
        ),
        (
            framed(
                '<process id="p"><startEvent id="s"/><callActivity id="c" name="Go down" calledElement="q"/></process>',
                '<process id="q"><callActivity id="u" name="Go up" calledElement="p"/></process>',
            ),
            ("BPMN-CIRCLE", "Line 4, call activity Go up: processes call each other in a circle: p → q → p. Break it.",
             "u"),
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_words(xml: bytes, problem: tuple[str, str, str | None]):
    assert refusal(xml) == problem


def test_a_file_that_is_too_big_is_not_even_parsed():
    xml = process(START, END, FLOW)
    assert refusal(xml + b" " * 3_000_000 + b"<", most_bytes=2_000_000) == (
        "BPMN-SIZE", "The file has 3.0 MB; 2.0 MB are read. Export a single process.", None
    )  # fmt: skip
    assert read(xml, most_bytes=len(xml))


def test_too_many_steps_are_refused_called_processes_counted():
    tasks = [f'<task id="t{number}"/>' for number in range(3)]
    assert read(process(START, *tasks), most_nodes=4).workflow["start"] == "application"
    text = "The process has more than 3 steps, called processes counted. Split it."
    assert refusal(process(START, *tasks), most_nodes=3) == ("BPMN-STEPS", text, None)


def test_processes_that_multiply_by_calling_each_other_are_stopped():
    """Each calls the next twice: a million steps in eighteen processes."""
    calls = [
        f'<process id="p{number}"><startEvent id="s{number}"/>'
        f'<callActivity id="a{number}" calledElement="p{number + 1}"/>'
        f'<callActivity id="b{number}" calledElement="p{number + 1}"/></process>'
        for number in range(18)
    ]
    began = time.process_time()
    assert refusal(framed(*calls))[0] == "BPMN-STEPS"
    assert time.process_time() - began < 5


def test_a_long_chain_of_calls_is_refused():
    calls = [
        f'<process id="p{number}"><startEvent id="s{number}"/>'
        f'<callActivity id="a{number}" calledElement="p{number + 1}"/>'
        "</process>"
        for number in range(40)
    ]
    code, text, _ = refusal(framed(*calls))
    assert (code, text) == (
        "BPMN-CALLS", "Line 23, call activity a20: more than 20 processes call each other. Draw fewer."
    )  # fmt: skip


LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY a "&lol;&lol;&lol;&lol;"><!ENTITY b "&a;&a;&a;&a;">]>
<definitions>&b;</definitions>"""
FETCHES = """<?xml version="1.0"?>
<!DOCTYPE definitions [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<definitions>&secret;</definitions>"""
INCLUDES = '<?xml version="1.0"?>\n<!DOCTYPE definitions SYSTEM "http://127.0.0.1:9/x.dtd">\n<definitions/>'


@pytest.mark.parametrize("xml", [LAUGHS, FETCHES, INCLUDES, "<!DOCTYPE html><html/>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_neither_expanded_nor_fetched(xml: str, encoding: str):
    code, text, _ = refusal(xml.encode(encoding))
    assert code == "BPMN-DOCTYPE"
    assert "the file declares a document type. BPMN has none: take the declaration out." in text


def test_an_entity_that_nobody_declared_is_broken_xml():
    assert refusal(process(START, '<task id="t" name="&secret;"/>'))[:2] == (
        "BPMN-XML",
        "Line 5: the file is broken XML (undefined entity). Export it again from the modeller.",
    )


def test_elements_nested_beyond_reason_are_refused():
    deep = 3_000
    xml = process(START, '<subProcess id="x">' + "<a>" * deep + "</a>" * deep + "</subProcess>")
    assert refusal(xml) == ("BPMN-DEEP", "Line 5: elements are nested more than 100 deep. Split the process.", None)


def test_subprocesses_within_each_other_are_opened_however_deep():
    deep = 97
    inner = "".join(f'<subProcess id="x{number}">' for number in range(deep)) + '<task id="t" name="Deep down"/>'
    found = read(process(START, inner + "</subProcess>" * deep, '<sequenceFlow id="f" sourceRef="s" targetRef="x0"/>'))
    assert found.workflow["nodes"]["deep_down"]["label"] == "Deep down"


def meshed(steps: int) -> bytes:
    """Every step has a way to every other."""
    flows = [
        f'<sequenceFlow id="f{one}_{other}" sourceRef="t{one}" targetRef="t{other}"/>'
        for one in range(steps) for other in range(steps)
    ]  # fmt: skip
    tasks = [f'<task id="t{number}"/>' for number in range(steps)]
    return process(START, *tasks, '<sequenceFlow id="f" sourceRef="s" targetRef="t0"/>', *flows)


def test_a_wide_diagram_is_read_in_time():
    began = time.process_time()
    found = read(meshed(50))
    assert len(found.workflow["nodes"]) == 101
    assert time.process_time() - began < 10
    assert refusal(meshed(72)) == (
        "BPMN-WAYS", "Line 5077, sequence flow f69_31: there are more than 5000 ways. Split the process.", "f69_31"
    )  # fmt: skip
