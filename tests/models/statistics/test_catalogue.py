"""The catalogue as a whole: names once, dimensions that mean the same everywhere, hierarchies that end."""

from __future__ import annotations

import pytest

from models.core.actor import SYSTEM, Actor
from models.core.errors import Refused
from models.statistics import catalogue


def test_a_dimension_means_the_same_in_all_facts():
    known: dict[str, tuple[object, ...]] = {}
    for facts in catalogue.all_facts():
        for name, dimension in facts.dimensions.items():
            said = (dimension.name, dimension.words, dimension.missing_key, dimension.missing_label, dimension.parent)
            assert known.setdefault(name, said) == said, f"{name} of {facts.table.name}"


def test_every_measure_says_what_it_counts_and_whether_it_adds_up():
    for name, measure in catalogue.measures().items():
        assert measure.name == name
        assert measure.words[:1].isupper(), name
        assert measure.definition.endswith("."), name
        assert measure.divided_by is None or not measure.additive, name
        assert not measure.plan or measure.plan in catalogue.measures(), name
        facts = catalogue.facts_of(name)
        assert facts.currency or not measure.per_currency, name
        if measure.bought:
            assert measure.bought.measure in catalogue.measures()
            assert set(measure.bought.by) <= set(facts.dimensions)


def coarser(dimension: str) -> list[str]:
    """The dimensions above one, the next first; one that stands above itself is met twice."""
    found: list[str] = []
    while (dimension := catalogue.dimensions()[dimension].parent) and dimension not in found:
        found.append(dimension)
    return [*found, *filter(None, [dimension])]


def test_hierarchies_lead_from_coarse_to_fine_and_end():
    for name in catalogue.dimensions():
        assert len({name, *coarser(name)}) == 1 + len(coarser(name)), name
    expenditures = catalogue.facts_of("expenditure")
    assert coarser("product") == ["service_type", "service_family"]
    assert coarser("customer")[0] == "partner"
    assert catalogue.finer("service_family", expenditures) == "service_type"
    assert catalogue.finer("product", expenditures) is None


def test_only_what_the_permissions_open_is_offered():
    offered = {each.measure.name for each in catalogue.offered(SYSTEM)}
    assert offered == set(catalogue.measures())
    assert catalogue.offered(Actor(None, "x")) == ()
    analyst = {
        each.measure.name for each in catalogue.offered(Actor(None, "x", permissions=frozenset({"statistics.view"})))
    }
    assert "expenditure" in analyst
    assert analyst < offered


def test_measures_side_by_side_share_dimensions():
    shared = catalogue.shared_dimensions(("expenditure", "customers"))
    assert "partner" in shared
    assert "product" not in shared
    assert catalogue.shared_dimensions(()) == tuple(catalogue.dimensions())
    with pytest.raises(Refused, match="There is no measure shoes"):
        catalogue.measure("shoes")
