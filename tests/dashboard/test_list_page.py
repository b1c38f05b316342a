"""What the list part says: the preview of an action in a sentence, orders in words, amounts of several currencies."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from dashboard.parts import list_page_cells
from dashboard.parts.list_page_bar import order_words
from dashboard.parts.list_page_bulk import preview_html
from dashboard.parts.list_page_cells import header, narrow, plain_look
from dashboard.parts.list_page_state import Shown
from models.core.actor import Actor, acting_as
from models.core.paging import Page
from models.engines.lists import Asked, ListRow, Preview, shaped
from models.engines.lists.compiling import ListAnswer
from models.lists.queries import OpenList, Question, source_of

VENDOR = Actor(None, "Ingrid Solberg")


def test_a_preview_says_how_many_and_why_not_and_what_it_comes_to() -> None:
    found = Preview(tuple(UUID(int=n) for n in range(37)), {"locked already": 2, "<you>": 1}, {"USD": Decimal("41200")})
    read = preview_html(found, "user", "", "will be locked")
    assert "<b>37 users</b> will be locked; <b>3</b> cannot, because:" in read
    assert "<b>2</b> cannot: locked already" in read
    assert "<b>1</b> cannot: &lt;you&gt;" in read
    assert "<b>USD 41,200.00</b> in all." in read
    alone = preview_html(Preview((UUID(int=1),)), "user", "", "will be locked")
    assert alone == '<div class="k"><p><b>1 user</b> will be locked.</p></div>'


@pytest.mark.parametrize(
    ("key", "way", "words"),
    [
        ("partners", "name", "By partner"), ("partners", "-name", "By partner, Z to A"),
        ("partners", "-joined", "Joined, newest"), ("partners", "joined", "Joined, oldest"),
        ("cases", "-amount", "Amount, largest"), ("cases", "amount", "Amount, smallest"),
        ("users", "email", "By e-mail"),
    ],
)  # fmt: skip
def test_an_order_is_said_in_few_words(key: str, way: str, words: str) -> None:
    columns = source_of(key).definition.columns_by_name
    assert order_words(columns[way.removeprefix("-")], way) == words


def cases(*amounts: tuple[str | None, str]) -> Shown:
    """The list of cases with these amounts and their currencies."""
    source = source_of("cases")
    opened = OpenList(source, shaped(source.definition, actor=VENDOR), (), 0)
    rows = tuple(
        ListRow(UUID(int=n), {"number": f"MDF-{n}", "title": "", "status": "Draft", "currency": currency,
                              "amount": None if amount is None else Decimal(amount)})
        for n, (amount, currency) in enumerate(amounts)
    )  # fmt: skip
    answer = ListAnswer(Page(rows))
    labels = {name: header(opened, answer, name) for name in ("number", "title", "amount")}
    return Shown("cases", opened, Question(Asked()), answer, labels, len(rows), {}, (), {})


def test_amounts_of_one_currency_are_numbers_and_of_several_name_theirs() -> None:
    with acting_as(VENDOR):
        one = cases(("8640", "USD"), (None, "USD"))
        assert one.labels["amount"] == "Amount, USD"
        assert [cell["amount"] for cell in list_page_cells.cells(one)] == [Decimal(8640), None]
        several = cases(("8640", "USD"), ("12.5", "EUR"))
        assert several.labels["amount"] == "Amount"
        assert [cell["amount"] for cell in list_page_cells.cells(several)] == ["8,640.00 USD", "12.50 EUR"]


def test_a_row_on_a_phone_is_named_by_its_first_column_when_it_has_no_title() -> None:
    with acting_as(VENDOR):
        (row,) = narrow(cases(("8640", "USD")), plain_look)
    assert (row.title, row.sub, row.amount, row.icon) == ("MDF-0", "Draft", "8,640.00 USD", "description")
