"""A definition on the canvas: its nodes in words, what is wrong with each, and the running numbers over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from dashboard.designer.canvas import Box, Drawing, Line, Live, canvas
from dashboard.parts import formats
from dashboard.parts.design_work import CANVAS
from models.core.errors import Problem
from models.design.editing import flow
from models.design.live import StageNumbers
from models.design.picture import drawn
from models.engines.definitions.loading import Content
from models.engines.workflow.schema import kind_of

PALETTE = (
    ("form", "Form", "edit_document"), ("review", "Review", "rate_review"), ("check", "Check", "rule"),
    ("decision", "Decision", "call_split"), ("parallel", "Parallel", "account_tree"), ("wait", "Wait", "hourglass_top"),
    ("action", "Action", "bolt"), ("payment", "Payment", "payments"), ("end", "End", "stop_circle"),
)  # fmt: skip
"""What can be added: kind, word, icon."""
BACK = {"reject", "send_back", "fail", "cancel", "expire"}


def show(
    content: Content,
    problems: Sequence[Problem],
    warnings: Sequence[Problem],
    numbers: Mapping[str, StageNumbers],
    *,
    selected: str | None,
    revision: int,
    editable: bool,
    steps: tuple[bool, bool] = (False, False),
) -> None:
    """Draw it. `problems` keep it from being published, `warnings` do not; `steps` says whether there is something to
    undo, and to do again."""
    canvas(
        picture(content, problems, warnings, numbers), selected=selected, key=CANVAS, revision=revision,
        palette=PALETTE, editable=editable, can_undo=steps[0], can_redo=steps[1],
    )  # fmt: skip


def picture(
    content: Content, problems: Sequence[Problem], warnings: Sequence[Problem], numbers: Mapping[str, StageNumbers]
) -> Drawing:
    """What the canvas is given."""
    nodes, ways = drawn(content)
    slowest = bottleneck(content, numbers)
    boxes = tuple(
        Box(
            node.name, node.kind, node.label, node.lines, node.at[0] if node.at else None,
            node.at[1] if node.at else None, node.outcomes,
            problems=_at(node.name, problems), warnings=_at(node.name, warnings),
            live=_live(numbers.get(node.name), bottleneck=node.name == slowest), start=node.start,
        )
        for node in nodes
    )  # fmt: skip
    return Drawing(boxes, tuple(Line(way.source, way.outcome, way.target) for way in ways))


def _at(name: str, found: Sequence[Problem]) -> tuple[str, ...]:
    return tuple(each.text for each in found if (each.field or "").partition(".")[0] == name)


def bottleneck(content: Content, numbers: Mapping[str, StageNumbers]) -> str | None:
    """The review that most cases wait in, and longest: where a manager looks first."""
    reviews = {name for name, node in flow(content)["nodes"].items() if kind_of(node) == "review"}
    held = {name: each for name, each in numbers.items() if name in reviews and each.cases and each.median}
    if not held:
        return None
    return max(held, key=lambda name: held[name].cases * (held[name].median or timedelta()))


def _live(numbers: StageNumbers | None, *, bottleneck: bool) -> Live | None:
    if numbers is None or not (numbers.cases or numbers.ended):
        return None
    share = Decimal(numbers.back) / numbers.ended if numbers.ended and numbers.back else None
    back = f"{formats.share(share, 0)} back" if share else ""
    return Live(numbers.cases, span_words(numbers.median), span_words(numbers.p90), back, bottleneck)


def span_words(span: timedelta | None) -> str:
    """How long something takes, short: `4.6 d`, `3 h`, `12 min`."""
    if span is None:
        return ""
    hours = span.total_seconds() / 3600
    if hours >= 24:
        return f"{hours / 24:.1f} d"
    return f"{hours:.0f} h" if hours >= 1 else f"{max(round(hours * 60), 1)} min"
