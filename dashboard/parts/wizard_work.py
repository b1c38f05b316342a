"""What somebody has typed into a form and where it stands: kept by the session until it is saved, so that nothing that
was typed is lost when saving is refused or somebody else saves meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from models.core.clock import now
from models.core.errors import ChangedMeanwhile, DomainError, Problem
from models.core.types import USD
from models.engines.definitions.schema import Agreement
from models.engines.forms.schema import Form
from models.engines.forms.values import Data, Earlier, begun
from models.engines.workflow.findings import Finding


class Desk(Protocol):
    """What a wizard needs of its page. `save` is called at most once in a run of the page."""

    def save(self, data: dict[str, Any], step: int) -> None:
        """Keep the draft.

        Raises:
            DomainError: it was not kept; `ChangedMeanwhile` when somebody else was quicker.
        """

    def keep(self, field: str, upload: UploadedFile) -> dict[str, Any]:
        """Check and store a file for a field (`late_approval`, `materials.attachment`): `{sha256, name, size}`.

        Raises:
            DomainError: everything that is wrong with it.
        """

    def findings(self, data: Mapping[str, Any]) -> Sequence[Finding]:
        """What a reviewer would find in the data."""

    def submit(self, data: Mapping[str, Any]) -> None:
        """Send the form.

        Raises:
            DomainError: problems, at their fields where they have one.
        """

    def download(self, file: Mapping[str, Any]) -> str | None:
        """The address of a kept file."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A form to fill in, with its draft: the step (from 0) it was left at, when and by whom it was saved last.

    `earlier` is what was sent with earlier forms, `templates` the addresses of documents to start from, by name;
    `after` draws what the page has to say beside the form.
    """

    form: Form
    data: Mapping[str, Any]
    step: int = 0
    saved_at: datetime | None = None
    earlier: Earlier = field(default_factory=dict)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    saved_by: str = ""
    currency: str = USD
    templates: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[], None] | None = None


@dataclass(slots=True)
class Work:
    """One person's work on a paper. `base` is the draft as it was last seen saved, `data` what stands on the page."""

    key: str
    base: dict[str, Any]
    data: dict[str, Any]
    step: int
    saved_at: datetime | None
    saved_by: str = ""
    revision: int = 0
    """Rises when data changed otherwise than by typing: the inputs are drawn anew then."""
    told: set[int] = field(default_factory=set)
    """The steps that somebody wanted to leave: what is missing there is said."""
    refused: list[Problem] = field(default_factory=list)
    uploads: dict[str, list[str]] = field(default_factory=dict)
    """What was wrong with the files chosen last, by place."""
    open: str = ""
    """The dialog that is open: `submit`, or an agreement's field."""
    theirs: dict[str, Any] = field(default_factory=dict)
    """What somebody else saved in fields that were changed here too; nothing is saved until one is chosen."""
    trouble: str = ""
    note: str = ""
    tries: int = 0
    before: set[str] = field(default_factory=set)
    """The inputs that stand on the page since the last whole run, by key, and what broken runs after it drew."""
    drawn: set[str] = field(default_factory=set)
    whole: bool = True
    """Whether the last run drew all of its inputs: a click or a change breaks off the run that is under way."""

    def begin_drawing(self) -> None:
        """Call before the inputs of a run are drawn."""
        self.before = self.drawn if self.whole else self.before | self.drawn
        self.drawn, self.whole = set(), False

    def end_drawing(self) -> None:
        """Call when all of them are drawn."""
        self.whole = True

    def draws(self, key: str) -> bool:
        """Note that an input is drawn; whether it is drawn anew. Streamlit may remember what one held that was away
        since, and yet show it empty: such an input gets its value again. One that a broken run did not come to is not
        drawn anew: somebody may be typing in it."""
        self.drawn.add(key)
        return key not in self.before or key not in st.session_state

    def put(self, name: str, value: Any) -> None:
        """A field's new value."""
        self.data = {**self.data, name: value}
        self.refused = []

    @property
    def saved(self) -> bool:
        """Whether everything that stands on the page is kept."""
        return self.data == self.base and not self.theirs

    def meet(self, paper: Paper) -> None:
        """See what is saved by now. What only one of two people changed is put together; of what both changed,
        `theirs` remembers the other's."""
        if paper.data == self.base:
            return
        mine, others = changed(self.base, self.data), changed(self.base, paper.data)
        if mine:
            both = {name: paper.data.get(name) for name in mine & others}
            self.theirs |= {name: value for name, value in both.items() if value != self.data.get(name)}
            self.note = f"{paper.saved_by or 'Somebody else'} changed this form meanwhile."
        self.data = {**deepcopy(dict(paper.data)), **{name: self.data.get(name) for name in mine}}
        self.base, self.saved_at, self.saved_by = deepcopy(dict(paper.data)), paper.saved_at, paper.saved_by
        self.revision += 1

    def settle(self, *, mine: bool) -> None:
        """Choose between what both changed."""
        if not mine:
            self.data = {**self.data, **self.theirs}
        self.theirs, self.note = {}, ""
        self.revision += 1

    def save(self, desk: Desk, step: int) -> None:
        """Keep what stands on the page, unless it is kept already or two people have to be told apart first."""
        if self.theirs or (self.data == self.base and step == self.step):
            return
        try:
            desk.save(deepcopy(self.data), step)
        except ChangedMeanwhile as error:
            self.trouble, self.tries = words_of(error), self.tries + 1
            if self.tries < 3:  # the page reads what the other one saved, and `meet` puts both together
                st.rerun()
        except DomainError as error:
            self.trouble = words_of(error)
        else:
            self.base, self.step, self.saved_at, self.trouble, self.tries = deepcopy(self.data), step, now(), "", 0


