"""A drawing to try the canvas on, and what the changes do to it: as little of a workflow as a canvas needs."""

from __future__ import annotations

from dataclasses import replace

from dashboard.designer.canvas import (
    Added,
    Box,
    Change,
    Connected,
    Drawing,
    Line,
    Live,
    Moved,
    Reconnected,
    Removed,
)

PALETTE = (
    ("form", "Form", ":material/edit_document:"), ("review", "Review", ":material/rate_review:"),
    ("check", "Check", ":material/rule:"), ("decision", "Decision", ":material/alt_route:"),
    ("parallel", "Parallel", ":material/account_tree:"), ("wait", "Wait", ":material/hourglass_top:"),
    ("action", "Action", ":material/bolt:"), ("payment", "Payment", ":material/payments:"),
    ("end", "End", ":material/stop_circle:"),
)  # fmt: skip
ONWARD = (("", ""),)
REVIEWED = (("approve", "approve"), ("reject", "reject"))
OUTCOMES: dict[str, tuple[tuple[str, str], ...]] = {
    "review": REVIEWED, "check": (("pass", "pass"), ("fail", "fail")), "decision": (("yes", "yes"), ("no", "no")),
    "end": (),
}  # fmt: skip


def three() -> Drawing:
    """A form, a review and an end; the review's `reject` leads nowhere."""
    return Drawing(
        (
            Box("form", "form", "Application", ("Partner, 2 steps",), 0, 0, ONWARD, start=True),
            Box("review", "review", "Business review", ("Any 1 of 4",), 240, 0, REVIEWED),
            Box("end", "end", "Paid", x=480, y=16),
        ),
        (Line("form", "", "review"), Line("review", "approve", "end")),
    )


def many(count: int, *, placed: bool = False) -> Drawing:
    """So many boxes that follow each other, with ways back and short cuts; placed: in rows that turn at their ends."""
    kinds = ("form", "check", "review", "decision", "review", "action", "wait", "payment")
    boxes: list[Box] = []
    lines: list[Line] = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        live = Live(number % 15, f"{number % 7}.{number % 10} d", "12 d", "11 % back" if kind == "review" else "")
        live = replace(live, bottleneck=number == 4)
        outcomes = OUTCOMES.get(kind, ONWARD)
        row, column = divmod(number, 6)
        x, y = 240 * (5 - column if row % 2 else column), 160 * row
        boxes.append(
            Box(f"n{number}", kind, f"{kind.title()} {number}", ("What happens here",),
                x if placed else None, y if placed else None, outcomes,
                live=live if number % 3 else None, start=number == 0)
        )  # fmt: skip
        last = number == count - 1
        lines += [] if last else [Line(f"n{number}", outcomes[0][0], f"n{number + 1}")]
        if kind == "review" and number > 2:
            lines.append(Line(f"n{number}", "reject", f"n{number - number % 8}"))
        if kind == "decision" and number + 3 < count:
            lines.append(Line(f"n{number}", "no", f"n{number + 3}"))
    return Drawing(tuple(boxes), tuple(lines))


def claim() -> Drawing:
    """A reimbursement in three rows, with running numbers, as the pictures of the design show it."""
    back = (*REVIEWED, ("send_back", "send back"))
    boxes = (
        Box("form", "form", "Reimbursement", ("Partner, 4 steps",), 0, 0, ONWARD, live=Live(6), start=True),
        Box("gates", "check", "Gates", ("90 days, quota",), 240, 0, ONWARD, live=Live(0, "1.2 s", rejected="4 % back")),
        Box("technical", "review", "Technical review", ("Any 1 of 4",), 480, 0, ONWARD, live=Live(5, "1.1 d")),
        Box("business", "review", "Business review", ("Account's manager",), 480, 160, back,
            live=Live(14, "4.6 d", "9.8 d", "11 % back", bottleneck=True),
            warnings=("One possible decider for Meridian ICT, on leave until Jul 27.",)),
        Box("large", "decision", "Over 10,000 USD?", ("amount > usd(10000)",), 240, 160, OUTCOMES["decision"],
            live=Live(0, "", "", "38 % yes"), problems=("There is no way for no.", "It is always true.")),
        Box("finance", "review", "Finance review", ("2 of 3 must agree",), 0, 160, ONWARD, live=Live(3, "1.9 d")),
        Box("invoice", "wait", "Invoice", ("Partner, 15 days",), 0, 320, ONWARD, live=Live(9, "8.4 d")),
        Box("pay", "payment", "Pay and book", ("Finance, bank file",), 240, 320, ONWARD, live=Live(7, "17 d")),
        Box("tell", "action", "Tell partner", ("E-mail, in-app",), 480, 320, ONWARD),
        Box("paid", "end", "Paid", (), 704, 336),
    )  # fmt: skip
    ways = (
        ("form", "", "gates"), ("gates", "", "technical"), ("technical", "", "business"),
        ("business", "approve", "large"), ("business", "reject", "paid"), ("business", "send_back", "form"),
        ("large", "yes", "finance"), ("finance", "", "invoice"), ("invoice", "", "pay"), ("pay", "", "tell"),
        ("tell", "", "paid"),
    )  # fmt: skip
    return Drawing(boxes, tuple(Line(*way) for way in ways))


def applied(drawing: Drawing, change: Change) -> Drawing:
    """The drawing after a change; what has nothing to do with it stays."""
    boxes, lines = drawing.boxes, drawing.lines
    match change:
        case Moved(positions):
            at = {box.id: positions.get(box.id, (box.x, box.y)) for box in boxes}
            return Drawing(tuple(replace(box, x=at[box.id][0], y=at[box.id][1]) for box in boxes), lines)
        case Connected(source, outcome, target):
            kept = tuple(line for line in lines if (line.source, line.outcome) != (source, outcome))
            return Drawing(boxes, (*kept, Line(source, outcome, target)))
        case Reconnected(before, after):
            kept = tuple(line for line in lines if line.way != before)
            return Drawing(boxes, (*kept, Line(after.source, after.outcome, after.target)))
        case Removed(gone, cut):
            left = tuple(
                line for line in lines if line.way not in cut and not {line.source, line.target} & set(gone)
            )  # fmt: skip
            return Drawing(tuple(box for box in boxes if box.id not in gone), left)
        case Added():
            return _added(drawing, change)
    return drawing


def _added(drawing: Drawing, change: Added) -> Drawing:
    name = f"{change.kind}_{len(drawing.boxes)}"
    outcomes = OUTCOMES.get(change.kind, ONWARD)
    title = f"New {change.kind}"
    box = Box(name, change.kind, title, x=change.x, y=change.y, outcomes=outcomes, start=not drawing.boxes)
    lines = drawing.lines
    if change.after:
        source, outcome = change.after
        before = next((line for line in lines if (line.source, line.outcome) == (source, outcome)), None)
        lines = (*(line for line in lines if line != before), Line(source, outcome, name))
        if before and outcomes:
            lines = (*lines, Line(name, outcomes[0][0], before.target))
    return Drawing((*drawing.boxes, box), lines)
