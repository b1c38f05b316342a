"""Exports from the request to the file, on both databases: asked, made within the scope, told, kept, removed."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

import tests.support.exporting
from models.core import outbox
from models.core.actor import SYSTEM, Actor
from models.core.clock import business_date, clock_at, now
from models.core.errors import NotAllowed, NotFound, Refused, WrongState
from models.core.files import files
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.exports import queries, service
from models.exports.queries import ExportRow
from models.exports.rules import ExportFormat, ExportStatus, ExportTerms
from models.identity.rules import UserStatus
from models.identity.tables import UserAccount
from models.notices import queries as notices
from tests.support.build import Build

assert tests.support.exporting

People = dict[str, Actor]


@pytest.fixture
def people(database: str) -> People:
    """Two partners with a customer each, their people, and two of the vendor; committed."""
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        own, other = build.partner(), build.partner()
        build.customer(own, "Polder Energie")
        build.customer(other, "Alsterhafen Logistik")
        return {
            "admin": build.actor("partner_admin", partner=own),
            "colleague": build.actor("partner_admin", partner=own),
            "stranger": build.actor("partner_admin", partner=other),
            "analyst": build.actor("analyst"),
            "administrator": build.actor("administrator"),
            "reviewer": build.actor("reviewer_technical"),
        }


def ask(actor: Actor, question: dict[str, Any] | None = None, **more: Any) -> UUID:
    with unit_of_work(actor=actor) as uow:
        return service.request(uow, "test.customers", question or {}, ExportFormat.CSV, "Customer list", **more)


def history(actor: Actor) -> list[ExportRow]:
    with unit_of_work(read_only=True, actor=actor) as uow:
        return list(queries.history(uow).rows)


def content(actor: Actor, task_id: UUID) -> list[list[str]]:
    with unit_of_work(read_only=True, actor=actor) as uow:
        found = queries.download(uow, task_id)
    return list(csv.reader(io.StringIO(b"".join(found.chunks()).decode("utf-8-sig"))))


@pytest.mark.meets("FIN-EXP-01", "CUS-COM-06")
def test_an_export_is_a_task_with_a_history_and_a_download(people: People):
    task_id = ask(people["admin"])
    (waiting,) = history(people["admin"])
    assert (waiting.status, waiting.downloadable, waiting.rows_total) == (ExportStatus.WAITING, False, 1)
    with unit_of_work(actor=SYSTEM) as uow:
        (work,) = outbox.claim(uow, [service.TOPIC], limit=9)
    assert work.payload == {"task_id": str(task_id)}

    service.run(task_id)

    (done,) = history(people["admin"])
    assert (done.status, done.downloadable, done.rows_done, done.error) == (ExportStatus.COMPLETED, True, 1, None)
    assert done.file_name == f"Customer list {business_date(done.requested_at)}.csv"
    assert done.data_as_of is not None
    with unit_of_work(read_only=True, actor=people["admin"]) as uow:
        (told,) = notices.notices(uow).rows
    assert (told.title, told.text, told.link) == ("Export ready", "Customer list: 1 records.", "/exports")


@pytest.mark.meets("FIN-EXP-03")
def test_the_file_holds_what_the_requester_may_see_and_names_nobody(people: People):
    mine, everything = ask(people["admin"]), ask(people["analyst"])
    service.run(mine)
    service.run(everything)
    assert content(people["admin"], mine) == [
        ["Number", "Customer", "E-mail"],
        ["polder-3", "P****e", "i**@polder.example"],
    ]
    assert [row[1] for row in content(people["analyst"], everything)] == ["Customer", "P****e", "A****k"]


def test_the_scope_is_that_of_the_time_when_the_file_is_made(people: People):
    task_id = ask(people["analyst"])
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.get_one(UserAccount, people["analyst"].user_id).status = UserStatus.LOCKED
    service.run(task_id)
    (failed,) = history(people["analyst"])
    assert (failed.status, failed.sha256) == (ExportStatus.FAILED, None)
    assert failed.error == "Your user may not export any more. Ask your administrator."


@pytest.mark.meets("CUS-EXD-04")
def test_too_many_records_are_refused_before_starting(people: People):
    with pytest.raises(Refused, match=r"2 records are more than the 1 that one export may have.*EXPORT-LARGE"):
        ask(people["analyst"], terms=ExportTerms(largest=1))
    assert history(people["analyst"]) == []
    task_id = ask(people["analyst"])
    service.run(task_id, terms=ExportTerms(largest=1))
    assert history(people["analyst"])[0].status is ExportStatus.FAILED


def test_five_million_records_are_the_limit_unless_the_vendor_sets_another():
    assert ExportTerms().largest == 5_000_000


def test_who_may_not_export_cannot_ask(people: People):
    with pytest.raises(NotAllowed):
        ask(people["reviewer"])
    assert history(people["reviewer"]) == []


def test_an_unknown_kind_is_refused(people: People):
    with unit_of_work(actor=people["analyst"]) as uow, pytest.raises(Refused, match="EXPORT-KIND"):
        service.request(uow, "expenditures.nothing", {}, ExportFormat.CSV, "x")


def test_run_twice_makes_one_file_and_tells_once(people: People):
    task_id = ask(people["admin"])
    service.run(task_id)
    before = history(people["admin"])
    service.run(task_id)
    assert history(people["admin"]) == before
    with unit_of_work(read_only=True, actor=people["admin"]) as uow:
        assert notices.unread(uow) == 1


def test_a_fault_is_raised_and_leaves_the_export_for_another_try(people: People):
    task_id = ask(people["admin"], {"breaks": True})
    with pytest.raises(OSError, match="on fire"):
        service.run(task_id)
    assert history(people["admin"])[0].status is ExportStatus.RUNNING
    assert list((settings().home / "exports-under-way").iterdir()) == []
    service.give_up(task_id, "It could not be made.")
    service.give_up(task_id, "Twice.")
    assert [(row.status, row.error) for row in history(people["admin"])] == [
        (ExportStatus.FAILED, "It could not be made.")
    ]


def test_only_the_requester_and_the_administrator_download(people: People):
    task_id = ask(people["admin"])
    with pytest.raises(WrongState, match="not ready"):
        content(people["admin"], task_id)
    service.run(task_id)
    assert content(people["admin"], task_id) == content(people["administrator"], task_id)
    refusals: list[tuple[str, type[Exception]]] = [
        ("colleague", NotAllowed), ("analyst", NotAllowed), ("stranger", NotFound),
    ]  # fmt: skip
    for name, error in refusals:
        with pytest.raises(error):
            content(people[name], task_id)
    with pytest.raises(NotFound):
        content(people["admin"], uuid4())
    assert history(people["colleague"]) == history(people["administrator"]) == []


def test_old_files_leave_and_their_history_stays(people: People):
    old = ask(people["admin"])
    service.run(old)
    (sha256,) = [row.sha256 for row in history(people["admin"])]
    assert sha256 is not None
    with clock_at(now() + timedelta(days=20)):
        service.run(young := ask(people["admin"]))  # of equal content
    with clock_at(now() + timedelta(days=31)):
        assert (service.remove_expired_files(), service.remove_expired_files()) == (1, 0)
    with pytest.raises(NotFound, match="removed after its time"):
        content(people["admin"], old)
    assert content(people["admin"], young)
    with clock_at(now() + timedelta(days=51)):
        assert service.remove_expired_files() == 1
    assert not files().exists(sha256)
    assert [row.status for row in history(people["admin"])] == [ExportStatus.COMPLETED] * 2


def test_progress_is_seen_while_it_runs(people: People, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(service, "TELL_EVERY", 0.0)
    seen: list[tuple[float, int]] = []

    def look(part: float) -> None:
        seen.append((part, history(people["analyst"])[0].rows_done))

    service.run(ask(people["analyst"]), show=look)
    assert seen == [(1.0, 0)]
