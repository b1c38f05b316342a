"""Ten thousand cases replayed from their stored events, against reading the same events from JSON into lists.

The cases are a request with two reviews and a payment, in forty different lives: short and long, rejected, asked back,
cancelled, paid. Aim: at most five times the floor.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.harness import compare, run_step, say, stopwatch, temporary_home

CASES = 10_000
LIVES = 40
ROUNDS = 5


def main() -> dict[str, Any]:
    """Measure; the report names the cases and events of one run."""
    with temporary_home() as home:
        events = _written(home / "events.jsonl")
        say(f"engine: {CASES:,} cases, {events:,} events")
        return {**compare("engine", __name__, home, rounds=ROUNDS), "cases": CASES, "events": events}


def _written(path: Path) -> int:
    from models.engines.workflow.events import pack

    lives = [list(_life(Random(number))) for number in range(LIVES)]
    lines = [json.dumps([[type(each).__name__, each.schema, pack(each)] for each in life]) for life in lives]
    with path.open("w", encoding="utf-8") as file:
        for number in range(CASES):
            file.write(lines[number % LIVES] + "\n")
    return sum(len(lives[number % LIVES]) for number in range(CASES))


def _life(chance: Random) -> Iterator[Any]:
    from models.core.errors import DomainError
    from models.engines.workflow import commands as c
    from tests.support.workflows import HENRIK, JORIS, LIIS, MACHINE, MEI, SIPHO, Story

    story = Story().opened()
    reviewers = {"business": [JORIS], "finance": [SIPHO], "payment.check": [MEI, HENRIK]}
    for _ in range(60):
        if not story.state.visits or (len(story.events) > 60 and chance.random() < 0.2):
            break
        visit = story.state.visits[0]
        story.later(hours=chance.randint(1, 30))
        try:
            if visit.kind == "form":
                asked = chance.choice(["9000.00", "60000.00"])
                story.give(c.Submit(visit.id, len(story.events), {"asked": asked, "what": "A fair"}), LIIS)
            elif visit.kind == "check":
                story.give(c.CheckDone(visit.id, True, facts={"similar": 1}), MACHINE)
            elif visit.question is not None:
                story.give(c.Answer(visit.id, "The agency's invoice stands below."), LIIS)
            else:
                who = chance.choice(reviewers[visit.node])
                ask, decision = chance.random() < 0.2, "reject" if chance.random() < 0.3 else "approve"
                comment = "The third invoice is missing."
                asked_back: c.Command = c.Ask(visit.id, "Whose invoice is the third one?")
                decided = c.Decide(visit.id, decision, reason="R-07 Invoices missing", comment=comment)
                story.give(asked_back if ask else decided, who)
        except DomainError:
            continue
    yield from story.events


def ours(home: Path) -> float:
    """Every case from its events to its state."""
    from models.engines.workflow.evolve import replay_stored

    with (home / "events.jsonl").open("rb") as file, stopwatch() as seconds:
        for line in file:
            state = replay_stored(json.loads(line))
            assert state.seq
    return seconds()


def floor(home: Path) -> float:
    """The same events, read into lists."""
    with (home / "events.jsonl").open("rb") as file, stopwatch() as seconds:
        for line in file:
            assert list(json.loads(line))
    return seconds()


if __name__ == "__main__":
    run_step({"ours": ours, "floor": floor})
