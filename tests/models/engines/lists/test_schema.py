"""A list's definition, a manager's adjustment of it, and what an address asks: what fits not is named."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from models.core.actor import Actor
from models.engines.lists import Asked, asked_of, checked, shaped
from models.engines.lists.editing import altered, differences, moved, spelled_out
from models.engines.lists.schema import ListDefinition
from models.engines.lists.shaping import Adjustment, ColumnChange, FilterChange
from models.identity.roles import role_book
from models.lists.queries import all_lists, source_of

PARTNERS = source_of("partners")
MADE = PARTNERS.definition
VENDOR = Actor(None, "Ingrid", permissions=frozenset({"partners.view", "statistics.view"}))
NO_STATISTICS = Actor(None, "Rahul", permissions=frozenset({"partners.view"}))


def small(**changed: object) -> dict[str, object]:
    made: dict[str, object] = {
        "key": "small", "title": "Small", "one": "row", "permission": "", "sort": "name",
        "columns": [{"name": "name", "label": "Name", "sort": True}], "phone": {"title": "name"},
        "empty": {"title": "Nothing"},
    }  # fmt: skip
    return made | changed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"columns": [{"name": "name", "label": "A", "sort": True}] * 2}, "column name is there twice"),
        ({"filters": [{"name": "q", "label": "Q"}]}, "a filter may not be called q"),
        ({"phone": {"title": "gone"}}, "phone names gone, which is no column"),
        ({"sort": "-gone"}, "sorted by -gone, which is no column that sorts"),
        ({"columns": [{"name": "name", "label": "A", "sort": True, "kind": "amount"}]}, "an amount names its currency"),
        ({"nonsense": 1}, "Extra inputs are not permitted"),
        ({"columns": []}, "at least 1 item"),
    ],
)
def test_a_definition_that_names_nothing_is_refused_with_its_place(changed, words):
    ListDefinition.model_validate(small())
    with pytest.raises(ValidationError, match=words):
        ListDefinition.model_validate(small(**changed))


def test_every_list_of_the_product_fits_together():
    assert [fault for source in all_lists().values() for fault in source.faults(role_book().permissions)] == []
    assert {"customers", "exports", "mail", "members", "partners", "users"} <= set(all_lists())


def test_an_adjustment_orders_renames_and_hides():
    change = Adjustment(
        columns=(ColumnChange(name="name"), ColumnChange(name="region", label="Sales region"),
                 ColumnChange(name="kind", shown=False)),
        filters=(FilterChange(name="tier"), FilterChange(name="kind", offered=False)),
        preset={"status": ("active",)}, sort="-joined",
    )  # fmt: skip
    shape = shaped(MADE, change, VENDOR)
    assert shape.shown[:3] == ("name", "region", "tier")
    assert "kind" not in shape.shown
    assert shape.columns["region"].label == "Sales region"
    assert (shape.offered[0], "kind" in shape.offered, "kind" in shape.filters) == ("tier", False, True)
    assert (shape.sort, dict(shape.preset), shape.problems) == ("-joined", {"status": ("active",)}, ())


def test_what_is_gone_from_a_list_is_named_and_left_out():
    change = Adjustment(
        columns=(ColumnChange(name="gone", label="Old score"), ColumnChange(name="name")),
        filters=(FilterChange(name="old_filter"),), preset={"away": ("x",)}, sort="-score",
    )  # fmt: skip
    shape = shaped(MADE, change, VENDOR)
    assert [problem.text for problem in shape.problems] == [
        "The column Old score is no longer in this list; it is left out.",
        "The filter old filter is no longer in this list; it is left out.",
        "The list can no longer be sorted by score.",
        "The filter away is no longer in this list; it is left out.",
    ]
    assert shape.sort == "name"
    assert list(shape.columns) == list(MADE.columns_by_name)


def test_columns_need_their_permission_and_side():
    assert "spent" in shaped(MADE, actor=VENDOR).columns
    assert "spent" not in shaped(MADE, actor=NO_STATISTICS).columns
    customers = source_of("customers").definition
    at_a_partner = Actor(None, "Marta", partner_id=Actor, permissions=frozenset({"customers.view"}))  # type: ignore[arg-type]
    shape = shaped(customers, actor=at_a_partner)
    assert "partner" not in shape.columns
    assert "partner" not in shape.filters
    assert {"email", "mobile"} <= set(shape.shown)
    assert {"email", "mobile"} & set(shaped(customers, actor=VENDOR).shown) == set()


@pytest.mark.parametrize(
    ("params", "asked", "problems"),
    [
        ({"kind": ["reseller", "reseller"]}, Asked({"kind": ("reseller",)}), []),
        ({"kind": ["nonsense", "reseller"]}, Asked({"kind": ("reseller",)}),
         ['Kind: there is no "nonsense"; it is left out.']),
        ({"manager": ["nobody", "x"]}, Asked({"manager": ("nobody",)}),
         ['Ecosystem manager: there is no "x"; it is left out.']),
        ({"joined": ["2024-01-01..2024-12-31"]}, Asked({"joined": ("2024-01-01..2024-12-31",)}), []),
        ({"joined": ["2024-12-31..2024-01-01"]}, Asked(),
         ['Joined: there is no "2024-12-31..2024-01-01"; it is left out.']),
        ({"joined": ["0001-01-01.."]}, Asked(), ['Joined: there is no "0001-01-01.."; it is left out.']),
        ({"joined": [".."]}, Asked(), ['Joined: there is no ".."; it is left out.']),
        ({"bills_paid": ["maybe"]}, Asked(), ['All bills paid: there is no "maybe"; it is left out.']),
        ({"q": ["  cape "], "order": ["-joined"], "columns": ["tier~name~tier"]},
         Asked(search="cape", sort="-joined", columns=("tier", "name")), []),
        ({"order": ["customers"]}, Asked(), ["The list cannot be sorted by customers; it keeps its order."]),
        ({"columns": ["score~tier"]}, Asked(columns=("tier",)),
         ["The column score is not in this list; it is left out."]),
        ({"unknown": ["1"]}, Asked(), []),
    ],
)  # fmt: skip
def test_an_address_is_read_and_what_makes_no_sense_is_named(params, asked, problems):
    shape = shaped(MADE, actor=VENDOR)
    found, said = checked(PARTNERS, shape, asked_of(shape, params))
    assert found == asked
    assert [problem.text for problem in said] == problems
    again, _ = checked(PARTNERS, shape, asked_of(shape, found.params()))
    assert again == found


@pytest.mark.parametrize(
    ("value", "good"),
    [("1.5..", True), ("..99999999999", False), ("1e-9..", False), ("NaN..", False), ("-2..3", True), ("3..2", False)],
)
def test_amounts_of_a_range_are_exact_decimals(value, good):
    from models.engines.lists.asking import parsed
    from models.engines.lists.schema import ListFilter
    from models.engines.lists.sources import Filter

    named = ListFilter(name="amount", label="Amount", kind="amount")  # type: ignore[arg-type]
    if good:
        parsed(Filter(), named, value)
    else:
        with pytest.raises(ValueError, match=r"is no|before it begins"):
            parsed(Filter(), named, value)


def test_a_draft_is_moved_and_altered_and_its_difference_is_told():
    draft = spelled_out(MADE, Adjustment())
    assert differences(MADE, Adjustment(), draft) == []
    columns = altered(draft.columns, "region", shown=True, label="Sales region")
    columns = moved(columns, "region", -10)
    filters = altered(draft.filters, "kind", offered=False)
    after = draft.model_copy(
        update={"columns": columns, "filters": filters, "sort": "-joined", "preset": {"status": ("active",)}}
    )
    assert differences(MADE, Adjustment(), after) == [
        "Region is called Sales region.",
        "Sales region is shown.",
        "Its columns stand in the order Partner, Sales region, Kind, Tier, Place, Ecosystem manager, Customers, "
        "Expenditure, Change, %, Status.",
        "The filter Kind is not offered any more.",
        "It is sorted by Joined, downwards.",
        "It opens filtered by Status.",
    ]
    assert moved(columns, "name", -5)[0].name == "name"
    with pytest.raises(ValidationError):
        altered(columns, "name", label="x" * 61)
