"""Moving the lines of a sub-account to the customer whose it is: only the data files that hold them change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import duckdb
import pyarrow as pa
from sqlalchemy import select

from models.core.actor import SYSTEM
from models.core.errors import Problem, Refused
from models.core.lake import RowFilter, all_of, any_of, duck, equals, lake
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.customers.queries import names_of
from models.expenditures import runs
from models.expenditures.facts import expenditure_line
from models.expenditures.importing import owners_of
from models.expenditures.line_sql import BUSINESS_SHIFT
from models.expenditures.mapping import quoted
from models.expenditures.rules import ImportKind, ImportStatus, Result, Totals
from models.expenditures.runs import Progress
from models.expenditures.staging import column_list
from models.expenditures.tables import DeliveryFile, DeliveryImport, DeliveryImportFile, SubAccountMapping


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a sub-account is; without a customer it is nobody's again."""

    source: str
    sub_account_id: str
    customer_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Held:
    """A data file that holds lines to move."""

    path: str
    cycle: date
    file_id: int


@dataclass(frozen=True, slots=True)
class _Moved:
    """What writing one data file anew came to; `unmapped` is how many more lines of it are nobody's than before."""

    file_id: int
    target: Path
    lines: int
    unmapped: int
    amounts: Totals


def plan(uow: UnitOfWork, owners: Sequence[Owner]) -> list[UUID]:
    """Write the mapping and the intent to move the lines; one run for each source.

    Raises:
        NotAllowed: the actor may not map sub-accounts.
        Refused: a customer is not among those the actor may see, or nothing is given.
    """
    uow.actor.demand("expenditures.map")
    if not owners:
        raise Refused([Problem("MAP-NONE", "Choose at least one sub-account.", "sub_accounts")])
    wanted = {owner.customer_id for owner in owners if owner.customer_id}
    if wanted - names_of(uow, wanted).keys():
        raise Refused([Problem("MAP-CUSTOMER", "Choose a customer among those you may see.", "customer")])
    by_source: dict[str, list[Owner]] = defaultdict(list)
    for owner in owners:
        by_source[owner.source].append(owner)
    return [_plan_source(uow, source, found) for source, found in sorted(by_source.items())]


def _plan_source(uow: UnitOfWork, source: str, owners: Sequence[Owner]) -> UUID:
    sub_accounts = sorted({owner.sub_account_id for owner in owners})
    stmt = select(SubAccountMapping).where(
        SubAccountMapping.source == source, SubAccountMapping.sub_account_id.in_(sub_accounts)
    )
    known = {row.sub_account_id: row for row in uow.session.scalars(stmt)}
    changes: dict[str, list[str | None]] = {}
    for owner in owners:
        row = known.get(owner.sub_account_id)
        before = row.customer_id if row else None
        changes[owner.sub_account_id] = [str(key) if key else None for key in (before, owner.customer_id)]
        if owner.customer_id is None:
            if row:
                uow.session.delete(row)
        elif row:
            row.customer_id, row.mapped_at = owner.customer_id, uow.now
        else:
            uow.session.add(
                SubAccountMapping(
                    source=source, sub_account_id=owner.sub_account_id, customer_id=owner.customer_id, mapped_at=uow.now
                )
            )
    run = DeliveryImport(
        kind=ImportKind.REMAP, source=source, status=ImportStatus.PLANNED, created_at=uow.now,
        actor_id=uow.actor.user_id, actor_name=uow.actor.name, details={"sub_accounts": sub_accounts},
    )  # fmt: skip
    uow.session.add(run)
    uow.session.flush()
    uow.record("expenditures.sub_accounts_mapped", "delivery_import", run.id, changes={"source": source, **changes})
    return run.id


def carry_out(run_id: UUID, *, progress: Progress | None = None, wait: timedelta | None = None) -> Result:
    """Move the lines as the mapping says now; answers how many, and their amounts. Doing it again changes nothing.

    Raises:
        SourceBusy: another run of the source is under way.
    """
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        run = runs.get_run(uow, run_id)
        source, status, result = run.source, run.status, runs.result_of(run)
        sub_accounts = list(run.details["sub_accounts"])
    if status is ImportStatus.DONE:
        return result
    with runs.running(run_id, source, progress=progress, wait=wait) as (held, meter, folder):
        folder.mkdir(parents=True, exist_ok=True)
        moved: list[_Moved] = []
        with duck(temporary=folder / "tmp") as connection:
            connection.register("moved_sub_account", pa.table({"sub_account_id": pa.array(sub_accounts, pa.string())}))
            owners_of(source).register(connection)
            files = _holding(connection, source)
            for number, file in enumerate(files):
                meter(f"Moving lines of {file.cycle:%B %Y}", 0.05 + 0.85 * number / len(files))
                moved.append(_write(connection, file, folder))
        runs.reached("staged")
        total = sum((Result(one.lines, one.lines, 0, 0, True, one.amounts) for one in moved), Result())
        meter("Committing", 0.95)
        runs.commit(
            run_id,
            held,
            remove=_these(source, files) if files else None,
            files=[one.target for one in moved],
            note=lambda uow: _note(uow, run_id, moved, total),
        )
        meter("Done", 1.0)
        return total


