"""The records that a tried case is carried through: checks run for real, and what they would write is taken back."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event

from models.applications import access
from models.core.database import Base
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork
from models.design.watching import Watched
from models.engines.definitions.case_data import CaseData
from models.engines.definitions.registry import CHECKS
from models.engines.definitions.schema import ApplicationType
from models.engines.forms.values import facts_of, with_computed
from models.engines.workflow.answers import Answer, AtHand, By
from models.engines.workflow.findings import Verdict

log = logging.getLogger("kontor.design")

TRIED = UUID(int=1)
"""The key of a case that is only tried: no record has it."""
READS = re.compile(r"\s*(SELECT|WITH|SAVEPOINT|ROLLBACK TO|RELEASE)\b", re.IGNORECASE)
TABLE = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)"?', re.IGNORECASE)


class WouldWrite(Exception):
    """A check is about to change records, which it must not do while a case is only tried."""


@dataclass(frozen=True, slots=True)
class TriedRecords:
    """`workflow.answers.Records` over what the actor may see.

    `sample` is the case whose `forms` are taken. The tried one stands in for it: it is not found to be like itself, and
    has reserved what that one has.
    """

    uow: UnitOfWork
    made: ApplicationType
    sample: UUID | None = None
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def filled(self, form: str, facts: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The sample's form with the typed facts over it, computed amounts worked out where nobody typed them."""
        shape = self.made.forms[form]
        data = with_computed(shape, {**self.forms.get(form, {}), **facts}) | dict(facts)
        return data, {**facts_of(shape, data, self.made.facts), **facts}

    def ask(self, check: str, case: AtHand) -> Answer:
        """What a check answers, what it looked at, and what it asked for in vain."""
        if check not in CHECKS:
            return Answer(check, failed="No area lends this check any more.")
        looked, lacking, tables = list[str](), list[str](), dict[str, None]()
        data = self._case(case, looked, lacking)
        try:
            with _reading(self.uow, tables):
                findings = tuple(CHECKS[check].ask(self.uow.at(case.now), data))
        except DomainError as error:
            failed = " ".join(problem.text for problem in error.problems)
        except WouldWrite:
            failed = "It would change records, which a case that is only tried must not do."
        except Exception:  # a check of any area, with whatever a half-filled case makes of it
            log.warning("design.try.check_failed", extra={"check": check, "type": self.made.key}, exc_info=True)
            failed = "It cannot answer with what this case has."
        else:
            passed = all(finding.verdict is not Verdict.FIX for finding in findings)
            return Answer(check, passed, By.RECORDS, findings, _words(looked, tables), _once(lacking))
        return Answer(check, looked=_words(looked, tables), lacking=_once(lacking), failed=failed)

    def _case(self, case: AtHand, looked: list[str], lacking: list[str]) -> CaseData:
        """What the check is told of the case, noting what it reads of it."""

        def watched(values: Mapping[str, Any], whole: str = "") -> Watched:
            return Watched(values, looked, lacking, whole=whole)

        titles = {name: f"the form {form.title}" for name, form in self.made.forms.items()}
        earlier = {name: watched(sent.data, titles.get(name, name)) for name, sent in case.sent.items()}
        made = self.made.model_copy(
            update={"parameters": Watched(self.made.parameters, looked, [], prefix="the number ")}
        )
        return CaseData(
            case_id=self.sample or TRIED, number="this case", type=made, partner_id=case.partner_id, state=case.state,
            facts=watched(case.facts), form=case.form, data=watched(case.data, titles.get(case.form, "")),
            earlier=Watched(earlier, [], lacking, titles=titles), sent_at={n: each.at for n, each in case.sent.items()},
        )  # fmt: skip


def sample_forms(uow: UnitOfWork, case_id: UUID) -> dict[str, dict[str, Any]]:
    """What a case among those the actor may see was sent with, by form.

    Raises:
        NotFound: there is none.
        NotAllowed: the actor may not see cases of its type.
    """
    return access.earlier(uow, access.find(uow, case_id))


@contextmanager
def _reading(uow: UnitOfWork, tables: dict[str, None]) -> Iterator[None]:
    """Note which tables are read; refuse statements that write, and take back whatever was changed all the same."""
    connection = uow.session.connection()

    def watch(_: Connection, __: Any, statement: str, *___: Any) -> None:
        if not READS.match(statement):
            raise WouldWrite
        tables.update(dict.fromkeys(name for name in TABLE.findall(statement) if name in Base.metadata.tables))

    point = uow.session.begin_nested()
    event.listen(connection, "before_cursor_execute", watch)
    try:
        yield
        uow.session.flush()
    finally:
        event.remove(connection, "before_cursor_execute", watch)
        point.rollback()


def _words(looked: list[str], tables: Mapping[str, None]) -> tuple[str, ...]:
    return _once([*looked, *(f"records: {name.replace('_', ' ')}" for name in tables)])


def _once(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
