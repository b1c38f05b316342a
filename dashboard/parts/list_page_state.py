"""A list as the address asks for it, and the one way in which what is asked gets back into the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.parts import address
from models.engines.lists.asking import COLUMNS, ORDER, SEARCH, Asked
from models.engines.lists.compiling import ListAnswer, ListRow
from models.engines.lists.schema import ListAction
from models.lists.queries import EVERYTHING, VIEW, OpenList, Question, ViewRow


@dataclass(frozen=True, slots=True)
class Shown:
    """A list with what it was asked and what was found: `labels` are the headers of its columns, in order.

    `words` are the values of the filters that are on, by filter and value; `total` counts as far as it is cheap;
    `counts` are the numbers by the value of a column, when the page asked for them; `says` are columns that the page
    puts into words itself.
    """

    key: str
    opened: OpenList
    question: Question
    answer: ListAnswer
    labels: Mapping[str, str]
    total: int
    words: Mapping[str, Mapping[str, str]]
    actions: Sequence[ListAction]
    counts: Mapping[Any, int]
    says: Mapping[str, Callable[[ListRow], str]] = field(default_factory=dict)

    @property
    def rows(self) -> Sequence[ListRow]:
        """The rows of this page."""
        return self.answer.page.rows

    @property
    def asked(self) -> Asked:
        """What is asked."""
        return self.question.asked

    @property
    def whole(self) -> bool:
        """Whether everything that is found stands on this page."""
        return self.total == len(self.rows)

    @property
    def has_default(self) -> bool:
        """Whether the list opens with something else than everything."""
        opens = any(view.opens_for_me or view.opens_by_role for view in self.opened.views)
        return opens or bool(self.opened.shape.preset)

    @property
    def chip_words(self) -> list[str]:
        """The filters that are on, each in words."""
        filters = self.opened.shape.filters
        return [f"{filters[name].label}: {word}" for name, words in self.words.items() for word in words.values()]


def write(shown: Shown, asked: Asked, view: ViewRow | None = None) -> None:
    """Let the address ask for this: everything that is asked stands in it, so that it can be sent as it is."""
    params = asked.params()
    if params:
        # A view alone means the view as it was saved; with anything beside it, that counts.
        named = str(view.id) if view else ""
    else:
        named = EVERYTHING if shown.has_default else ""
    empty = dict.fromkeys((*shown.opened.shape.filters, SEARCH, ORDER, COLUMNS))
    address.put(**{**empty, **params, VIEW: named})


def open_view(shown: Shown, view: ViewRow | None) -> None:
    """Let the address name a view, or the list without any."""
    empty = dict.fromkeys((*shown.opened.shape.filters, SEARCH, ORDER, COLUMNS))
    everything = EVERYTHING if shown.has_default else None
    address.put(**{**empty, VIEW: str(view.id) if view else everything})