def _holding(connection: duckdb.DuckDBPyConnection, source: str) -> list[_Held]:
    """The data files of the source that hold lines of the sub-accounts."""
    scan = lake().scan(expenditure_line, equals("source", source))
    if not scan.files:
        return []
    paths = ", ".join(quoted(path) for path in scan.files)
    rows = connection.execute(
        f"""SELECT DISTINCT filename, cycle, file_id FROM read_parquet([{paths}], filename=true)
            WHERE source = {quoted(source)} AND sub_account_id IN (SELECT sub_account_id FROM moved_sub_account)
            ORDER BY cycle, file_id"""
    ).fetchall()
    return [_Held(*row) for row in rows]


def _these(source: str, files: Sequence[_Held]) -> RowFilter:
    held = (all_of(equals("cycle", file.cycle), equals("file_id", file.file_id)) for file in files)
    return all_of(equals("source", source), any_of(*held))


def _write(connection: duckdb.DuckDBPyConnection, file: _Held, folder: Path) -> _Moved:
    """The same data file with the moved lines under their owners, sorted anew."""
    target = folder / f"{file.file_id}-{file.cycle:%Y-%m}.parquet"
    keys = ", ".join(expenditure_line.info["sorted_by"])
    connection.execute(
        f"""COPY (SELECT {column_list(expenditure_line)} FROM (
              SELECT line_before.* EXCLUDE (partner_id, customer_id, association_type),
                CASE WHEN moves THEN owner.customer_id ELSE line_before.customer_id END AS customer_id,
                CASE WHEN moves THEN association.partner_id ELSE line_before.partner_id END AS partner_id,
                CASE WHEN moves THEN association.association_type ELSE line_before.association_type END
                  AS association_type
              FROM (SELECT *, sub_account_id IN (SELECT sub_account_id FROM moved_sub_account) AS moves,
                           CAST(make_timestamp(epoch_us(charge_start)) + {BUSINESS_SHIFT} AS DATE) AS day
                    FROM read_parquet({quoted(file.path)})) AS line_before
              LEFT JOIN sub_account_owner AS owner ON owner.sub_account_id = line_before.sub_account_id
              LEFT JOIN association ON association.customer_id = owner.customer_id
                AND day >= association.associated_on AND day < association.ended_on)
            ORDER BY {keys}, line) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)"""
    )
    rows = connection.execute(
        f"""SELECT currency, count(*), sum(expenditure) FROM read_parquet({quoted(str(target))})
            WHERE sub_account_id IN (SELECT sub_account_id FROM moved_sub_account) GROUP BY currency"""
    ).fetchall()
    before, after = (
        connection.execute(f"SELECT count(*) FROM read_parquet({quoted(path)}) WHERE customer_id IS NULL").fetchall()
        for path in (file.path, str(target))
    )
    amounts: dict[str, Decimal] = {currency: amount for currency, _, amount in rows}
    return _Moved(file.file_id, target, sum(row[1] for row in rows), after[0][0] - before[0][0], amounts)


def _note(uow: UnitOfWork, run_id: UUID, moved: Sequence[_Moved], total: Result) -> None:
    """Write down what will be true of each delivered file once the commit is in."""
    run = runs.get_run(uow, run_id)
    runs.write_result(run, total)
    for part in runs.parts_of(uow, run_id):  # of an attempt that was undone
        uow.session.delete(part)
    uow.session.flush()
    change: dict[int, int] = defaultdict(int)
    for one in moved:
        change[one.file_id] += one.unmapped
    for position, (file_id, more) in enumerate(change.items()):
        file = uow.session.get_one(DeliveryFile, file_id)
        lines = sum(one.lines for one in moved if one.file_id == file_id)
        uow.session.add(
            DeliveryImportFile(
                import_id=run_id, position=position, name=file.name, file_id=file_id, unmapped=file.unmapped + more,
                read=lines, accepted=lines, changed=True, origin=None,
            )
        )  # fmt: skip
