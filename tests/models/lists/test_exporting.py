"""A list as a file: exactly what is filtered, in the scope of who asked, masked; and addresses that ask nonsense."""

from __future__ import annotations

import csv
import io
from contextlib import nullcontext, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.core.actor import SYSTEM, Actor
from models.core.errors import NotAllowed, Refused
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.lists import Asked
from models.exports import queries as exports
from models.exports import service
from models.exports.rules import ExportFormat
from models.lists import queries
from models.lists.exporting import question_of
from tests.support.build import Build


@pytest.fixture
def people(database: str) -> dict[str, Actor]:
    """Two partners with customers, and who looks at them; committed."""
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        own, other = build.partner("Nordlicht Systems"), build.partner("Baltic Cloudworks")
        build.customer(own, "Polder Energie", email="clouds@polder.example", industry="Energy")
        build.customer(own, "Kudu Mobile Money", industry="Banking")
        build.customer(other, "Bluewing Air Cargo", email="desk@bluewing.example", industry="Energy")
        return {
            "admin": build.actor("partner_admin", partner=own),
            "director": build.actor("account_director", partner=own),
            "analyst": build.actor("analyst"),
            "reviewer": build.actor("reviewer_program"),
        }


def exported(actor: Actor, key: str, asked: Asked) -> list[list[str]]:
    """The file that an export of a list becomes."""
    with unit_of_work(actor=actor) as uow:
        question = question_of(queries.open_list(uow, key), asked)
        task_id = service.request(uow, f"lists.{key}", question, ExportFormat.CSV, "Customers")
    service.run(task_id)
    with unit_of_work(read_only=True, actor=actor) as uow:
        found = exports.download(uow, task_id)
    return list(csv.reader(io.StringIO(b"".join(found.chunks()).decode("utf-8-sig"))))


@pytest.mark.meets("FIN-EXP-03", "CUS-COM-01")
def test_an_export_holds_what_is_filtered_within_the_scope_and_masked(people: dict[str, Actor]) -> None:
    columns = ("name", "partner", "email", "registered")
    asked = Asked({"industry": ("Energy",)}, sort="-name", columns=columns)
    assert exported(people["analyst"], "customers", asked) == [
        ["Customer", "Partner", "E-mail", "Registered"],
        ["P****e", "Nordlicht Systems", "clou**@polder.example", "2024-03-01"],
        ["B****o", "Baltic Cloudworks", "de**@bluewing.example", "2024-03-01"],
    ]
    everything = Asked(sort="name", columns=columns)
    assert [line[0] for line in exported(people["admin"], "customers", everything)] == ["Customer", "K****y", "P****e"]


def test_who_may_not_export_is_refused(people: dict[str, Actor]) -> None:
    for name, key in (("director", "customers"), ("reviewer", "customers"), ("admin", "partners")):
        with pytest.raises(NotAllowed), unit_of_work(actor=people[name]) as uow:
            service.request(uow, f"lists.{key}", {"asked": {}}, ExportFormat.CSV, "List")
    with pytest.raises(Refused, match="There is no export"), unit_of_work(actor=people["analyst"]) as uow:
        service.request(uow, "lists.nothing", {}, ExportFormat.CSV, "List")


words = st.text(max_size=12) | st.sampled_from(
    [
        "..",
        "1..",
        "..x",
        "NaN..",
        "1e400..",
        "9999-99-99..",
        "2024-01-01..",
        "nobody",
        "yes",
        "-name",
        "name~tier",
        "٣..",
    ]
)


@pytest.mark.parametrize("key", ["partners", "customers", "customer_events", "cases", "users", "mail", "exports"])
def test_whatever_an_address_asks_is_answered_or_refused_in_words(uow: UnitOfWork, build: Build, key: str) -> None:
    build.customer(build.partner("Nordlicht Systems"))
    work = UnitOfWork(uow.session, build.actor("administrator"), uow.now)
    opened = queries.open_list(work, key)
    names = [*opened.shape.filters, "q", "order", "columns", "view"]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(params=st.dictionaries(st.sampled_from(names), st.lists(words, max_size=2)), cursor=st.none() | words)
    def check(params: dict[str, Any], cursor: str | None) -> None:
        clean = {name: [value.replace("\x00", "") for value in values] for name, values in params.items()}
        question = queries.resolve(opened, clean)
        assert all(problem.text.endswith(".") for problem in question.problems)
        with nullcontext() if cursor is None else suppress(Refused):
            queries.read(work, opened, question.asked, PageRequest(cursor), [next(iter(opened.shape.columns))])
        assert queries.count(work, opened, question.asked) >= 0

    check()
