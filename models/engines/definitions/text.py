"""A content as YAML that people read and change, and back, without loss: order, texts and `$names` stay as they are.

What the files of the areas may contain is read too: anchors, merges, dates (which are texts in a content).
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable
from datetime import date
from typing import Any

import yaml

from models.core.errors import Problem, Refused
from models.engines.definitions.loading import Content

MOST_BYTES = 2_000_000
MOST_VALUES = 200_000
"""Values of a file, those behind anchors counted each time they are used."""
DEEPEST = 60
WIDTH = 120
_SPECIAL = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff"
_BLOCK = re.compile(rf"[^\s{_SPECIAL}][^\t{_SPECIAL}]*")
"""What is written as lines: no tab or other special sign, no space before the first."""


class _Writer(yaml.SafeDumper):
    """Indents lists, as our files do, and writes texts of several lines as such; nothing stands for something else."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(writer: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    lines = value.split("\n")
    is_block = len(lines) > 1 and _BLOCK.fullmatch(value) and not any(line.endswith(" ") for line in lines)
    if is_block:
        return writer.represent_scalar("tag:yaml.org,2002:str", value, style="|")
    if not value.isprintable():
        return writer.represent_scalar("tag:yaml.org,2002:str", value, style='"')
    return writer.represent_scalar("tag:yaml.org,2002:str", value)


_Writer.add_representer(str, _text)


def to_text(content: Content) -> str:
    """The YAML of a content: its type and the processes that it contains."""
    return yaml.dump(content, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=WIDTH)


class _Reader(yaml.SafeLoader):
    """Refuses what would be lost: a name that stands twice, and a name that is no text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            name = self.construct_object(key, deep=True)
            if isinstance(name, bool) or not isinstance(name, str | int | float):
                shown = key.value if isinstance(key, yaml.ScalarNode) and key.value else "this"
                raise _refused(key.start_mark, f"{shown} is no name: put it into quotes")
            if name in seen:
                raise _refused(key.start_mark, f"{name} stands there twice: take one of them out")
            seen.add(name)
        return super().construct_mapping(node, deep)


def from_text(text: str | bytes, *, most_bytes: int = MOST_BYTES) -> Content:
    """The content that a YAML text means: one that `to_text` wrote, or a single type as it stands in its area's file.

    Raises:
        Refused: it is no YAML, too big, or says something twice; names the line and the remedy.
    """
    written = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(written) > most_bytes:
        size, most = f"{len(written) / 1_000_000:.1f} MB", f"{most_bytes / 1_000_000:.1f} MB"
        raise Refused(Problem("YAML-SIZE", f"The text has {size}; {most} are read."))
    try:
        found = yaml.load(written, Loader=_Reader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(
            mark, f"{error.problem or error.context}. Look at indentation, colons and quotes there"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        said = str(error).partition("\n")[0]
        raise Refused(Problem("YAML", f"The text cannot be read ({said}). Save it as UTF-8.")) from None
    except (RecursionError, ValueError) as error:
        said = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise Refused(Problem("YAML", f"The text cannot be read: {said}.")) from None
    if not isinstance(found, dict):
        raise Refused(
            Problem("YAML-SHAPE", "The text holds no definition: begin with key, version and name of the type.")
        )
    _count(found)
    content: dict[str, Any] = json.loads(json.dumps(found, default=_day))
    if isinstance(content.get("type"), dict):
        processes = content.setdefault("processes", {})
        if not isinstance(processes, dict):
            raise Refused(Problem("YAML-SHAPE", "The processes have to stand under their keys.", "processes"))
        return content
    if not isinstance(content.get("workflow"), dict):
        raise Refused(Problem("YAML-SHAPE", "The definition has no workflow: add start, nodes and edges.", "workflow"))
    return {"type": content, "processes": {}}


def _day(value: Any) -> str:
    if isinstance(value, date):
        return str(value)
    raise Refused(Problem("YAML-SHAPE", f"A definition holds no {type(value).__name__}. Write it as text."))


def _count(found: Any) -> None:
    """Refuse what grows beyond reason when every anchor is written out, or contains itself."""
    waiting: list[tuple[Any, int]] = [(found, 1)]
    number = 0
    while waiting:
        value, depth = waiting.pop()
        number += 1
        if number > MOST_VALUES or depth > DEEPEST:
            text = "The text is too large when all its anchors (&, *) are written out, or an anchor contains itself."
            raise Refused(Problem("YAML-SIZE", f"{text} Write the values themselves."))
        if isinstance(value, dict):
            waiting += [(each, depth + 1) for each in value.values()]
        elif isinstance(value, list | tuple):
            waiting += [(each, depth + 1) for each in value]
        elif isinstance(value, float) and value - value != 0:
            raise Refused(Problem("YAML-NUMBER", f"{value} is no number that can be kept. Write another one."))


def _refused(mark: yaml.Mark | None, what: str) -> Refused:
    where = f"Line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
    return Refused(Problem("YAML", f"{where}{what}."))
