"""Types, transaction, history, outbox, paging, files and calendars behave alike on both databases."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from models.core import clock, history, outbox
from models.core.actor import SYSTEM
from models.core.calendars import WorkingCalendar
from models.core.clock import BUSINESS_ZONE
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Problem, Refused
from models.core.files import FileStore, FileTerms, check_upload, name_problems
from models.core.money import Rate, convert, exact_text, money_text, round_cents
from models.core.paging import Asc, Desc, PageRequest, fetch_page
from models.core.types import AmountType, InstantType, new_id
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.partners.tables import Partner
from tests.support.build import Build
from tests.support.object_store import object_store

amounts = st.decimals(min_value=-92_000_000_000, max_value=92_000_000_000, places=8)


class Dialect:
    name = "sqlite"


@given(amounts)
def test_an_amount_comes_back_digit_for_digit(amount: Decimal) -> None:
    kind = AmountType()
    assert kind.process_result_value(kind.process_bind_param(amount, Dialect()), Dialect()) == amount  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "words"),
    [(Decimal("92233720369"), "92,233,720,369"), (Decimal("0.000000001"), "8 decimals"), (1.5, "never a float")],
)
def test_an_amount_that_does_not_fit_is_refused(value: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        AmountType().process_bind_param(value, Dialect())  # type: ignore[arg-type]


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        InstantType().process_bind_param(datetime(2026, 7, 16, 14), Dialect())  # type: ignore[arg-type]


@given(st.lists(st.just(None), min_size=50, max_size=50))
def test_new_keys_are_different_and_of_version_7(them: list[None]) -> None:
    keys = [new_id() for _ in them]
    assert len(set(keys)) == 50
    assert {key.version for key in keys} == {7}


def test_keys_made_within_one_millisecond_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1_784_000_000_000_000_000, 1_784_000_000_000_900_000, 300))
    monkeypatch.setattr("models.core.types.time.time_ns", lambda: next(ticks))
    keys = [new_id() for _ in range(3_000)]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("exact", "page"),
    [
        ("20.28022672899", "20.28"),
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("4311906.444", "4,311,906.44"),
        ("2.675", "2.68"),
    ],
)
@pytest.mark.meets("FIN-MONEY-13")
def test_pages_round_to_the_nearest_hundredth(exact: str, page: str) -> None:
    assert money_text(Decimal(exact)) == page
    assert round_cents(Decimal(exact)) == Decimal(page.replace(",", ""))


@pytest.mark.parametrize(
    ("value", "shown"),
    [("20.520226728990", "20.52022672899"), ("0E-12", "0"), ("100", "100"), ("1E+3", "1000"), ("-2.50", "-2.5")],
)
def test_exact_text_keeps_every_digit_and_no_more(value: str, shown: str) -> None:
    assert exact_text(Decimal(value)) == shown


@pytest.mark.meets("FIN-MONEY-11")
def test_currencies_are_converted_never_added() -> None:
    rate = Rate("HKD", "USD", Decimal("0.128924"), date(2026, 6, 30), "Month-end")
    total, without = convert({"USD": Decimal("10"), "HKD": Decimal("100"), "XAF": Decimal("5")}, "USD", {"HKD": rate})
    assert (total, without) == (Decimal("22.892400"), {"XAF"})


def test_what_an_exception_leaves_is_nothing(on_sqlite: str) -> None:
    def act() -> None:
        with unit_of_work(actor=SYSTEM) as uow:
            Build(uow).partner("Half")
            uow.record("partner.created", "partner", None)
            uow.emit("mail", "1", {})
            raise Refused("No.")

    with pytest.raises(Refused):
        act()
    with unit_of_work(actor=SYSTEM) as uow:
        assert uow.session.scalars(select(Partner)).all() == []
        assert history.entries(uow).rows == ()
        assert outbox.claim(uow, ["mail"], limit=5) == []


def test_reading_work_writes_nothing(database: str) -> None:
    with pytest.raises(RuntimeError, match="does not write"), unit_of_work(actor=SYSTEM, read_only=True) as uow:
        Build(uow).partner()


def test_a_second_writer_fails_instead_of_overwriting(database: str) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        key = Build(uow).partner().id
    with pytest.raises(ChangedMeanwhile), unit_of_work(actor=SYSTEM) as slow:
        seen = slow.session.get(Partner, key)
        assert seen is not None
        slow.session.connection().exec_driver_sql("UPDATE partner SET version = version + 1")
        seen.city = "Visby"


def test_history_cannot_be_changed_even_by_sql(database: str) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        uow.record("partner.created", "partner", new_id(), changes={"tier": ["basic", "advanced"]})
    for statement in ("UPDATE history_entry SET actor_name = 'Nobody'", "DELETE FROM history_entry"):
        with pytest.raises(DBAPIError, match="append-only"), unit_of_work(actor=SYSTEM) as uow:
            uow.session.connection().exec_driver_sql(statement)
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert [(row.actor_name, row.changes) for row in history.entries(uow).rows] == [
            ("Kontor", {"tier": ["basic", "advanced"]})
        ]


def test_history_is_not_changed_through_the_session(uow: UnitOfWork) -> None:
    uow.record("x", "partner", None)
    uow.session.flush()
    entry = uow.session.scalars(select(history.HistoryEntry)).one()
    entry.action = "y"
    with pytest.raises(RuntimeError, match="append-only"):
        uow.session.flush()


def test_the_outbox_gives_a_row_to_one_worker_until_the_lease_ends(uow: UnitOfWork) -> None:
    for key in ("1", "2", "2"):
        uow.emit("export", key, {"n": key})
    uow.emit("export", "later", {}, due=uow.now + timedelta(hours=1))
    first = outbox.claim(uow, ["export"], limit=5)
    assert [work.key for work in first] == ["1", "2"]
    assert outbox.claim(uow, ["export"], limit=5) == []
    outbox.finished(uow, first[0].id)
    after = uow.at(uow.now + timedelta(minutes=6))
    assert [(work.key, work.attempts) for work in outbox.claim(after, ["export"], limit=5)] == [("2", 2)]


@pytest.mark.usefixtures("postgresql")
def test_two_workers_at_once_claim_different_rows_and_neither_waits() -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        for key in ("1", "2", "3"):
            uow.emit("export", key, {})
    with unit_of_work(actor=SYSTEM) as one, unit_of_work(actor=SYSTEM) as other:
        first = [work.key for work in outbox.claim(one, ["export"], limit=2)]
        one.session.flush()
        second = [work.key for work in outbox.claim(other, ["export"], limit=2)]
    assert (first, second) == (["1", "2"], ["3"])


def test_failed_work_is_tried_again_after_pauses_and_then_kept(uow: UnitOfWork) -> None:
    uow.emit("export", "1", {})
    pauses = []
    at = uow.now
    for _ in range(4):
        work = outbox.claim(uow.at(at), ["export"], limit=1)[0]
        outbox.failed(uow.at(at), work.id, "disk full", may_heal=True)
        row = uow.session.get(outbox.OutboxRow, work.id)
        assert row is not None
        pauses.append(row.due_at - at)
        at = max(row.due_at, at)
    assert [p.total_seconds() for p in pauses[:3]] == [10, 60, 600]
    assert [failure[4] for failure in outbox.failures(uow)] == ["disk full"]
    outbox.try_again(uow, work.id)
    assert [state.failed for state in outbox.topics(uow)] == [0]


def test_outbox_is_for_who_runs_the_installation(uow: UnitOfWork, build: Build) -> None:
    reader = UnitOfWork(uow.session, build.actor("analyst"), uow.now)
    for ask in (outbox.topics, outbox.failures):
        with pytest.raises(NotAllowed):
            ask(reader)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("up", [True, False])
def test_pages_neither_repeat_nor_lose_a_row(size: int, up: bool, uow: UnitOfWork, build: Build) -> None:
    for n in range(11):
        build.partner(city=f"City {n % 3}")
    order = (Asc(Partner.city) if up else Desc(Partner.city), Desc(Partner.id))
    statement = select(Partner.id, Partner.city)
    sorted_ = statement.order_by(*(key.column.asc() if key.up else key.column.desc() for key in order))
    everything = [row.id for row in uow.session.execute(sorted_)]

    def page_of(request: PageRequest) -> Any:
        return fetch_page(uow, statement, lambda key, city: key, request, order=order)

    page = page_of(PageRequest(size=size))
    seen: list[UUID] = list(page.rows)
    while page.next:
        page = page_of(PageRequest(page.next, size))
        seen += page.rows
    assert seen == everything
    while page.previous:
        page = page_of(PageRequest(page.previous, size, backwards=True))
    assert list(page.rows) == everything[: len(page.rows)]


def _cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "%%%", "e30=", "WzFd", "W1siaiIsIDFdXQ==", "W1siaiIsIHt9XSwgWyJqIiwgMV1d", "W" * 400_000,
        base64.urlsafe_b64encode(b"[" * 100_000).decode(), _cursor(("j", "A"), ("j", "no key")),
    ],
)  # fmt: skip
def test_a_damaged_link_to_a_page_is_refused_in_words(cursor: str, uow: UnitOfWork) -> None:
    with pytest.raises(Refused, match="Open the list again"):
        fetch_page(
            uow, select(Partner.id), lambda key: key, PageRequest(cursor), order=(Asc(Partner.name), Asc(Partner.id))
        )


@pytest.mark.parametrize(
    "name", ["", ".hidden", "a/b.csv", "a\\b.csv", "con|x.csv", "line\n.csv", "x" * 201, "end. ", "bill\u202evsc.exe"]
)
def test_a_forbidden_file_name_is_named(name: str) -> None:
    assert [problem.code for problem in name_problems(name)] == ["FILE-NAME"]


CSV = FileTerms(frozenset({"csv", "png", "parquet", "gz"}), 1000)


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        ("a.csv", b"a,b\n1,2\n", []),
        ("ünï code.csv", "ä,b\n".encode(), []),
        ("a.exe", b"MZ", ["FILE-ENDING"]),
        ("a.csv", b"\x89PNG\r\n\x1a\n0000", ["FILE-CONTENT"]),
        ("a.png", b"a,b\n", ["FILE-CONTENT"]),
        ("a.parquet", b"a,b\n", ["FILE-CONTENT"]),
        ("a.gz", b"a,b\n", ["FILE-CONTENT"]),
        ("a.csv", b"", ["FILE-EMPTY"]),
        ("a.csv", b"x" * 1001, ["FILE-SIZE"]),
    ],
)
def test_an_upload_is_judged_by_ending_bytes_and_size(name: str, content: bytes, codes: list[str]) -> None:
    try:
        check_upload(io.BytesIO(content), name, CSV)
        found = []
    except Refused as refused:
        found = [problem.code for problem in refused.problems]
    assert found == codes


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    use(FileStore(str(tmp_path)), lambda: sum(path.is_file() for path in tmp_path.rglob("*")))


def test_files_may_lie_in_an_object_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with object_store() as (query, objects):
        store = FileStore(f"s3://kontor/files?{query}")
        use(store, lambda: sum(not key.endswith("/") for key in objects))
        large = bytes(range(256)) * 100_000  # sent in several parts
        stored = store.put(io.BytesIO(large), "large.bin")
        assert objects[f"kontor/files/{stored.sha256[:2]}/{stored.sha256}"] == large


def use(store: FileStore, kept: Callable[[], int]) -> None:
    """Put, read and remove a file."""
    first, second = store.put(io.BytesIO(b"abc"), "one.txt"), store.put(io.BytesIO(b"abc"), "two.txt")
    assert first.sha256 == second.sha256
    assert kept() == 1
    assert store.size(first.sha256) == 3
    assert b"".join(store.chunks(first.sha256)) == b"abc"
    with store.local(first.sha256) as path:
        assert path.read_bytes() == b"abc"
    store.remove(first.sha256)
    assert kept() == 0
    for key in (first.sha256, "../../etc/passwd"):
        with pytest.raises(NotFound):
            list(store.chunks(key))


def test_working_days_step_over_weekends_and_holidays() -> None:
    china = WorkingCalendar("CN")
    assert china.add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)  # National Day, Oct 1 to 7
    shifted = WorkingCalendar("CN", extra_workdays=frozenset({date(2026, 10, 3)}))
    assert shifted.add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 3)
    closed = WorkingCalendar("DE", extra_holidays=frozenset({date(2026, 7, 20)}))
    assert closed.due(datetime(2026, 7, 17, 2, tzinfo=UTC), workdays=1) == datetime(
        2026, 7, 21, 18, tzinfo=BUSINESS_ZONE
    )


def test_working_time_counts_open_hours_only() -> None:
    calendar = WorkingCalendar("DE", opens=time(9), closes=time(18))
    friday, monday = datetime(2026, 7, 17, 17, tzinfo=BUSINESS_ZONE), datetime(2026, 7, 20, 10, tzinfo=BUSINESS_ZONE)
    assert calendar.working_time(friday, monday) == timedelta(hours=2)
    assert calendar.working_time(monday, friday) == timedelta()


@pytest.mark.meets("CUS-COM-04")
def test_the_business_date_turns_at_midnight_gmt_plus_8() -> None:
    assert clock.business_date(datetime(2024, 7, 31, 15, 59, 59, tzinfo=UTC)) == date(2024, 7, 31)
    assert clock.business_date(datetime(2024, 7, 31, 16, tzinfo=UTC)) == date(2024, 8, 1)
    with clock.clock_at(date(2024, 8, 1)):
        assert clock.now() == datetime(2024, 7, 31, 16, tzinfo=UTC)


def test_an_error_carries_every_problem_across_processes() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(Refused([Problem("A", "One."), Problem("B", "Two.", "field")])))
    assert [problem.code for problem in error.problems] == ["A", "B"]
    assert str(error) == "One. (A); Two. (B)"


def test_a_page_may_be_of_mapped_classes(uow: UnitOfWork, build: Build) -> None:
    for name in ("B", "A", "C"):
        build.partner(name)
    order = (Asc(Partner.name), Asc(Partner.id))
    first = fetch_page(uow, select(Partner), lambda partner: partner.name, PageRequest(size=2), order=order)
    assert first.rows == ("A", "B")
    rest = fetch_page(uow, select(Partner), lambda partner: partner.name, PageRequest(first.next), order=order)
    assert rest.rows == ("C",)
