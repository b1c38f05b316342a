"""Measuring ours against a floor: alternately, each run in a process of its own, median time and largest memory.

A benchmark is a module with `main() -> dict` and with steps that run when it is started as a program:

    def main() -> dict[str, Any]:
        with temporary_home() as home:
            make_data(home)
            return compare("trend", __name__, home, rounds=5)

    if __name__ == "__main__":
        run_step({"ours": ours, "floor": floor})     # each takes the home and answers the seconds that count
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

Step = Callable[[Path], float]


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: the seconds that count and the most memory its process held."""

    seconds: float
    peak_mib: float


def bare_duckdb(**more: object) -> duckdb.DuckDBPyConnection:
    """DuckDB alone, with as much memory and as many threads as the lake has: what a floor asks."""
    from models.core.settings import settings

    limits: dict[str, Any] = {"memory_limit": f"{settings().lake_memory_mib}MiB", "threads": settings().lake_threads}
    return duckdb.connect(config=limits | {name: str(value) for name, value in more.items()})


@contextmanager
def temporary_home() -> Iterator[Path]:
    """An empty home for this process and those it starts; nothing of the installation is touched."""
    from models.core.database import engine, sessions
    from models.core.settings import settings

    def forget() -> None:
        for cached in (settings, engine, sessions):
            cached.cache_clear()

    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("KONTOR_")}
    with tempfile.TemporaryDirectory(prefix="kontor-bench-") as folder:
        os.environ["KONTOR_HOME"] = folder
        forget()
        try:
            yield Path(folder)
        finally:
            del os.environ["KONTOR_HOME"]
            os.environ.update(before)
            forget()


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Seconds since the block began, as often as asked for; stands still when it ends."""
    times = [time.perf_counter()]
    try:
        yield lambda: (times[1] if len(times) > 1 else time.perf_counter()) - times[0]
    finally:
        times.append(time.perf_counter())


def compare(name: str, module: str, home: Path, *, rounds: int = 5, unit: str = "s") -> dict[str, Any]:
    """Run the steps `ours` and `floor` of a module alternately; the report that `./kontor bench` prints."""
    measured: dict[str, list[Measured]] = {"ours": [], "floor": []}
    for number in range(rounds):
        for step in ("floor", "ours") if number % 2 else ("ours", "floor"):
            taken = run(module, step, home)
            measured[step].append(taken)
            say(f"{name} {number + 1}/{rounds} {step:5} {taken.seconds:8.3f} s {taken.peak_mib:8.0f} MiB")
    ours, floor = (statistics.median(each.seconds for each in measured[step]) for step in ("ours", "floor"))
    peaks = {step: max(each.peak_mib for each in runs) for step, runs in measured.items()}
    say(f"{name}: memory {peaks['ours'] / peaks['floor']:.2f} times the floor's {peaks['floor']:.0f} MiB")
    return {
        "name": name,
        "value": round(ours, 4),
        "unit": unit,
        "floor": round(floor, 4),
        "ratio": round(ours / floor, 3),
        "peak_mib": round(peaks["ours"], 1),
    }


def run_step(steps: Mapping[str, Step]) -> None:
    """What a benchmark does when it is started as a program: one step, measured, reported on the last line."""
    seconds = steps[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"seconds": seconds, "peak_mib": _peak_mib()}))


def _peak_mib() -> float:
    """The most memory this program held; `getrusage` would count the process that started it as well."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / (1024 if sys.platform == "darwin" else 1)


def say(text: str) -> None:
    """Progress for people; the report alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)


def run(module: str, step: str, home: Path) -> Measured:
    """One step of a module in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", module, step, str(home)],
        cwd=Path(__file__).resolve().parents[1],
        env={**os.environ, "KONTOR_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} {step} failed:\n{done.stderr}")
    return Measured(**json.loads(done.stdout.strip().splitlines()[-1]))
