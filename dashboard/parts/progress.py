"""A long job: how far it is, how long it takes still, and what it came to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from dashboard.parts import formats
from models.core.clock import now


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a running job is. `total` None: not known yet."""

    done: int
    total: int | None
    unit: str
    started: datetime

    @property
    def part(self) -> float | None:
        """How much is done, 0 to 1; None as long as the total is not known. For drawing only."""
        return None if not self.total else min(self.done / self.total, 1.0)


def time_left(progress: Progress, *, at: datetime | None = None) -> str:
    """`About 2 minutes left` by the pace so far; empty while the pace is not known or nothing is left."""
    part = progress.part
    if not part or part >= 1:
        return ""
    elapsed = (at or now()) - progress.started
    left = timedelta(seconds=elapsed.total_seconds() * (1 - part) / part)
    if left < timedelta(minutes=1):
        return "Less than a minute left"
    minutes = math.ceil(left.total_seconds() / 60)
    return f"About {formats.plural(minutes, 'minute')} left"


def job_progress(title: str, progress: Progress) -> None:
    """A running job with counts and time left; the page reads it from the database, so it can be left and found."""
    st.html(f'<div class="k"><b>{formats.text(title)}</b>{progress_html(progress, title)}</div>')


def progress_html(progress: Progress, title: str = "Progress") -> str:
    """The bar with counts and the time left, as HTML."""
    counts = formats.count(progress.done) + (f" of {formats.count(progress.total)}" if progress.total else "")
    words = " · ".join(filter(None, (f"{counts} {progress.unit}", time_left(progress))))
    return bar_html(progress.part, words, title)


def bar_html(part: float | None, words: str, title: str = "Progress") -> str:
    """A bar for a part from 0 to 1 (None: not known yet) with words below it, as HTML."""
    width = f"{part * 100:.1f}" if part is not None else "4"
    return (
        f'<div class="track" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{width}"'
        f' aria-label="{formats.text(title)}"><i style="width:{width}%"></i></div>'
        f'<span class="mu sm">{formats.text(words)}</span>'
    )
