"""What is wrong with a definition is said when it is built, and what is not there is refused."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from models import areas
from models.core.errors import NotFound, Refused
from models.core.unit_of_work import UnitOfWork
from models.design.templates import template
from models.engines.definitions import registry, versions
from models.engines.definitions.loading import build, contents, faults, process_names


@pytest.fixture
def mdf() -> dict[str, Any]:
    areas.load()
    return deepcopy(contents()["mdf"])


def refusals(content: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as found:
        build(content)
    return [(problem.code, problem.field or "") for problem in found.value.problems]


def test_a_number_that_the_definition_does_not_have_is_named(mdf: dict[str, Any]) -> None:
    mdf["type"]["workflow"]["nodes"]["application_review"]["due"] = "$soon"
    assert refusals(mdf) == [("TYPE-PARAMETER", "soon")]


def test_a_payment_needs_a_process_whose_names_are_its_own(mdf: dict[str, Any]) -> None:
    process = next(iter(mdf["processes"].values()))
    name = next(iter(process["forms"]))
    mdf["type"]["forms"][name] = deepcopy(mdf["type"]["forms"]["application"])
    ((code, place),) = refusals(mdf)
    assert code == "TYPE-TWICE"
    mdf["processes"].clear()
    assert refusals(mdf) == [("FLOW-PAYMENT", place)]


def test_what_cannot_be_read_is_named_by_its_place(mdf: dict[str, Any]) -> None:
    mdf["type"]["name"] = ["no text"]
    assert refusals(mdf) == [("TYPE-SHAPE", "name")]


def test_what_cannot_be_read_in_a_node_is_named_by_its_node(mdf: dict[str, Any]) -> None:
    mdf["type"]["workflow"]["nodes"]["application_review"]["remind"] = "soon"
    with pytest.raises(Refused, match="remind") as found:
        build(mdf)
    assert {problem.field for problem in found.value.problems} == {"application_review"}


def test_processes_are_known_by_name_and_defined_once() -> None:
    areas.load()
    assert process_names() == {"partner_payment": "Payment to a partner"}
    for define, paths in ((registry.define, registry.DEFINITIONS), (registry.define_process, registry.PROCESSES)):
        before = list(paths)
        define(paths[0])
        assert paths == before


def test_the_title_and_the_amount_are_facts() -> None:
    content = template("plain")
    content["type"]["title"] = "heading"
    assert [(each.code, each.field) for each in faults(build(content))] == [("TYPE-FACT", "heading")]


def test_a_node_is_asked_for_by_its_kind() -> None:
    made = build(template("plain"))
    assert made.form_node("application").form
    assert made.review_node("review").decisions
    for ask, name in ((made.form_node, "review"), (made.review_node, "application")):
        with pytest.raises(KeyError, match=name):
            ask(name)


def test_a_type_or_version_that_never_was_is_not_found(uow: UnitOfWork) -> None:
    areas.load()
    with pytest.raises(NotFound, match="no such kind of application"):
        versions.current(uow, "never")
    with pytest.raises(NotFound, match="not kept any more"):
        versions.type_of(uow, "mdf", 9_999)
