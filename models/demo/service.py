"""Builds the demo ecosystem: once, in under a minute, and again from where it stopped when it was interrupted."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from models.core.lake import equals, lake, one_of
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.demo import cases, coupons, delivery, ecosystem, records, revenue, reviewers, spending
from models.demo.delivery import CycleFile
from models.demo.ecosystem import Ecosystem
from models.demo.records import DemoAccount
from models.demo.spending import Period
from models.demo.terms import DEMO, DemoTerms, key
from models.expenditures.facts import expenditure_line
from models.partners.tables import Partner

Progress = Callable[[str, float], None]
"""Told the step in words and the part done, from 0 to 1."""
Keep = Callable[[Sequence[DemoAccount]], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What was made, counted, and who can sign in; both empty when the demo was there already."""

    counts: Mapping[str, int]
    accounts: tuple[DemoAccount, ...]


def exists(uow: UnitOfWork) -> bool:
    """Whether the demo ecosystem is complete here."""
    first = key(DEMO, "partner", ecosystem.ANCHORS[0].partner)
    return uow.session.scalar(select(Partner.id).where(Partner.id == first)) is not None


def build(*, progress: Progress | None = None, keep: Keep | None = None, terms: DemoTerms = DEMO) -> Built:
    """Build the demo ecosystem as of today; does nothing when it exists. In the name of whoever acts (the system).

    The lines come first and the records last, in one transaction: until that, the installation is as empty as
    before, and a build that was interrupted begins again and replaces its own lines. `keep` gets the accounts before
    they count, so that no password is ever lost.
    """
    tell = progress or (lambda words, part: None)
    with unit_of_work(read_only=True) as uow:
        if exists(uow):
            return Built({}, ())
        today = uow.today
    tell("Inventing partners and customers", 0.0)
    span = spending.period(terms, today)
    eco = ecosystem.invent(terms, today)
    with unit_of_work() as uow:
        names = [delivery.file_name(terms, cycle) for cycle in delivery.cycles(span)]
        ids = records.open_deliveries(uow, terms, names)
    tell("Inventing what they spent", 0.1)
    files, yearly = _deliver(terms, eco, span, ids, tell, today)
    tell("Writing partners, people and customers", 0.6)
    with unit_of_work() as uow:
        accounts = records.write(uow, terms, eco)
        reviewers.write(uow, eco)
        records.close_deliveries(uow, terms, ids, files)
        revenue.goals(uow, terms, eco, yearly)
        tell("Letting partners apply and reviewers decide", 0.7)
        counts = _counts(eco, files) | {"coupons": coupons.write(uow, eco)}
        counts |= {"cases": cases.write_cases(uow, terms, eco)}
        uow.record("demo.built", "installation", None, changes=counts)
        if keep:
            keep(accounts)
    tell("The demo ecosystem is complete", 1.0)
    return Built(counts, tuple(accounts))


def _deliver(
    terms: DemoTerms, eco: Ecosystem, span: Period, ids: Mapping[str, int], tell: Progress, today: date
) -> tuple[list[CycleFile], Mapping[str, Decimal]]:
    """Write the lines of every cycle, and the revenue and incentives that come of them, and bring each table's into the
    lake in one commit; also answers each partner's revenue of a year."""
    numbers = {cycle: ids[delivery.file_name(terms, cycle)] for cycle in delivery.cycles(span)}
    invented = spending.invent(terms, eco.customers, span)
    staging = settings().home / "staging"
    staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=staging, prefix="demo-") as folder:
        files = delivery.write(terms, eco.customers, invented, span, numbers, Path(folder))
        tell("Deriving revenue and incentives", 0.45)
        derived = revenue.derive(eco, files, today, Path(folder))
        tell("Bringing the lines into the lake", 0.5)
        marks = (span.last, *(file.sha256 for file in files))
        commit = str(key(terms, "commit", *marks))
        lake().replace(
            expenditure_line, remove=one_of("file_id", ids.values()), files=[f.path for f in files], commit_id=commit
        )
        for table, paths in derived.files.items():
            own = equals("source", terms.source)
            lake().replace(table, remove=own, files=paths, commit_id=str(key(terms, table.name, today, *marks)))
    return files, derived.yearly


def _counts(eco: Ecosystem, files: Sequence[CycleFile]) -> dict[str, int]:
    return {
        "partners": len(eco.partners),
        "people": len(eco.users),
        "customers": len(eco.customers),
        "lines": sum(file.lines for file in files),
        "months": len(files),
    }
