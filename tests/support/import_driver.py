"""A process that imports files and does something at a named step: `import_driver.py SOURCE STEP ACTION FILE…`.

ACTION is `kill` (as by kill -9), `pause` (stop answering, as a frozen machine does) or `none`. It prints each step.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import models.tables  # noqa: F401
from models.core.actor import SYSTEM, acting_as
from models.core.lake import Lake
from models.expenditures import runs, service


def main(source: str, fatal: str, action: str, *paths: str) -> None:
    """Import, and meet one's fate at the step."""

    def reached(step: str) -> None:
        print(step, flush=True)
        if step == fatal and action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if step == fatal and action == "pause":
            os.kill(os.getpid(), signal.SIGSTOP)

    runs.reached = reached
    place, commit = Lake._place, Lake._commit

    def placing(self, *arguments):  # type: ignore[no-untyped-def]
        answer = place(self, *arguments)
        reached("placed")
        return answer

    def committing(self, *arguments):  # type: ignore[no-untyped-def]
        reached("writing")
        return commit(self, *arguments)

    Lake._place, Lake._commit = placing, committing  # type: ignore[method-assign]
    with acting_as(SYSTEM):
        print(service.import_files([Path(path) for path in paths], source=source).as_json(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
