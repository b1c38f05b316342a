"""Due times in words and colour: working days of the calendar, the business zone, the clock that stands."""

from __future__ import annotations

from datetime import datetime

import pytest

from dashboard.parts.due import age_words, due_words
from models.core.clock import clock_at

NOW = datetime.fromisoformat("2026-10-09T11:30+08:00")  # the Friday after China's national holiday


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("2026-10-09T11:00", ("Overdue since 11:00", "red")),
        ("2026-10-08T18:00", ("Overdue by 1 working day", "red")),
        ("2026-09-30T18:00", ("Overdue by 2 working days", "red")),
        ("2026-10-09T18:00", ("Due today 18:00", "orange")),
        ("2026-10-10T12:00", ("Due tomorrow 12:00", "gray")),
        ("2026-10-12T18:00", ("Due Mon, Oct 12", "gray")),
        ("2026-11-26T18:00", ("Until Nov 26, 48 days", "gray")),
    ],
)
def test_a_due_time_is_said_in_words_and_colour(due: str, words: tuple[str, str]) -> None:
    with clock_at(NOW):
        assert due_words(at(due)) == words


def test_a_clock_that_stands_says_whom_it_waits_for() -> None:
    assert due_words(at("2026-10-08T18:00"), paused=True) == ("Clock stopped: partner owes answer", "blue")
    assert due_words(None) == ("No due time", "gray")


def test_a_narrow_column_says_the_same_shorter() -> None:
    dues = ("2026-10-09T11:00", "2026-09-30T18:00", "2026-10-12T18:00", "2026-11-26T18:00")
    with clock_at(NOW):
        assert [due_words(at(due), short=True)[0] for due in dues] == [
            "Overdue since 11:00", "2 working days late", "Due Mon, Oct 12", "Until Nov 26",
        ]  # fmt: skip
        assert due_words(at("2026-10-08T18:00"), paused=True, short=True) == ("Clock stopped", "blue")


def test_the_age_counts_hours_then_days() -> None:
    with clock_at(NOW):
        assert [age_words(at(text)) for text in ("2026-10-09T11:10", "2026-10-09T07:00", "2026-10-02T07:00")] == [
            "0 h", "4 h", "7 d",
        ]  # fmt: skip
