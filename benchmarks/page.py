"""A script run of the expenditure page against a bare Streamlit page that draws the same elements from ready data.

Both run in Streamlit's own script runner over the demo ecosystem, in a process that has drawn the page before; timed is
the script alone. The floor's elements are written down from our page: texts, tables and the values of charts are ready,
figures are made of them as every page must. `value` is a run as a filter or a click causes it, with answers remembered
as the application remembers them; the run after an import, when nothing is remembered, is told beside it. Aim: at most
twice the floor's time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from streamlit.testing.v1 import AppTest

from benchmarks.harness import compare, run_step, say, temporary_home

PAGE = "pages/statistics/expenditures.py"
RUNS = 15

script: Callable[[], None]
"""What the runner's script does; set by each step."""
times: list[float] = []


def main() -> dict[str, Any]:
    """Build the demo ecosystem, then draw alternately."""
    import models.tables  # noqa: F401 - a table may refer to any other area's
    from models.core.actor import SYSTEM, acting_as
    from models.core.migrate import migrate
    from models.core.settings import settings
    from models.demo import service

    with temporary_home() as home:
        migrate(settings().record_store)
        with acting_as(SYSTEM):
            built = service.build()
        say(f"page: {', '.join(f'{count:,} {name}' for name, count in built.counts.items())}")
        result = compare("page", "benchmarks.page", home)
        cold = median(float(text) for text in (home / "cold.txt").read_text().split())
        say(f"page: {cold:.3f} s when no answer is remembered")
        return result


def draw_timed() -> None:
    """Called by the runner in its script thread."""
    begin = time.perf_counter()
    script()
    times.append(time.perf_counter() - begin)


def our_page() -> Callable[[], None]:
    """The page as the frame runs it, in an ecosystem manager's name."""
    from dashboard.frame import guarded
    from models.core.actor import Actor, Scope, acting_as
    from models.core.settings import ROOT
    from models.identity.roles import role_book

    role = "ecosystem_manager"
    actor = Actor(None, "Ingrid Solberg", frozenset({role}), role_book().of(role), Scope.ALL)
    code = compile((ROOT / PAGE).read_text(encoding="utf-8"), str(ROOT / PAGE), "exec")

    def run() -> None:
        with acting_as(actor):
            guarded(lambda: exec(code, {"__name__": "__main__", "__file__": str(ROOT / PAGE)}))

    return run


@cache
def session() -> AppTest:
    """One browser session: what the page registers there stands ready for the floor as well."""
    return AppTest.from_string("from benchmarks.page import draw_timed\ndraw_timed()", default_timeout=60)


def runs(what: Callable[[], None], count: int, before: Callable[[], None] = lambda: None) -> float:
    """Median seconds of so many script runs."""
    global script
    script, test = what, session()
    times.clear()
    for _ in range(count):
        before()
        test.run()
        if test.exception or test.error:
            raise AssertionError([element.value for element in (*test.exception, *test.error)])
    return median(times)


def ours(home: Path) -> float:
    """Our page, remembered and not."""
    import models.tables  # noqa: F401
    from models.engines.statistics import forget

    page = our_page()
    runs(page, 2)
    cold = runs(page, 3, before=forget)
    with (home / "cold.txt").open("a") as noted:
        noted.write(f"{cold}\n")
    return runs(page, RUNS)


def floor(home: Path) -> float:
    """The same elements with everything ready."""
    import models.tables  # noqa: F401
    from benchmarks.replay import Recording, recording

    page = our_page()
    runs(page, 2)
    found: list[Recording] = []

    def written_down() -> None:
        with recording() as record:
            page()
        found.append(record)

    runs(written_down, 1)
    say(f"page: {len(found[0].steps)} steps")
    return runs(found[0].draw, RUNS)


if __name__ == "__main__":
    # The runner's script imports this module by its name: one module, not two.
    import benchmarks.page as this

    run_step({"ours": this.ours, "floor": this.floor})
