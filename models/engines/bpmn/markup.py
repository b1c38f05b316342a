"""An XML file as elements that know their line. No document type, so that nothing is expanded, fetched or included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from models.core.errors import Problem, Refused
from models.engines.bpmn.vocabulary import MODEL

DEEPEST = 100
"""Elements within elements; a diagram by hand stays under thirty."""


@dataclass(eq=False, slots=True)
class Element:
    """An element: `space` and `name` of its tag, attributes by name (`{space}name` when they have one), its text."""

    space: str
    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    text: str = ""
    parent: Element | None = None

    @property
    def id(self) -> str:
        """Its identifier; empty when it has none."""
        return self.get("id")

    def get(self, name: str) -> str:
        """An attribute without surrounding space; empty when it has none."""
        return self.attributes.get(name, "").strip()

    def vendor(self, name: str) -> str:
        """An attribute that some vendor added, whichever it was."""
        return next((value.strip() for key, value in self.attributes.items() if key.endswith(f"}}{name}")), "")

    def of(self, *names: str) -> Iterator[Element]:
        """Its children that BPMN calls so."""
        return (each for each in self.children if each.space == MODEL and each.name in names)

    def first(self, name: str) -> Element | None:
        """Its first child that BPMN calls so."""
        return next(self.of(name), None)

    def all(self) -> Iterator[Element]:
        """It and everything within it, in the order of the file."""
        waiting = [self]
        while waiting:
            each = waiting.pop()
            yield each
            waiting += reversed(each.children)

    def words(self) -> str:
        """Its text in one line."""
        return " ".join(self.text.split())

    def is_model(self) -> bool:
        """Whether BPMN knows it, other than what a vendor added."""
        return self.space == MODEL


def parse(xml: bytes, *, most_bytes: int) -> Element:
    """The root of an XML file.

    Raises:
        Refused: it is too big, no XML, has a document type, or is nested beyond reason; says where.
    """
    if len(xml) > most_bytes:
        size, most = f"{len(xml) / 1_000_000:.1f} MB", f"{most_bytes / 1_000_000:.1f} MB"
        raise Refused(Problem("BPMN-SIZE", f"The file has {size}; {most} are read. Export a single process."))
    reader = _Reader()
    try:
        reader.parser.Parse(xml, True)
    except expat.ExpatError as error:
        what = expat.errors.messages[error.code]
        text = f"Line {error.lineno}: the file is broken XML ({what}). Export it again from the modeller."
        raise Refused(Problem("BPMN-XML", text)) from None
    except (LookupError, ValueError) as error:  # an encoding that Python does not know, or of several bytes a sign
        raise Refused(Problem("BPMN-XML", f"The file cannot be read ({error}). Export it as UTF-8.")) from None
    assert reader.root is not None
    return reader.root


class _Reader:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        text = f"Line {line}: the file declares a document type. BPMN has none: take the declaration out."
        raise Refused(Problem("BPMN-DOCTYPE", text))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self.open) == DEEPEST:
            text = f"Line {line}: elements are nested more than {DEEPEST} deep. Split the process."
            raise Refused(Problem("BPMN-DEEP", text))
        space, _, name = tag.rpartition("}")
        named = {f"{{{key}" if "}" in key else key: value for key, value in attributes.items()}
        made = Element(space, name, line, named, parent=self.open[-1] if self.open else None)
        if self.open:
            self.open[-1].children.append(made)
        else:
            self.root = made
        self.open.append(made)

    def _end(self, _: str) -> None:
        self.open.pop()

    def _text(self, text: str) -> None:
        self.open[-1].text += text
