"""The tables of measures and dimensions in the guide, made from the catalogue.

`python -m tests.support.measures_table` writes them anew.
"""

from __future__ import annotations

from models.engines.statistics import Facts, Unit
from models.statistics import catalogue
from tests.support import ROOT

PAGE = ROOT / "docs" / "guide" / "statistics.md"
BEGIN, END = "<!-- measures -->\n", "<!-- end of measures -->\n"
UNITS = {
    Unit.MONEY: "amount", Unit.COUNT: "number", Unit.QUANTITY: "quantity", Unit.DURATION: "time", Unit.SHARE: "share",
    Unit.WORD: "word",
}  # fmt: skip


def table() -> str:
    """A table of measures for everything that is counted in, and one of all dimensions."""
    parts = []
    for facts in catalogue.all_facts():
        parts += [f"#### {facts.words or facts.table.name}\n", _about(facts)]
        parts += ["| Measure | Name | In | What it says |", "|---|---|---|---|"]
        for name, measure in catalogue.measures().items():
            if catalogue.facts_of(name) is facts:
                parts.append(f"| {measure.words} | `{name}` | {UNITS[measure.unit]} | {measure.definition} |")
        parts.append("")
    parts += ["#### What figures can be grouped and filtered by\n", "| Dimension | Name | Within |", "|---|---|---|"]
    for name, dimension in sorted(catalogue.dimensions().items()):
        parent = catalogue.dimensions()[dimension.parent].words if dimension.parent else ""
        parts.append(f"| {dimension.words} | `{name}` | {parent} |")
    return "\n".join(parts) + "\n"


def _about(facts: Facts) -> str:
    when = "As it stands at the end of the period." if facts.ended else "What happened in the period."
    by = ", ".join(f"`{name}`" for name in sorted(facts.dimensions))
    return " ".join(part for part in (when, facts.note, f"By {by}.\n") if part)


def on_page() -> str:
    """The tables as the guide has them."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


if __name__ == "__main__":
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + table() + END + rest.partition(END)[2], encoding="utf-8")
