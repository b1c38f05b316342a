"""When a brief is due, in the reader's own time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.briefs.rules import Every, Schedule, next_due, schedule_problems

TALLINN, KOLKATA = ZoneInfo("Europe/Tallinn"), ZoneInfo("Asia/Kolkata")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("schedule", "after", "zone", "due"),
    [
        (Schedule(Every.DAY, 1, "07:30"), "2026-07-06T04:29Z", TALLINN, "2026-07-06T04:30Z"),
        (Schedule(Every.DAY, 1, "07:30"), "2026-07-06T04:30Z", TALLINN, "2026-07-07T04:30Z"),
        (Schedule(Every.DAY, 1, "07:30"), "2026-12-06T04:30Z", TALLINN, "2026-12-06T05:30Z"),  # winter
        (Schedule(Every.DAY, 1, "00:00"), "2026-07-06T18:29Z", KOLKATA, "2026-07-06T18:30Z"),
        (Schedule(Every.WEEK, 1, "08:00"), "2026-07-06T05:00Z", TALLINN, "2026-07-13T05:00Z"),  # a Monday
        (Schedule(Every.WEEK, 7, "08:00"), "2026-07-06T05:00Z", TALLINN, "2026-07-12T05:00Z"),
        (Schedule(Every.MONTH, 31, "08:00"), "2026-02-01T00:00Z", TALLINN, "2026-02-28T06:00Z"),  # its last day
        (Schedule(Every.MONTH, 1, "08:00"), "2026-12-01T06:00Z", TALLINN, "2027-01-01T06:00Z"),
        (Schedule(Every.DAY, 1, "03:30"), "2026-03-28T12:00Z", TALLINN, "2026-03-29T01:30Z"),  # the hour is skipped
        (Schedule(Every.DAY, 1, "03:30"), "2026-10-24T12:00Z", TALLINN, "2026-10-25T00:30Z"),  # it comes twice
    ],
)
def test_a_brief_comes_at_the_readers_local_time(schedule: Schedule, after: str, zone: ZoneInfo, due: str) -> None:
    assert next_due(schedule, at(after), zone) == at(due)


@given(
    st.sampled_from([TALLINN, KOLKATA, ZoneInfo("America/St_Johns")]),
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),
    st.sampled_from(Every),
    st.integers(1, 7),
    st.times(),
)
def test_a_brief_is_always_due_within_its_rhythm(
    zone: ZoneInfo, moment: datetime, every: Every, day: int, clock: time
) -> None:
    schedule, after = Schedule(every, day, f"{clock:%H:%M}"), moment.replace(tzinfo=ZoneInfo("UTC"))
    due = next_due(schedule, after, zone)
    assert after < due <= after + timedelta(days={Every.DAY: 1, Every.WEEK: 7, Every.MONTH: 31}[every], hours=25)
    assert next_due(schedule, due, zone) > due


@pytest.mark.parametrize(
    ("schedule", "codes"),
    [
        (Schedule(Every.DAY, 99, "07:30"), []),
        (Schedule(Every.DAY, 1, "7:30"), ["BRIEF-TIME"]),
        (Schedule(Every.WEEK, 8, "25:00"), ["BRIEF-TIME", "BRIEF-DAY"]),
        (Schedule(Every.MONTH, 31, "23:59"), []),
        (Schedule(Every.MONTH, 0, "23:59"), ["BRIEF-DAY"]),
    ],
)
def test_what_is_wrong_with_a_schedule(schedule: Schedule, codes: list[str]) -> None:
    assert [problem.code for problem in schedule_problems(schedule)] == codes