def words_of(error: DomainError) -> str:
    """Every problem of an error as one text."""
    return " ".join(problem.text for problem in error.problems)


def changed(before: Data, after: Data) -> set[str]:
    """The fields that differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def at_work(key: str, paper: Paper) -> Work:
    """The work of this session on the paper, begun or gone on with."""
    found = st.session_state.get(f"{key}:work")
    if isinstance(found, Work):
        found.meet(paper)
        return found
    data = deepcopy(begun(paper.form, paper.data, paper.earlier))
    work = Work(key, deepcopy(dict(paper.data)), data, paper.step, paper.saved_at, paper.saved_by)
    st.session_state[f"{key}:work"] = work
    return work


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: a field, or a column in a row of one."""

    work: Work
    name: str
    row: int | None = None
    column: str = ""

    @property
    def path(self) -> str:
        """As problems name it: `leads`, `materials[0].attachment`."""
        return self.name if self.row is None else f"{self.name}[{self.row}].{self.column}"

    @property
    def field(self) -> str:
        """As a desk names it: `late_approval`, `materials.attachment`."""
        return self.name if self.row is None else f"{self.name}.{self.column}"

    @property
    def key(self) -> str:
        """The key of its input."""
        return f"{self.work.key}:{self.work.revision}:{self.path}"

    @property
    def value(self) -> Any:
        """What is there."""
        if self.row is None:
            return self.work.data.get(self.name)
        rows = self._rows()
        return rows[self.row].get(self.column) if self.row < len(rows) else None

    def put(self, value: Any) -> None:
        """Put a value there."""
        if self.row is None:
            self.work.put(self.name, value)
            return
        rows = self._rows()
        rows += [{} for _ in range(self.row + 1 - len(rows))]
        rows[self.row] = {**rows[self.row], self.column: value}
        self.work.put(self.name, rows)

    def _rows(self) -> list[dict[str, Any]]:
        rows = self.work.data.get(self.name)
        return [dict(row) if isinstance(row, Mapping) else {} for row in rows] if isinstance(rows, list) else []
