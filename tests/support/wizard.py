"""A page with a wizard on a desk of its own, for Streamlit's test runner: what a page of an area would hand over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from streamlit.testing.v1 import AppTest

from models.core.clock import now
from models.core.errors import ChangedMeanwhile, DomainError, Problem, Refused
from models.engines.definitions.schema import Agreement
from models.engines.forms.schema import Form
from models.engines.workflow.findings import Finding

AGREEMENT = Agreement(title="Payment Agreement", version="2", text="1. **Purpose.** For the activity and nothing else.")


@dataclass
class FakeDesk:
    """A draft in memory; `refuses` is raised by the next `save` or `submit`."""

    form: Form
    data: dict[str, Any] = field(default_factory=dict)
    earlier: dict[str, dict[str, Any]] = field(default_factory=dict)
    step: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""
    saves: int = 0
    sent: dict[str, Any] | None = None
    refuses: list[DomainError] = field(default_factory=list)
    judge: Callable[[Mapping[str, Any]], Sequence[Finding]] = lambda _: ()

    def save(self, data: dict[str, Any], step: int) -> None:
        """Keep the draft."""
        if self.refuses:
            error = self.refuses.pop(0)
            if isinstance(error, ChangedMeanwhile):
                self.someone_saves(purpose="typed by Marta")
            raise error
        self.data, self.step, self.saved_at, self.saves = data, step, now(), self.saves + 1

    def someone_saves(self, **values: Any) -> None:
        """Somebody else saves meanwhile."""
        self.data, self.saved_by, self.saved_at = self.data | values, "Marta Kask", now()

    def keep(self, field: str, upload: Any) -> dict[str, Any]:
        """Keep a file; one that is called bad is refused."""
        if upload.name.startswith("bad"):
            raise Refused(Problem("FILE-CONTENT", f'The content of "{upload.name}" is not that of a pdf file.', "file"))
        return {"sha256": f"{field}:{upload.name}", "name": upload.name, "size": upload.size}

    def findings(self, data: Mapping[str, Any]) -> Sequence[Finding]:
        """What the test says."""
        return self.judge(data)

    def submit(self, data: Mapping[str, Any]) -> None:
        """Send the form."""
        if self.refuses:
            raise self.refuses.pop(0)
        self.sent, self.data = deepcopy(dict(data)), {}

    def download(self, file: Mapping[str, Any]) -> str | None:
        """The address of a file."""
        return f"/files/{file['sha256']}"


_desks: dict[int, FakeDesk] = {}


def draw(number: int) -> None:
    """What AppTest runs: the page that hands the paper over."""
    from dashboard.parts.outcome import show_flash
    from dashboard.parts.wizard import Paper, wizard

    desk = _desks[number]
    show_flash()
    paper = Paper(
        desk.form, deepcopy(desk.data), desk.step, desk.saved_at, desk.earlier,
        {"pay": AGREEMENT, "mdf_payment": AGREEMENT}, saved_by=desk.saved_by,
    )  # fmt: skip
    wizard(paper, desk, key="case")


def wizard_page(desk: FakeDesk, **query: str) -> AppTest:
    """The page, drawn once."""
    _desks[id(desk)] = desk
    test = AppTest.from_string(f"from tests.support.wizard import draw\ndraw({id(desk)})", default_timeout=30)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()
